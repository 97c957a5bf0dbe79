-- Work on reviews before they are published. account names a person who signs in;
-- none of this is in the record.
CREATE TABLE assessment_member (pool BIGINT NOT NULL, account TEXT NOT NULL, role TEXT NOT NULL, since TEXT NOT NULL, PRIMARY KEY (pool, account));
CREATE TABLE assessment_part (review BIGINT NOT NULL, account TEXT NOT NULL, declared TEXT NOT NULL, reason TEXT NOT NULL, declared_at TEXT NOT NULL,
  seat BIGINT NOT NULL, codes TEXT NOT NULL, coded_at TEXT NOT NULL, PRIMARY KEY (review, account));
CREATE INDEX assessment_part_account ON assessment_part (account);
CREATE TABLE assessment_draft (review BIGINT PRIMARY KEY, fields TEXT NOT NULL, changed_at TEXT NOT NULL, sent_on TEXT NOT NULL, reply_until TEXT NOT NULL,
  answer TEXT NOT NULL, reply TEXT NOT NULL, answered_by TEXT NOT NULL, answered_at TEXT NOT NULL);
