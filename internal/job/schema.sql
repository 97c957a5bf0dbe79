-- Work that outlives a request. next_at is the one time that counts: from then on
-- the job may be taken; '' is at once. While it is held, next_at is the end of the
-- lease; after a failure, the end of the wait.
CREATE TABLE job (
  kind TEXT NOT NULL, name TEXT NOT NULL, payload BLOB NOT NULL,
  state TEXT NOT NULL, next_at TEXT NOT NULL, holder TEXT NOT NULL, tries BIGINT NOT NULL,
  ended_at TEXT NOT NULL, fault TEXT NOT NULL,
  PRIMARY KEY (kind, name)
);
CREATE INDEX job_next ON job (state, next_at);
