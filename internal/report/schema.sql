-- Reports of a period: what was opened to correction, who contributed, what was
-- released and what was put right afterwards. Figures are blobs, by their digest;
-- 0 is an entry that is not there yet.
CREATE TABLE period_report (
  id BIGINT PRIMARY KEY, kind TEXT NOT NULL, from_on TEXT NOT NULL, to_on TEXT NOT NULL,
  date_on TEXT NOT NULL, size BIGINT NOT NULL, root TEXT NOT NULL, pack TEXT NOT NULL, figures TEXT NOT NULL,
  opened_on TEXT NOT NULL, until_on TEXT NOT NULL,
  release BIGINT NOT NULL, released_on TEXT NOT NULL, release_size BIGINT NOT NULL, release_root TEXT NOT NULL,
  release_pack TEXT NOT NULL, release_figures TEXT NOT NULL
);
CREATE INDEX period_report_kind ON period_report (kind, from_on, id);
CREATE INDEX period_report_release ON period_report (release);
CREATE TABLE period_contribution (
  report BIGINT NOT NULL, chapter TEXT NOT NULL, party BIGINT NOT NULL, entry BIGINT NOT NULL, given_on TEXT NOT NULL,
  withdrawn BIGINT NOT NULL, withdrawn_on TEXT NOT NULL,
  PRIMARY KEY (report, chapter, party)
);
CREATE INDEX period_contribution_party ON period_contribution (party);
CREATE TABLE period_erratum (
  id BIGINT PRIMARY KEY, report BIGINT NOT NULL, release BIGINT NOT NULL, figure TEXT NOT NULL, chapter TEXT NOT NULL,
  old_value TEXT NOT NULL, new_value TEXT NOT NULL, made_on TEXT NOT NULL
);
CREATE INDEX period_erratum_report ON period_erratum (report);
CREATE TABLE period_note (
  id BIGINT PRIMARY KEY, report BIGINT NOT NULL, release BIGINT NOT NULL, figures TEXT NOT NULL, made_on TEXT NOT NULL,
  replaces BIGINT NOT NULL, replaced_by BIGINT NOT NULL
);
CREATE INDEX period_note_report ON period_note (report);
