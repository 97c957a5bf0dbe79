-- Who hid what, and what was said against it. Private: the record has the acts.
CREATE TABLE moderation_hidden (
  act BIGINT PRIMARY KEY,  -- the words.hidden
  category TEXT NOT NULL, account TEXT NOT NULL, hidden_on TEXT NOT NULL
);
CREATE TABLE moderation_appeal (
  id TEXT PRIMARY KEY, act BIGINT NOT NULL,
  party BIGINT NOT NULL,   -- 0: a person with the receipt of what was hidden
  body TEXT NOT NULL, made_on TEXT NOT NULL,
  state TEXT NOT NULL,     -- open, restored, stands
  account TEXT NOT NULL,   -- who decided
  decided_on TEXT NOT NULL, reason TEXT NOT NULL
);
CREATE INDEX moderation_appeal_act ON moderation_appeal (act);
