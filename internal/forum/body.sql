-- Bodies and what is said of them. A body is named by the pack's id, or by the
-- number of the entry that brought it. Empty texts and zeros mean "none".
CREATE TABLE body_description (
  entry BIGINT PRIMARY KEY, body TEXT NOT NULL, party BIGINT NOT NULL, said_on TEXT NOT NULL,
  stands BIGINT NOT NULL,   -- 1: the latest of its body
  kind TEXT NOT NULL, level TEXT NOT NULL, cycle TEXT NOT NULL, since_on TEXT NOT NULL, until_on TEXT NOT NULL,
  mandate_item TEXT NOT NULL, mandate_on TEXT NOT NULL, mandate_until TEXT NOT NULL,
  functions TEXT NOT NULL, items TEXT NOT NULL, groups_named TEXT NOT NULL, languages TEXT NOT NULL, principles TEXT NOT NULL
);
CREATE INDEX body_description_body ON body_description (body);
-- When its own people last said that what stands here is right.
CREATE TABLE body_confirmation (body TEXT PRIMARY KEY, entry BIGINT NOT NULL, party BIGINT NOT NULL, confirmed_on TEXT NOT NULL, stale_from TEXT NOT NULL);
-- That a party runs a body: as it claims, and as the secretariat answered.
CREATE TABLE body_claim (id BIGINT PRIMARY KEY, body TEXT NOT NULL, party BIGINT NOT NULL, claimed_on TEXT NOT NULL, answer TEXT NOT NULL, answer_entry BIGINT NOT NULL, answered_on TEXT NOT NULL);
CREATE INDEX body_claim_body ON body_claim (body);
CREATE TABLE body_runner (entry BIGINT PRIMARY KEY, body TEXT NOT NULL, party BIGINT NOT NULL, since_on TEXT NOT NULL, checked BIGINT NOT NULL, ended_on TEXT NOT NULL, ended_by BIGINT NOT NULL);
CREATE INDEX body_runner_body ON body_runner (body);
CREATE INDEX body_runner_party ON body_runner (party);
CREATE TABLE relation (id BIGINT PRIMARY KEY, from_body TEXT NOT NULL, kind TEXT NOT NULL, to_body TEXT NOT NULL, party BIGINT NOT NULL, said_on TEXT NOT NULL, ended_on TEXT NOT NULL, ended_by BIGINT NOT NULL);
CREATE INDEX relation_from ON relation (from_body);
CREATE INDEX relation_to ON relation (to_body);
-- One body's words against a relation (of the record, or of the pack by its ends), or against a fact of another body.
CREATE TABLE disagreement (
  id BIGINT PRIMARY KEY, relation BIGINT NOT NULL, from_body TEXT NOT NULL, kind TEXT NOT NULL, to_body TEXT NOT NULL,
  about TEXT NOT NULL, fact TEXT NOT NULL, -- of another body; "" where it is against a relation
  body TEXT NOT NULL, party BIGINT NOT NULL, said_on TEXT NOT NULL, ended_on TEXT NOT NULL, ended_by BIGINT NOT NULL
);
CREATE INDEX disagreement_about ON disagreement (about);
CREATE TABLE body_step (body TEXT NOT NULL, entry BIGINT NOT NULL, PRIMARY KEY (body, entry));

-- What is computed from words: the short ones of descriptions, for lists and for finding.
CREATE TABLE derived_body_text (entry BIGINT NOT NULL, part TEXT NOT NULL, body TEXT NOT NULL, folded TEXT NOT NULL, PRIMARY KEY (entry, part));
CREATE INDEX derived_body_text_folded ON derived_body_text (folded);
