CREATE TABLE org (
  id BLOB PRIMARY KEY, name TEXT NOT NULL, seed BLOB NOT NULL, epoch INTEGER NOT NULL, gseq INTEGER NOT NULL,
  stream BLOB NOT NULL, created INTEGER NOT NULL, revision INTEGER NOT NULL DEFAULT 1
) STRICT, WITHOUT ROWID;

CREATE TABLE stream (
  stream BLOB PRIMARY KEY, org BLOB NOT NULL REFERENCES org(id), device BLOB NOT NULL, name TEXT NOT NULL,
  platform TEXT NOT NULL, app_version TEXT NOT NULL, person BLOB, key BLOB NOT NULL, record BLOB NOT NULL,
  state INTEGER NOT NULL, state_value INTEGER NOT NULL, head_seq INTEGER NOT NULL, head_eid BLOB NOT NULL,
  last_seal BLOB NOT NULL, durable_seq INTEGER NOT NULL, enrolled INTEGER NOT NULL, last_seen INTEGER,
  pending_events INTEGER NOT NULL DEFAULT 0, pending_blobs INTEGER NOT NULL DEFAULT 0, pending_bytes INTEGER NOT NULL DEFAULT 0
) STRICT, WITHOUT ROWID;
CREATE INDEX stream_by_org ON stream(org);

CREATE TABLE scope_head (
  stream BLOB NOT NULL, scope BLOB NOT NULL, sseq INTEGER NOT NULL, eid BLOB NOT NULL, PRIMARY KEY (stream, scope)
) STRICT, WITHOUT ROWID;

CREATE TABLE segment (
  id INTEGER PRIMARY KEY, org BLOB NOT NULL, stream BLOB NOT NULL, from_seq INTEGER NOT NULL, to_seq INTEGER NOT NULL,
  recv INTEGER NOT NULL, raw BLOB NOT NULL
) STRICT;
CREATE UNIQUE INDEX segment_by_seq ON segment(stream, to_seq);

CREATE TABLE root_segment (
  root BLOB NOT NULL, segment INTEGER NOT NULL REFERENCES segment(id), PRIMARY KEY (root, segment)
) STRICT, WITHOUT ROWID;

CREATE TABLE scope (
  org BLOB NOT NULL, scope BLOB NOT NULL, pos INTEGER NOT NULL, acc BLOB NOT NULL, PRIMARY KEY (org, scope)
) STRICT, WITHOUT ROWID;
CREATE TABLE feed (
  org BLOB NOT NULL, scope BLOB NOT NULL, last INTEGER NOT NULL, first INTEGER NOT NULL,
  segment INTEGER NOT NULL REFERENCES segment(id), records BLOB NOT NULL, PRIMARY KEY (org, scope, last)
) STRICT, WITHOUT ROWID;
CREATE INDEX feed_by_segment ON feed(segment);

