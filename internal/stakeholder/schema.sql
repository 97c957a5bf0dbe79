-- Parties and how they stand to the texts. Empty texts and zeros mean "none":
-- no entry of a party, endorsement or claim has index 0, a pack is adopted first.
CREATE TABLE party (
  id BIGINT PRIMARY KEY, kind TEXT NOT NULL, area TEXT NOT NULL, size TEXT NOT NULL, start_up BIGINT NOT NULL,
  parent BIGINT NOT NULL, languages TEXT NOT NULL, led_by TEXT NOT NULL, registered_on TEXT NOT NULL,
  version BIGINT NOT NULL,     -- the entry whose facts and words stand: its registration, or its latest amendment
  level TEXT NOT NULL, level_basis TEXT NOT NULL, level_on TEXT NOT NULL,
  stated_on TEXT NOT NULL,     -- of a stated party: the day as of which its source says so
  claimed_by BIGINT NOT NULL   -- of a stated party: the party that says this is it
);
CREATE INDEX party_kind ON party (kind);
CREATE INDEX party_area ON party (area);
CREATE INDEX party_version ON party (version); -- from names and domains to their party
CREATE TABLE party_active (party BIGINT NOT NULL, area TEXT NOT NULL, PRIMARY KEY (party, area));
CREATE INDEX party_active_area ON party_active (area);
CREATE TABLE verification (id BIGINT PRIMARY KEY, party BIGINT NOT NULL, level TEXT NOT NULL, basis TEXT NOT NULL, verified_on TEXT NOT NULL);
CREATE INDEX verification_party ON verification (party);

-- standing holds adoptions and own endorsements that hold now, one row for each party and text.
CREATE TABLE standing (party BIGINT NOT NULL, text_id TEXT NOT NULL, basis TEXT NOT NULL, since TEXT NOT NULL, entry BIGINT NOT NULL, PRIMARY KEY (party, text_id));
CREATE INDEX standing_text ON standing (text_id, basis);
CREATE TABLE adoption (id BIGINT PRIMARY KEY, party BIGINT NOT NULL, text_id TEXT NOT NULL, adopted_on TEXT NOT NULL);
CREATE INDEX adoption_party ON adoption (party);
CREATE INDEX adoption_text ON adoption (text_id);
CREATE TABLE endorsement (
  id BIGINT PRIMARY KEY, party BIGINT NOT NULL, text_id TEXT NOT NULL, language_read TEXT NOT NULL, text_digest TEXT NOT NULL,
  vision BIGINT NOT NULL, principles BIGINT NOT NULL, given_on TEXT NOT NULL,
  stated_on TEXT NOT NULL,     -- of a stated one: the day that its source gives
  claim_of BIGINT NOT NULL,    -- the stated endorsement that this one makes its own
  claimed_as BIGINT NOT NULL,  -- of a stated one: the party's own endorsement that took its place
  ended_on TEXT NOT NULL, ended_by BIGINT NOT NULL, revoked BIGINT NOT NULL
);
CREATE INDEX endorsement_party ON endorsement (party);
CREATE INDEX endorsement_text ON endorsement (text_id);
CREATE TABLE endorsement_item (endorsement BIGINT NOT NULL, item TEXT NOT NULL, PRIMARY KEY (endorsement, item));
CREATE INDEX endorsement_item_item ON endorsement_item (item);
CREATE TABLE endorsement_activity (endorsement BIGINT NOT NULL, n BIGINT NOT NULL, state TEXT NOT NULL, since TEXT NOT NULL, PRIMARY KEY (endorsement, n));
CREATE TABLE claim (id BIGINT PRIMARY KEY, party BIGINT NOT NULL, claimed BIGINT NOT NULL);
CREATE TABLE membership (id BIGINT PRIMARY KEY, in_group BIGINT NOT NULL, member BIGINT NOT NULL, from_on TEXT NOT NULL, until_on TEXT NOT NULL, left_entry BIGINT NOT NULL);
CREATE INDEX membership_group ON membership (in_group);
CREATE INDEX membership_member ON membership (member);
-- Whom an association says it speaks for: the parties among them, and how many in all.
CREATE TABLE representation (id BIGINT PRIMARY KEY, association BIGINT NOT NULL, number BIGINT NOT NULL, declared_on TEXT NOT NULL, ended_on TEXT NOT NULL, ended_by BIGINT NOT NULL);
CREATE INDEX representation_association ON representation (association);
CREATE TABLE represented (representation BIGINT NOT NULL, member BIGINT NOT NULL, PRIMARY KEY (representation, member));
CREATE INDEX represented_member ON represented (member);
CREATE TABLE participation_review (id BIGINT PRIMARY KEY, reviewed_on TEXT NOT NULL, figures TEXT NOT NULL, size BIGINT NOT NULL);

-- Which acts there were about a party, its registration too.
CREATE TABLE party_step (party BIGINT NOT NULL, entry BIGINT NOT NULL, PRIMARY KEY (party, entry));
CREATE INDEX party_step_entry ON party_step (entry);

-- What is computed from words, by the entry that holds them; made anew from the words that remain.
CREATE TABLE derived_party_name (entry BIGINT NOT NULL, part TEXT NOT NULL, body TEXT NOT NULL, folded TEXT NOT NULL, PRIMARY KEY (entry, part));
CREATE INDEX derived_party_name_folded ON derived_party_name (folded);
CREATE TABLE derived_party_domain (entry BIGINT NOT NULL, part TEXT NOT NULL, domain TEXT NOT NULL, PRIMARY KEY (entry, part));
CREATE INDEX derived_party_domain_domain ON derived_party_domain (domain);
CREATE TABLE derived_party_sort (entry BIGINT NOT NULL, lang TEXT NOT NULL, sort_key TEXT NOT NULL, PRIMARY KEY (entry, lang));
CREATE INDEX derived_party_sort_key ON derived_party_sort (lang, sort_key);
CREATE TABLE derived_party_token (entry BIGINT NOT NULL, token TEXT NOT NULL, PRIMARY KEY (entry, token));
CREATE TABLE derived_adoption_symbol (entry BIGINT PRIMARY KEY, part TEXT NOT NULL, symbol TEXT NOT NULL);
