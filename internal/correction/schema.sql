-- What is said against the record. Empty texts and zeros mean "none": no entry of
-- these kinds has index 0, a pack is adopted first. thing is what has the page that
-- shows it (commitment:12 for a report on it), so that a page finds its own by one index.
CREATE TABLE correction (
  id BIGINT PRIMARY KEY, about TEXT NOT NULL, thing TEXT NOT NULL, category TEXT NOT NULL,
  made_by TEXT NOT NULL,       -- person, secretariat, or party
  party BIGINT NOT NULL,       -- of a party
  received_on TEXT NOT NULL, asked_on TEXT NOT NULL,
  answered_on TEXT NOT NULL, answer BIGINT NOT NULL, outcome TEXT NOT NULL, fixed_by BIGINT NOT NULL, duplicate_of BIGINT NOT NULL
);
CREATE INDEX correction_thing ON correction (thing);
CREATE INDEX correction_open ON correction (answered_on, received_on);

CREATE TABLE dispute (
  id BIGINT PRIMARY KEY, entry BIGINT NOT NULL, thing TEXT NOT NULL,
  party BIGINT NOT NULL, maker BIGINT NOT NULL,  -- maker 0: the secretariat
  raised_on TEXT NOT NULL, answered_on TEXT NOT NULL, answer BIGINT NOT NULL,
  settled_raiser TEXT NOT NULL, settled_maker TEXT NOT NULL,  -- the day on which each side called it settled
  closed_on TEXT NOT NULL, closed_by BIGINT NOT NULL, outcome TEXT NOT NULL
);
CREATE INDEX dispute_thing ON dispute (thing);
CREATE INDEX dispute_entry ON dispute (entry);
CREATE INDEX dispute_closed ON dispute (closed_on);
