-- What natural persons sent. Private: no part of the record, and of no state. There
-- is nothing here of who sent it, and no time finer than a day. Rows lie in the
-- order of random ids, not in that in which they came.
CREATE TABLE person_call (
  id TEXT PRIMARY KEY, kind TEXT NOT NULL,
  closes_on TEXT NOT NULL     -- last day on which something is taken; '' where it stays open
);
CREATE TABLE person_input (
  id TEXT PRIMARY KEY,        -- SHA-256 of the receipt's code
  call TEXT NOT NULL, day TEXT NOT NULL,
  stakeholders TEXT NOT NULL, region TEXT NOT NULL, -- as she gave them, '' for none
  facts BLOB NOT NULL, words BLOB NOT NULL,         -- emptied when it was published or refused;
                              -- words of a summary later
  summary BIGINT NOT NULL,    -- 1: what she wrote is for the readers of the desk, not for the record
  state TEXT NOT NULL,        -- waiting, admitted, batched, published, refused
  reason TEXT NOT NULL,       -- of a refusal, a code
  batch TEXT NOT NULL,        -- key of the batch that it is in
  entry BIGINT NOT NULL       -- in the record; 0 before
);
CREATE INDEX person_input_call ON person_input (call, state);
