-- Documents behind progress reports, as they are published; body, picture and
-- beginning are empty once erased. received is the digest of the file as it came.
CREATE TABLE evidence_file (
  sha256 TEXT PRIMARY KEY, received TEXT NOT NULL, type TEXT NOT NULL, size BIGINT NOT NULL, kept_at TEXT NOT NULL, erased_at TEXT NOT NULL,
  body BLOB NOT NULL, picture BLOB NOT NULL, beginning TEXT NOT NULL
);
CREATE INDEX evidence_file_kept ON evidence_file (kept_at);
