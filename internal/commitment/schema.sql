-- Commitments and what was reported on them. Dates are whole days unless they are
-- somebody's own words of a date; '' is a text that is not there, 0 a number that
-- is not. A turning date that does not come is 9999-12-31. States are nowhere
-- stored, they are comparisons of these dates with today.
CREATE TABLE commitment (
  id BIGINT PRIMARY KEY, party BIGINT NOT NULL, made_on TEXT NOT NULL, made_by TEXT NOT NULL, lang TEXT NOT NULL,
  stated BIGINT NOT NULL, stated_on TEXT NOT NULL, claims BIGINT NOT NULL, claimed_by BIGINT NOT NULL,
  serves TEXT NOT NULL,
  type TEXT NOT NULL, newness TEXT NOT NULL, condition_kind TEXT NOT NULL, review TEXT NOT NULL,
  start_on TEXT NOT NULL, end_on TEXT NOT NULL, report_every BIGINT NOT NULL,
  verifiable BIGINT NOT NULL, trackable BIGINT NOT NULL, score BIGINT NOT NULL, band TEXT NOT NULL, missing TEXT NOT NULL,
  reports BIGINT NOT NULL, missed BIGINT NOT NULL, last_report BIGINT NOT NULL, self_status TEXT NOT NULL, self_on TEXT NOT NULL,
  due_from TEXT NOT NULL, due_on TEXT NOT NULL, overdue_from TEXT NOT NULL, silent_from TEXT NOT NULL, lapsed_from TEXT NOT NULL
);
CREATE INDEX commitment_party ON commitment (party);
CREATE INDEX commitment_due ON commitment (due_on);
CREATE INDEX commitment_end ON commitment (end_on);
CREATE TABLE commitment_partner (commitment BIGINT NOT NULL, party BIGINT NOT NULL, share TEXT NOT NULL, PRIMARY KEY (commitment, party));
CREATE INDEX commitment_partner_party ON commitment_partner (party);
CREATE TABLE commitment_item (commitment BIGINT NOT NULL, item TEXT NOT NULL, PRIMARY KEY (commitment, item));
CREATE INDEX commitment_item_item ON commitment_item (item);
CREATE TABLE commitment_area (commitment BIGINT NOT NULL, area TEXT NOT NULL, PRIMARY KEY (commitment, area));
CREATE INDEX commitment_area_area ON commitment_area (area);
CREATE TABLE commitment_indicator (
  commitment BIGINT NOT NULL, n BIGINT NOT NULL, unit TEXT NOT NULL, direction TEXT NOT NULL, measure TEXT NOT NULL, bound TEXT NOT NULL,
  baseline TEXT NOT NULL, baseline_on TEXT NOT NULL, target TEXT NOT NULL, target_on TEXT NOT NULL, dedup TEXT NOT NULL,
  series TEXT NOT NULL, pledges BIGINT NOT NULL, judged BIGINT NOT NULL, value TEXT NOT NULL, value_on TEXT NOT NULL, reason TEXT NOT NULL, reason_on TEXT NOT NULL,
  path TEXT NOT NULL, time_used TEXT NOT NULL, pace TEXT NOT NULL, word TEXT NOT NULL, value_old_from TEXT NOT NULL, ends_on TEXT NOT NULL,
  PRIMARY KEY (commitment, n)
);
CREATE INDEX commitment_indicator_unit ON commitment_indicator (unit);
CREATE TABLE commitment_milestone (commitment BIGINT NOT NULL, n BIGINT NOT NULL, due TEXT NOT NULL, state TEXT NOT NULL, state_on TEXT NOT NULL, PRIMARY KEY (commitment, n));
CREATE TABLE commitment_money (
  entry BIGINT NOT NULL, n BIGINT NOT NULL, commitment BIGINT NOT NULL, stage TEXT NOT NULL, amount TEXT NOT NULL, currency TEXT NOT NULL,
  value_on TEXT NOT NULL, kind TEXT NOT NULL, role TEXT NOT NULL, elsewhere BIGINT NOT NULL, PRIMARY KEY (entry, n)
);
CREATE INDEX commitment_money_commitment ON commitment_money (commitment);
CREATE TABLE report (
  id BIGINT PRIMARY KEY, commitment BIGINT NOT NULL, made_on TEXT NOT NULL, made_by TEXT NOT NULL, from_on TEXT NOT NULL, to_on TEXT NOT NULL,
  status TEXT NOT NULL, reached TEXT NOT NULL, pieces BIGINT NOT NULL, strength TEXT NOT NULL
);
CREATE INDEX report_commitment ON report (commitment);
CREATE TABLE report_value (
  report BIGINT NOT NULL, indicator BIGINT NOT NULL, commitment BIGINT NOT NULL, value TEXT NOT NULL, value_on TEXT NOT NULL, reason TEXT NOT NULL,
  PRIMARY KEY (report, indicator)
);
CREATE INDEX report_value_commitment ON report_value (commitment, indicator);

-- What is computed from words, by the entry and part that hold them; made anew from the words that remain.
CREATE TABLE derived_commitment_text (entry BIGINT NOT NULL, part TEXT NOT NULL, body TEXT NOT NULL, folded TEXT NOT NULL, PRIMARY KEY (entry, part));
