-- A cycle of the forum, its agenda, and the rooms of the regions. Empty texts and
-- zeros mean "none". States are comparisons with the dates kept here.
CREATE TABLE forum_cycle (
  id BIGINT PRIMARY KEY, year BIGINT NOT NULL, from_on TEXT NOT NULL, to_on TEXT NOT NULL,
  topics_until TEXT NOT NULL, rank_until TEXT NOT NULL, agenda_until TEXT NOT NULL, call_until TEXT NOT NULL,
  report_days BIGINT NOT NULL, most_sessions BIGINT NOT NULL, most_minutes BIGINT NOT NULL,
  opened_on TEXT NOT NULL, amended_on TEXT NOT NULL, closed_on TEXT NOT NULL,
  version BIGINT NOT NULL  -- the entry whose place and note stand
);
CREATE INDEX forum_cycle_year ON forum_cycle (year);

-- The candidates of a cycle: those of the gaps, frozen in a blob, and topics of parties.
CREATE TABLE agenda_list (cycle BIGINT PRIMARY KEY, entry BIGINT NOT NULL, listed_on TEXT NOT NULL, digest TEXT NOT NULL);
CREATE TABLE agenda_topic (id BIGINT PRIMARY KEY, cycle BIGINT NOT NULL, party BIGINT NOT NULL, items TEXT NOT NULL, proposed_on TEXT NOT NULL);
CREATE INDEX agenda_topic_cycle ON agenda_topic (cycle, party);

-- The order that a party gave, its latest only; candidates parted by blanks, the first first.
CREATE TABLE agenda_ranking (cycle BIGINT NOT NULL, party BIGINT NOT NULL, entry BIGINT NOT NULL, given_on TEXT NOT NULL, ordered TEXT NOT NULL, PRIMARY KEY (cycle, party));

-- The decision, and the agenda that it made; part is the number of an item's words in its entry.
CREATE TABLE agenda_decision (cycle BIGINT PRIMARY KEY, entry BIGINT NOT NULL, decided_on TEXT NOT NULL, entered_on TEXT NOT NULL, ranking TEXT NOT NULL);
CREATE TABLE agenda_item (
  cycle BIGINT NOT NULL, no BIGINT NOT NULL, candidate TEXT NOT NULL, items TEXT NOT NULL, entry BIGINT NOT NULL, part BIGINT NOT NULL,
  taken_on TEXT NOT NULL, renamed BIGINT NOT NULL, withdrawn_on TEXT NOT NULL, withdrawn BIGINT NOT NULL, PRIMARY KEY (cycle, no)
);
CREATE TABLE agenda_passed (cycle BIGINT NOT NULL, candidate TEXT NOT NULL, entry BIGINT NOT NULL, part BIGINT NOT NULL, PRIMARY KEY (cycle, candidate));
CREATE TABLE agenda_amendment (entry BIGINT PRIMARY KEY, cycle BIGINT NOT NULL, amended_on TEXT NOT NULL, change TEXT NOT NULL, no BIGINT NOT NULL, candidate TEXT NOT NULL);
CREATE INDEX agenda_amendment_cycle ON agenda_amendment (cycle);
CREATE TABLE agenda_recused (cycle BIGINT NOT NULL, entry BIGINT NOT NULL, seat BIGINT NOT NULL, candidate TEXT NOT NULL, PRIMARY KEY (entry, seat, candidate));

-- The room of a region, for one cycle or standing (cycle 0), run by a regional body.
CREATE TABLE region_room (id BIGINT PRIMARY KEY, cycle BIGINT NOT NULL, region TEXT NOT NULL, party BIGINT NOT NULL, languages TEXT NOT NULL, opened_on TEXT NOT NULL);
CREATE INDEX region_room_cycle ON region_room (cycle, region);
CREATE INDEX region_room_party ON region_room (party);
-- What a room gave for a cycle (of a standing room 0 too: for no cycle), the latest only.
CREATE TABLE region_priority (room BIGINT NOT NULL, cycle BIGINT NOT NULL, entry BIGINT NOT NULL, given_on TEXT NOT NULL, ordered TEXT NOT NULL, PRIMARY KEY (room, cycle));
CREATE TABLE region_summary (room BIGINT NOT NULL, cycle BIGINT NOT NULL, entry BIGINT NOT NULL, given_on TEXT NOT NULL, PRIMARY KEY (room, cycle));
-- A line of a room's follow-up list, and the steps that it took.
CREATE TABLE region_follow (id BIGINT PRIMARY KEY, room BIGINT NOT NULL, item TEXT NOT NULL, due_on TEXT NOT NULL, state TEXT NOT NULL, begun_on TEXT NOT NULL, changed_on TEXT NOT NULL, version BIGINT NOT NULL);
CREATE INDEX region_follow_room ON region_follow (room);
CREATE TABLE region_follow_step (follow BIGINT NOT NULL, entry BIGINT NOT NULL, state TEXT NOT NULL, on_day TEXT NOT NULL, PRIMARY KEY (follow, entry));
