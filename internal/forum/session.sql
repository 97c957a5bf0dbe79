-- Sessions of a cycle, from the call for them to their reports, and what came out of
-- them: messages and outputs. Dates are whole days, '' is a text that is not there and
-- 0 an entry that is not; times of slots are UTC. Names and places of people are in
-- derived tables alone, so that they go with their words.

CREATE TABLE forum_call (id BIGINT PRIMARY KEY, cycle BIGINT NOT NULL, opened_on TEXT NOT NULL, scale BIGINT NOT NULL, formats TEXT NOT NULL, durations TEXT NOT NULL);
CREATE UNIQUE INDEX forum_call_cycle ON forum_call (cycle);
CREATE TABLE forum_criterion (call_id BIGINT NOT NULL, n BIGINT NOT NULL, weight BIGINT NOT NULL, PRIMARY KEY (call_id, n));
CREATE TABLE forum_session (
    id BIGINT PRIMARY KEY, call_id BIGINT NOT NULL, cycle BIGINT NOT NULL, lang TEXT NOT NULL,
    version BIGINT NOT NULL,        -- the entry whose words stand
    lead BIGINT NOT NULL, format TEXT NOT NULL, minutes BIGINT NOT NULL, people BIGINT NOT NULL,
    proposed_on TEXT NOT NULL, withdrawn_on TEXT NOT NULL, withdrawn_by BIGINT NOT NULL,
    scored_by BIGINT NOT NULL, conflicts BIGINT NOT NULL,
    decided_on TEXT NOT NULL, decided_by BIGINT NOT NULL, outcome TEXT NOT NULL, merged_into BIGINT NOT NULL,
    held_on TEXT NOT NULL,          -- the day on which it ends, '' while it is on no programme
    report_due TEXT NOT NULL,       -- the last day of its report
    reported_on TEXT NOT NULL, reported_by BIGINT NOT NULL, excused_by BIGINT NOT NULL
);
CREATE INDEX forum_session_cycle ON forum_session (cycle, id);
CREATE TABLE forum_session_organiser (session BIGINT NOT NULL, party BIGINT NOT NULL, n BIGINT NOT NULL, PRIMARY KEY (session, party));
CREATE INDEX forum_session_organiser_party ON forum_session_organiser (party, session);
CREATE TABLE forum_session_link (session BIGINT NOT NULL, kind TEXT NOT NULL, code TEXT NOT NULL, PRIMARY KEY (session, kind, code));
CREATE INDEX forum_session_link_code ON forum_session_link (kind, code, session);
CREATE TABLE forum_session_score (session BIGINT NOT NULL, sheet BIGINT NOT NULL, criterion BIGINT NOT NULL, score BIGINT NOT NULL, PRIMARY KEY (session, sheet, criterion));
CREATE TABLE forum_session_present (session BIGINT NOT NULL, code TEXT NOT NULL, people BIGINT NOT NULL, PRIMARY KEY (session, code));
CREATE TABLE forum_programme (cycle BIGINT NOT NULL, day TEXT NOT NULL, entry BIGINT NOT NULL, set_on TEXT NOT NULL, zone TEXT NOT NULL, rooms BIGINT NOT NULL, PRIMARY KEY (cycle, day));
CREATE TABLE forum_slot (session BIGINT PRIMARY KEY, cycle BIGINT NOT NULL, day TEXT NOT NULL, room BIGINT NOT NULL, starts TEXT NOT NULL, ends TEXT NOT NULL);
CREATE INDEX forum_slot_cycle ON forum_slot (cycle, day, starts);
CREATE TABLE forum_message (id BIGINT PRIMARY KEY, cycle BIGINT NOT NULL, lang TEXT NOT NULL, issued_on TEXT NOT NULL, party BIGINT NOT NULL);
CREATE INDEX forum_message_cycle ON forum_message (cycle, id);
CREATE TABLE forum_message_link (message BIGINT NOT NULL, kind TEXT NOT NULL, code TEXT NOT NULL, PRIMARY KEY (message, kind, code));
CREATE INDEX forum_message_link_code ON forum_message_link (kind, code, message);
CREATE TABLE forum_message_to (message BIGINT NOT NULL, kind TEXT NOT NULL, code TEXT NOT NULL, state TEXT NOT NULL, state_on TEXT NOT NULL, entry BIGINT NOT NULL, PRIMARY KEY (message, kind, code));
CREATE INDEX forum_message_to_code ON forum_message_to (kind, code, message);
CREATE TABLE forum_message_step (entry BIGINT PRIMARY KEY, message BIGINT NOT NULL, kind TEXT NOT NULL, code TEXT NOT NULL, state TEXT NOT NULL, made_on TEXT NOT NULL, made_by TEXT NOT NULL);
CREATE INDEX forum_message_step_message ON forum_message_step (message, entry);
CREATE TABLE forum_output (id BIGINT PRIMARY KEY, cycle BIGINT NOT NULL, lang TEXT NOT NULL, kind TEXT NOT NULL, document TEXT NOT NULL, message BIGINT NOT NULL, published_on TEXT NOT NULL);
CREATE INDEX forum_output_cycle ON forum_output (cycle, id);
CREATE TABLE forum_output_link (output BIGINT NOT NULL, kind TEXT NOT NULL, code TEXT NOT NULL, PRIMARY KEY (output, kind, code));
CREATE INDEX forum_output_link_code ON forum_output_link (kind, code, output);
CREATE TABLE derived_forum_text (entry BIGINT NOT NULL, part TEXT NOT NULL, body TEXT NOT NULL, folded TEXT NOT NULL, PRIMARY KEY (entry, part));
CREATE TABLE derived_forum_person (entry BIGINT NOT NULL, n BIGINT NOT NULL, role TEXT NOT NULL, name TEXT NOT NULL, folded TEXT NOT NULL, party_kind TEXT NOT NULL, area TEXT NOT NULL, gender TEXT NOT NULL, PRIMARY KEY (entry, n));
