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
  due_from TEXT NOT NULL, due_on TEXT NOT NULL, overdue_from TEXT NOT NULL, silent_from TEXT NOT NULL, lapsed_from TEXT NOT NULL,
  lead_share TEXT NOT NULL, reach TEXT NOT NULL, version BIGINT NOT NULL, amendments BIGINT NOT NULL, ended BIGINT NOT NULL,
  closed TEXT NOT NULL, closed_on TEXT NOT NULL, closed_by BIGINT NOT NULL, outcome TEXT NOT NULL,
  excused_until TEXT NOT NULL, excused_code TEXT NOT NULL, excused_by BIGINT NOT NULL,
  review_from TEXT NOT NULL -- its end review can be opened from this day, never where none was asked for or one was opened
);
CREATE INDEX commitment_party ON commitment (party);
CREATE INDEX commitment_due ON commitment (due_on);
CREATE INDEX commitment_end ON commitment (end_on);
CREATE INDEX commitment_review_from ON commitment (review_from);
-- A partner is named by the lead until it confirms or declines; answer is the entry by which it did.
CREATE TABLE commitment_partner (commitment BIGINT NOT NULL, party BIGINT NOT NULL, share TEXT NOT NULL, state TEXT NOT NULL, state_on TEXT NOT NULL, answer BIGINT NOT NULL, PRIMARY KEY (commitment, party));
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
  ended_on TEXT NOT NULL,
  PRIMARY KEY (commitment, n)
);
-- The targets as they were signed, once a commitment was amended, with the pace against them.
CREATE TABLE commitment_signed (
  commitment BIGINT NOT NULL, n BIGINT NOT NULL, direction TEXT NOT NULL, measure TEXT NOT NULL, bound TEXT NOT NULL,
  baseline TEXT NOT NULL, baseline_on TEXT NOT NULL, target TEXT NOT NULL, target_on TEXT NOT NULL, pledges BIGINT NOT NULL, judged BIGINT NOT NULL,
  path TEXT NOT NULL, time_used TEXT NOT NULL, pace TEXT NOT NULL, word TEXT NOT NULL, value_old_from TEXT NOT NULL, ends_on TEXT NOT NULL,
  PRIMARY KEY (commitment, n)
);
-- The names of the parts that are filled as a commitment stands, and which acts there were about it after it was made.
CREATE TABLE commitment_words (commitment BIGINT PRIMARY KEY, parts TEXT NOT NULL);
CREATE TABLE commitment_step (entry BIGINT PRIMARY KEY, commitment BIGINT NOT NULL, made_on TEXT NOT NULL, made_by TEXT NOT NULL, kind TEXT NOT NULL);
CREATE INDEX commitment_step_commitment ON commitment_step (commitment);
CREATE INDEX commitment_indicator_unit ON commitment_indicator (unit);
CREATE TABLE commitment_milestone (commitment BIGINT NOT NULL, n BIGINT NOT NULL, due TEXT NOT NULL, state TEXT NOT NULL, state_on TEXT NOT NULL, PRIMARY KEY (commitment, n));
CREATE TABLE commitment_money (
  entry BIGINT NOT NULL, n BIGINT NOT NULL, commitment BIGINT NOT NULL, stage TEXT NOT NULL, amount TEXT NOT NULL, currency TEXT NOT NULL,
  value_on TEXT NOT NULL, kind TEXT NOT NULL, role TEXT NOT NULL, elsewhere BIGINT NOT NULL, PRIMARY KEY (entry, n)
);
CREATE INDEX commitment_money_commitment ON commitment_money (commitment);
CREATE TABLE report (
  id BIGINT PRIMARY KEY, commitment BIGINT NOT NULL, made_on TEXT NOT NULL, made_by TEXT NOT NULL, from_on TEXT NOT NULL, to_on TEXT NOT NULL,
  status TEXT NOT NULL, unchanged TEXT NOT NULL, reached TEXT NOT NULL, pieces BIGINT NOT NULL, strength TEXT NOT NULL
);
CREATE INDEX report_commitment ON report (commitment);
CREATE TABLE report_value (
  report BIGINT NOT NULL, indicator BIGINT NOT NULL, commitment BIGINT NOT NULL, value TEXT NOT NULL, value_on TEXT NOT NULL, reason TEXT NOT NULL,
  PRIMARY KEY (report, indicator)
);
CREATE INDEX report_value_commitment ON report_value (commitment, indicator);
-- What a party needs (requested) or can give (offered), open until a day or until it is closed.
CREATE TABLE support (
  id BIGINT PRIMARY KEY, party BIGINT NOT NULL, made_on TEXT NOT NULL, made_by TEXT NOT NULL, side TEXT NOT NULL, lang TEXT NOT NULL, kind TEXT NOT NULL,
  commitment BIGINT NOT NULL, answers BIGINT NOT NULL, size TEXT NOT NULL, unit TEXT NOT NULL, until_on TEXT NOT NULL,
  closed_on TEXT NOT NULL, closed_by BIGINT NOT NULL, outcome TEXT NOT NULL
);
CREATE INDEX support_party ON support (party);
CREATE INDEX support_commitment ON support (commitment);
CREATE TABLE support_item (support BIGINT NOT NULL, item TEXT NOT NULL, PRIMARY KEY (support, item));
CREATE INDEX support_item_item ON support_item (item);
CREATE TABLE support_area (support BIGINT NOT NULL, area TEXT NOT NULL, PRIMARY KEY (support, area));
CREATE INDEX support_area_area ON support_area (area);

-- What is computed from words, by the entry and part that hold them; made anew from the words that remain.
CREATE TABLE derived_commitment_text (entry BIGINT NOT NULL, part TEXT NOT NULL, commitment BIGINT NOT NULL, body TEXT NOT NULL, folded TEXT NOT NULL, PRIMARY KEY (entry, part));
CREATE INDEX derived_commitment_text_commitment ON derived_commitment_text (commitment);
CREATE TABLE derived_support_text (entry BIGINT NOT NULL, part TEXT NOT NULL, body TEXT NOT NULL, folded TEXT NOT NULL, PRIMARY KEY (entry, part));
