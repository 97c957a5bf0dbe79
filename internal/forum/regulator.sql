-- Offices that watch over the digital space, and their exchange of practice. party 0:
-- entered from a source, nobody here speaks for it. confirmed_on '': the office itself
-- never said that its contact is right. No entry of these kinds has index 0.
CREATE TABLE regulator (
  id BIGINT PRIMARY KEY, version BIGINT NOT NULL,  -- the entry whose words hold
  party BIGINT NOT NULL, kind TEXT NOT NULL, area TEXT NOT NULL, source_on TEXT NOT NULL,
  listed_on TEXT NOT NULL, confirmed_on TEXT NOT NULL, stale_from TEXT NOT NULL,
  ended_on TEXT NOT NULL, ended_by BIGINT NOT NULL, successor BIGINT NOT NULL
);
CREATE INDEX regulator_party ON regulator (party);

CREATE TABLE regulator_item (regulator BIGINT NOT NULL, item TEXT NOT NULL, PRIMARY KEY (regulator, item));

CREATE TABLE practice (
  id BIGINT PRIMARY KEY, regulator BIGINT NOT NULL, side TEXT NOT NULL,  -- shared or asked
  form TEXT NOT NULL, lang TEXT NOT NULL, made_on TEXT NOT NULL
);
CREATE INDEX practice_regulator ON practice (regulator);

CREATE TABLE practice_item (practice BIGINT NOT NULL, item TEXT NOT NULL, PRIMARY KEY (practice, item));

CREATE TABLE practice_answer (
  id BIGINT PRIMARY KEY, practice BIGINT NOT NULL, regulator BIGINT NOT NULL, lang TEXT NOT NULL, made_on TEXT NOT NULL
);
CREATE INDEX practice_answer_of ON practice_answer (practice);
