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
