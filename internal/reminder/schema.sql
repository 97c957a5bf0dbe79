-- Which reminders went to whom. Private: no part of the record.
CREATE TABLE reminder_log (
  account     TEXT NOT NULL,
  commitment  BIGINT NOT NULL,
  due_on      TEXT NOT NULL,    -- the date of the report
  offset_days BIGINT NOT NULL,  -- -60, -30, 0 or 30
  party       BIGINT NOT NULL,
  sent_on     TEXT NOT NULL,    -- the day
  PRIMARY KEY (account, commitment, due_on, offset_days)
);
CREATE INDEX reminder_log_party ON reminder_log (party, sent_on);
