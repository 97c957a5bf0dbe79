-- Strong ways to sign in. Private, like everything of accounts.
CREATE TABLE account_passkey (
  id      TEXT PRIMARY KEY,   -- random, for its row on the page
  account TEXT NOT NULL,
  name    TEXT NOT NULL,      -- what its holder calls it
  body    BLOB NOT NULL,      -- the public key with its counter; nothing secret
  made_at TEXT NOT NULL,
  used_on TEXT NOT NULL       -- the day
);
CREATE INDEX account_passkey_account ON account_passkey (account);
CREATE TABLE account_identity (issuer TEXT NOT NULL, subject TEXT NOT NULL, account TEXT NOT NULL, made_at TEXT NOT NULL, PRIMARY KEY (issuer, subject));
CREATE INDEX account_identity_account ON account_identity (account);
CREATE TABLE account_ceremony (
  digest     TEXT PRIMARY KEY, -- of the secret that the browser holds meanwhile
  kind       TEXT NOT NULL,
  account    TEXT NOT NULL,    -- '' where nobody is known yet
  body       BLOB NOT NULL,
  expires_at TEXT NOT NULL
);
