-- People who sign in. Private: no part of the record.
CREATE TABLE account_person (
  id         TEXT PRIMARY KEY,  -- random
  mail       TEXT NOT NULL,     -- as it is written to
  mail_key   TEXT NOT NULL,     -- as it is looked up: lower case
  name       TEXT NOT NULL,
  lang       TEXT NOT NULL,     -- of letters to her
  reminders  BIGINT NOT NULL,   -- 1: wants reminders by mail
  made_at    TEXT NOT NULL,
  revoked_at TEXT NOT NULL      -- '' while she may sign in
);
CREATE UNIQUE INDEX account_person_mail ON account_person (mail_key);
CREATE TABLE account_role (account TEXT NOT NULL, role TEXT NOT NULL, made_at TEXT NOT NULL, PRIMARY KEY (account, role));
CREATE TABLE account_post (party BIGINT NOT NULL, account TEXT NOT NULL, post TEXT NOT NULL, made_at TEXT NOT NULL, PRIMARY KEY (party, account, post));
CREATE INDEX account_post_account ON account_post (account);
CREATE TABLE account_link (
  digest     TEXT PRIMARY KEY,  -- of the secret; the secret itself is in the letter only
  purpose    TEXT NOT NULL,
  account    TEXT NOT NULL,     -- whom it is for, '' where that is nobody yet
  object     TEXT NOT NULL,     -- what it opens
  made_at    TEXT NOT NULL,
  expires_at TEXT NOT NULL,
  used_at    TEXT NOT NULL
);
CREATE TABLE account_session (
  digest     TEXT PRIMARY KEY,
  account    TEXT NOT NULL,
  made_at    TEXT NOT NULL,
  seen_at    TEXT NOT NULL,     -- to five minutes
  expires_at TEXT NOT NULL,
  strong     BIGINT NOT NULL,
  device     TEXT NOT NULL      -- what the browser says it is, shortened
);
CREATE INDEX account_session_account ON account_session (account);
CREATE TABLE account_log (
  id      TEXT PRIMARY KEY,     -- begins with the time
  at      TEXT NOT NULL,
  account TEXT NOT NULL,        -- '' for the command line, and where the account was erased
  action  TEXT NOT NULL,
  object  TEXT NOT NULL
);
CREATE INDEX account_log_account ON account_log (account, id);