CREATE TABLE held (
  eid BLOB PRIMARY KEY, org BLOB NOT NULL, stream BLOB NOT NULL, seq INTEGER NOT NULL, scope BLOB NOT NULL,
  root BLOB NOT NULL, at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX held_by_org ON held(org, at);
CREATE INDEX held_by_root ON held(root);
CREATE TABLE fork (
  id INTEGER PRIMARY KEY, stream BLOB NOT NULL, seq INTEGER NOT NULL, at INTEGER NOT NULL, raw BLOB NOT NULL
) STRICT;
CREATE TABLE quarantine (
  id INTEGER PRIMARY KEY, org BLOB NOT NULL, stream BLOB NOT NULL, at INTEGER NOT NULL, reason TEXT NOT NULL, bytes BLOB NOT NULL
) STRICT;
CREATE INDEX quarantine_by_stream ON quarantine(stream, at);

CREATE TABLE aggregate (
  root BLOB PRIMARY KEY, org BLOB NOT NULL, scope BLOB NOT NULL, kind INTEGER NOT NULL, received INTEGER NOT NULL, doc BLOB NOT NULL
) STRICT;
CREATE INDEX aggregate_by_kind ON aggregate(org, kind) WHERE kind > 2;

CREATE TABLE inspection (
  row INTEGER PRIMARY KEY, id BLOB NOT NULL UNIQUE, org BLOB NOT NULL, scope BLOB NOT NULL, site BLOB NOT NULL,
  checklist BLOB NOT NULL, kind TEXT NOT NULL, stage TEXT NOT NULL, assignment BLOB, inspectors BLOB NOT NULL, started INTEGER NOT NULL,
  submitted INTEGER, received INTEGER NOT NULL, held INTEGER NOT NULL, summary TEXT, contested INTEGER NOT NULL DEFAULT 0
) STRICT;
CREATE INDEX inspection_by_time ON inspection(org, received, row);
CREATE INDEX inspection_by_scope ON inspection(scope, received, row);
CREATE INDEX inspection_by_stage ON inspection(org, stage, received, row);
CREATE INDEX inspection_by_submission ON inspection(org, submitted) WHERE submitted IS NOT NULL;
CREATE INDEX inspection_by_assignment ON inspection(assignment) WHERE assignment IS NOT NULL;
CREATE INDEX inspection_contested ON inspection(org, scope) WHERE contested = 1;

CREATE TABLE finding (
  row INTEGER PRIMARY KEY, id BLOB NOT NULL UNIQUE, org BLOB NOT NULL, scope BLOB NOT NULL, site BLOB NOT NULL,
  grade TEXT NOT NULL, stage TEXT NOT NULL, description TEXT NOT NULL, area TEXT, responsible TEXT, deadline TEXT,
  raised INTEGER NOT NULL, received INTEGER NOT NULL, raised_by BLOB NOT NULL, inspection BLOB, thumbnail BLOB,
  contested INTEGER NOT NULL
) STRICT;
CREATE INDEX finding_by_time ON finding(org, received, row);
CREATE INDEX finding_by_scope ON finding(scope, received, row);
CREATE INDEX finding_by_grade ON finding(org, grade, stage, received, row);
CREATE INDEX finding_by_deadline ON finding(org, coalesce(deadline, '9999'), row);
CREATE INDEX finding_by_raised ON finding(org, raised);
CREATE INDEX finding_by_inspection ON finding(inspection) WHERE inspection IS NOT NULL;
CREATE INDEX finding_contested ON finding(org, scope) WHERE contested = 1;
CREATE VIRTUAL TABLE finding_text USING fts5(text, content='', contentless_delete=1, tokenize='trigram');

CREATE TABLE inspection_count (
  org BLOB NOT NULL, scope BLOB NOT NULL, stage TEXT NOT NULL, n INTEGER NOT NULL, PRIMARY KEY (org, scope, stage)
) STRICT, WITHOUT ROWID;
CREATE TABLE finding_count (
  org BLOB NOT NULL, scope BLOB NOT NULL, grade TEXT NOT NULL, stage TEXT NOT NULL, n INTEGER NOT NULL,
  PRIMARY KEY (org, scope, grade, stage)
) STRICT, WITHOUT ROWID;

CREATE TABLE blob (
  org BLOB NOT NULL, sha256 BLOB NOT NULL, size INTEGER NOT NULL, received INTEGER NOT NULL, receipt BLOB NOT NULL,
  PRIMARY KEY (org, sha256)
) STRICT, WITHOUT ROWID;
CREATE TABLE blob_ref (
  org BLOB NOT NULL, sha256 BLOB NOT NULL, root BLOB NOT NULL, scope BLOB NOT NULL, grp BLOB NOT NULL, role INTEGER NOT NULL,
  size INTEGER NOT NULL, media_type TEXT NOT NULL, stream BLOB NOT NULL, held INTEGER NOT NULL, here INTEGER NOT NULL,
  PRIMARY KEY (org, sha256, root)
) STRICT, WITHOUT ROWID;
CREATE INDEX blob_ref_by_root ON blob_ref(root);
CREATE INDEX blob_ref_by_group ON blob_ref(grp, role, here);
CREATE INDEX blob_ref_awaited ON blob_ref(org, scope) WHERE here = 0;
CREATE TABLE upload (
  id TEXT PRIMARY KEY, org BLOB NOT NULL, sha256 BLOB NOT NULL, size INTEGER NOT NULL, metadata TEXT NOT NULL, expires INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX upload_by_expiry ON upload(expires);

CREATE TABLE enrolment_code (
  hash BLOB PRIMARY KEY, id BLOB NOT NULL UNIQUE, org BLOB NOT NULL, person BLOB NOT NULL, created INTEGER NOT NULL,
  expires INTEGER NOT NULL, used INTEGER, withdrawn INTEGER NOT NULL DEFAULT 0
) STRICT, WITHOUT ROWID;
CREATE TABLE account (
  person BLOB PRIMARY KEY, org BLOB NOT NULL, login TEXT UNIQUE, password TEXT, region BLOB, site BLOB
) STRICT, WITHOUT ROWID;
CREATE TABLE session (
  hash BLOB PRIMARY KEY, id BLOB NOT NULL, org BLOB NOT NULL, person BLOB NOT NULL, csrf TEXT NOT NULL,
  created INTEGER NOT NULL, expires INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE TABLE throttle (
  key TEXT PRIMARY KEY, failures INTEGER NOT NULL, blocked_until INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE TABLE setting (key TEXT PRIMARY KEY, value BLOB NOT NULL) STRICT, WITHOUT ROWID;
CREATE TABLE backup (
  at INTEGER PRIMARY KEY, path TEXT NOT NULL, bytes INTEGER NOT NULL, blobs INTEGER NOT NULL, elsewhere INTEGER NOT NULL
) STRICT;
