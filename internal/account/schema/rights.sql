-- What waits for a second person, programs' tokens, and how often was asked.
CREATE TABLE account_pending (
  id         TEXT PRIMARY KEY,  -- made of the submission key: one form, one row
  kind       TEXT NOT NULL,     -- acts, role
  party      BIGINT NOT NULL,   -- in whose name; -1 for none
  made_by    TEXT NOT NULL,
  made_at    TEXT NOT NULL,
  validator  BIGINT NOT NULL,   -- 1: only the validating authority may approve
  payload    BLOB NOT NULL,     -- emptied once it is decided
  back       TEXT NOT NULL,     -- the page that it is about
  draft      TEXT NOT NULL,     -- the draft that it was made of; it goes once it is approved
  state      TEXT NOT NULL,     -- waiting, approved, returned
  decided_by TEXT NOT NULL,
  decided_at TEXT NOT NULL,
  reason     TEXT NOT NULL
);
CREATE INDEX account_pending_state ON account_pending (state, party);
CREATE INDEX account_pending_maker ON account_pending (made_by);
CREATE TABLE account_token (
  id         TEXT PRIMARY KEY,
  digest     TEXT NOT NULL,
  account    TEXT NOT NULL,
  name       TEXT NOT NULL,
  scopes     TEXT NOT NULL,     -- parted by blanks
  made_at    TEXT NOT NULL,
  used_at    TEXT NOT NULL,     -- to the hour
  revoked_at TEXT NOT NULL
);
CREATE UNIQUE INDEX account_token_digest ON account_token (digest);
CREATE INDEX account_token_account ON account_token (account);
CREATE TABLE account_try (bucket TEXT NOT NULL, slot TEXT NOT NULL, n BIGINT NOT NULL, PRIMARY KEY (bucket, slot));
CREATE TABLE account_question (
  id          TEXT PRIMARY KEY,
  draft       TEXT NOT NULL,
  field       TEXT NOT NULL,
  asked_by    TEXT NOT NULL,
  asked_at    TEXT NOT NULL,
  answered_at TEXT NOT NULL
);
CREATE INDEX account_question_draft ON account_question (draft);
CREATE INDEX account_question_asker ON account_question (asked_by);
