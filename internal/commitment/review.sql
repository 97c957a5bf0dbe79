-- Reviews. The private work on one (members of pools, declarations, drafts) is no state.
CREATE TABLE review_pool (id BIGINT PRIMARY KEY, basis TEXT NOT NULL, appointer BIGINT NOT NULL, naming TEXT NOT NULL, lang TEXT NOT NULL, named_on TEXT NOT NULL);
CREATE TABLE review (
  id BIGINT PRIMARY KEY, commitment BIGINT NOT NULL, version BIGINT NOT NULL, stage TEXT NOT NULL, pool BIGINT NOT NULL, wanted BIGINT NOT NULL,
  second_of BIGINT NOT NULL, lang TEXT NOT NULL, opened_on TEXT NOT NULL, published BIGINT NOT NULL, published_on TEXT NOT NULL,
  verifiable TEXT NOT NULL, potential TEXT NOT NULL, completion TEXT NOT NULL, results TEXT NOT NULL, strength TEXT NOT NULL,
  reviewers BIGINT NOT NULL, conflicts BIGINT NOT NULL, recommended BIGINT NOT NULL, draft_on TEXT NOT NULL, reply_until TEXT NOT NULL,
  answer TEXT NOT NULL, replies BIGINT NOT NULL
);
CREATE INDEX review_commitment ON review (commitment);
CREATE INDEX review_second ON review (second_of);
CREATE TABLE review_evidence (review BIGINT NOT NULL, report BIGINT NOT NULL, piece BIGINT NOT NULL, strength TEXT NOT NULL, PRIMARY KEY (review, report, piece));
CREATE INDEX review_evidence_report ON review_evidence (report);
CREATE TABLE review_reply (id BIGINT PRIMARY KEY, review BIGINT NOT NULL, made_on TEXT NOT NULL, made_by TEXT NOT NULL);
CREATE INDEX review_reply_review ON review_reply (review);
-- The fifth fact of each commitment that was or is reviewed.
CREATE TABLE commitment_assessment (commitment BIGINT PRIMARY KEY, code TEXT NOT NULL, on_day TEXT NOT NULL, review BIGINT NOT NULL);
CREATE INDEX commitment_assessment_code ON commitment_assessment (code);
-- Pieces of evidence of progress reports, by the digest of what is published.
CREATE TABLE evidence (report BIGINT NOT NULL, piece BIGINT NOT NULL, commitment BIGINT NOT NULL, sha256 TEXT NOT NULL, kind TEXT NOT NULL, strength TEXT NOT NULL,
  on_day TEXT NOT NULL, seen_by TEXT NOT NULL, PRIMARY KEY (report, piece));
CREATE INDEX evidence_sha256 ON evidence (sha256);
CREATE INDEX evidence_commitment ON evidence (commitment);
