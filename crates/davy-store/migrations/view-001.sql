-- Everything here can be rebuilt from evidence.db. `meta` says up to which event it reflects it.
CREATE TABLE meta (
    key TEXT PRIMARY KEY,
    value INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE inspection (
    id BLOB PRIMARY KEY,
    site BLOB NOT NULL,
    assignment BLOB,
    checklist BLOB NOT NULL,
    stage INTEGER NOT NULL,
    contested INTEGER NOT NULL,
    started_ms INTEGER NOT NULL,
    changed_ms INTEGER NOT NULL,
    row TEXT NOT NULL,
    summary TEXT
) STRICT;
CREATE INDEX inspection_stage ON inspection (stage, changed_ms);
CREATE INDEX inspection_site ON inspection (site, started_ms);
CREATE INDEX inspection_checklist ON inspection (checklist);
CREATE INDEX inspection_assignment ON inspection (assignment) WHERE assignment IS NOT NULL;

CREATE TABLE finding (
    id BLOB PRIMARY KEY,
    site BLOB NOT NULL,
    inspection BLOB,
    stage INTEGER NOT NULL,
    grade INTEGER NOT NULL,
    raised_ms INTEGER NOT NULL,
    row TEXT NOT NULL
) STRICT;
CREATE INDEX finding_inspection ON finding (inspection, raised_ms) WHERE inspection IS NOT NULL;
CREATE INDEX finding_site ON finding (site, stage, grade, raised_ms);

-- Every blob that evidence and signatures name, own and others'. `rank` 0 and 1 are fetched by themselves, 9 only on wish.
CREATE TABLE picture (
    sha256 BLOB PRIMARY KEY,
    size INTEGER NOT NULL,
    role INTEGER NOT NULL,
    rank INTEGER NOT NULL,
    made_ms INTEGER NOT NULL,
    here INTEGER NOT NULL DEFAULT 0
) STRICT, WITHOUT ROWID;
CREATE INDEX picture_missing ON picture (rank, made_ms DESC) WHERE here = 0;

-- Regions, people, sites, assignments and checklist versions: small, read whole.
CREATE TABLE directory (
    id BLOB PRIMARY KEY,
    kind INTEGER NOT NULL,
    row TEXT NOT NULL
) STRICT;
CREATE INDEX directory_kind ON directory (kind);

-- Words to search. `text` is lower case; the trigram index is filled when somebody searches.
CREATE TABLE words (
    n INTEGER PRIMARY KEY,
    id BLOB NOT NULL UNIQUE,
    kind INTEGER NOT NULL,
    text TEXT NOT NULL,
    indexed INTEGER NOT NULL DEFAULT 0
) STRICT;
CREATE INDEX words_pending ON words (n) WHERE indexed = 0;
CREATE VIRTUAL TABLE words_index USING fts5 (text, content='words', content_rowid='n', tokenize='trigram');
