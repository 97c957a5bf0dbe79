-- The advisory group. Days are turning dates: who sits on a day is a comparison with
-- from_on, until_on and left_on. A person is her pseudonym in the pool, and nobody
-- else; "" stands for none.
CREATE TABLE advisory_group (id BIGINT PRIMARY KEY, from_on TEXT NOT NULL, constituted_on TEXT NOT NULL);

CREATE TABLE nomination_call (
  id BIGINT PRIMARY KEY, terms BIGINT NOT NULL, opened_on TEXT NOT NULL, until_on TEXT NOT NULL, term_from TEXT NOT NULL,
  pool BIGINT NOT NULL  -- 0 until it is published
);
CREATE TABLE nomination_pool (
  id BIGINT PRIMARY KEY, call BIGINT NOT NULL, digest TEXT NOT NULL, people BIGINT NOT NULL, received BIGINT NOT NULL, published_on TEXT NOT NULL
);
CREATE TABLE group_draw (
  id BIGINT PRIMARY KEY, pool BIGINT NOT NULL, plan TEXT NOT NULL, announced_on TEXT NOT NULL,
  made BIGINT NOT NULL, made_on TEXT NOT NULL, file TEXT NOT NULL  -- 0 and "" until it is made
);
CREATE INDEX group_draw_pool ON group_draw (pool);
CREATE INDEX group_draw_plan ON group_draw (plan);
CREATE TABLE draw_witness (
  draw BIGINT NOT NULL, party BIGINT NOT NULL, source BIGINT NOT NULL, entry BIGINT NOT NULL, missing BIGINT NOT NULL, throws TEXT NOT NULL, on_day TEXT NOT NULL,
  PRIMARY KEY (draw, party, source)
);

CREATE TABLE group_seat (
  id BIGINT PRIMARY KEY, draw BIGINT NOT NULL, person TEXT NOT NULL, segment TEXT NOT NULL,
  party BIGINT NOT NULL,      -- that appointed her; 0 of a drawn seat
  from_on TEXT NOT NULL, until_on TEXT NOT NULL,
  after BIGINT NOT NULL,      -- the seat that she took over, 0 for none
  left_on TEXT NOT NULL, left_by BIGINT NOT NULL, reason TEXT NOT NULL
);
CREATE INDEX group_seat_draw ON group_seat (draw);
CREATE TABLE seat_declined (draw BIGINT NOT NULL, person TEXT NOT NULL, entry BIGINT NOT NULL, on_day TEXT NOT NULL, PRIMARY KEY (draw, person));
CREATE TABLE seat_conflict (id BIGINT PRIMARY KEY, seat BIGINT NOT NULL, item TEXT NOT NULL, on_day TEXT NOT NULL);
CREATE INDEX seat_conflict_seat ON seat_conflict (seat);
