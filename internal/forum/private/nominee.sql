-- Who was nominated. None of this is in the record: of a person it knows a pseudonym.
CREATE TABLE nominee (
  id         TEXT PRIMARY KEY,
  call       BIGINT NOT NULL,
  link       TEXT NOT NULL,     -- digest of the secret in her letter
  mail       TEXT NOT NULL,
  mail_key   TEXT NOT NULL,     -- in lower case: one nomination of a call for one address
  name       TEXT NOT NULL,
  lang       TEXT NOT NULL,     -- of letters to her
  account    TEXT NOT NULL,     -- who nominated her; "" where nobody signed in, or where that account was erased
  party      BIGINT NOT NULL,   -- in whose name; 0 for nobody's
  profile    TEXT NOT NULL,     -- everything that she or her nominator wrote, as JSON
  made_on    TEXT NOT NULL,
  state      TEXT NOT NULL,     -- named, consented, withdrawn, eligible, ineligible
  reason     TEXT NOT NULL,     -- code of the decision
  note       TEXT NOT NULL,     -- its words
  decided_on TEXT NOT NULL,
  answer     TEXT NOT NULL      -- to the seat: asked, named, unnamed, declined
);
CREATE UNIQUE INDEX nominee_once ON nominee (call, mail_key);
CREATE UNIQUE INDEX nominee_link ON nominee (link);
CREATE INDEX nominee_account ON nominee (account);
-- Who stands behind a pseudonym. Rows are written before the pool with that digest is
-- published, so that no pool is ever out of which nobody can find herself; those of a
-- pool that was never published mean nothing.
CREATE TABLE nominee_pseudonym (pool TEXT NOT NULL, person TEXT NOT NULL, nominee TEXT NOT NULL, PRIMARY KEY (pool, person));
CREATE INDEX nominee_pseudonym_nominee ON nominee_pseudonym (nominee);
-- Names of members whose holders asked for their erasure: entries of the record,
-- until an operator has erased the words.
CREATE TABLE nominee_erasure (entry BIGINT PRIMARY KEY, asked_on TEXT NOT NULL);
