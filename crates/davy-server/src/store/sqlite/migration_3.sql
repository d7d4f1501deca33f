-- Checklists that were uploaded, before and after they are published.
CREATE TABLE checklist_draft (
  id BLOB PRIMARY KEY, org BLOB NOT NULL, name TEXT NOT NULL, person BLOB NOT NULL, uploaded INTEGER NOT NULL,
  report TEXT NOT NULL, published BLOB, bytes BLOB NOT NULL
) STRICT;
CREATE INDEX checklist_draft_by_time ON checklist_draft(org, uploaded);
