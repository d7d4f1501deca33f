-- Streams that this database has authored. `base` turns a seq into the local number n = base + seq.
CREATE TABLE stream (
    no INTEGER PRIMARY KEY,
    stream BLOB NOT NULL UNIQUE CHECK (length(stream) = 16),
    genesis BLOB NOT NULL CHECK (length(genesis) = 32),
    base INTEGER NOT NULL,
    acked_seq INTEGER NOT NULL DEFAULT 0,
    acked_ms INTEGER NOT NULL DEFAULT 0,
    ack_epoch INTEGER NOT NULL DEFAULT 0,
    durable_seq INTEGER NOT NULL DEFAULT 0
) STRICT;

-- Own events, exactly as signed. n is dense: the order of writing.
CREATE TABLE event (
    n INTEGER PRIMARY KEY,
    root BLOB NOT NULL CHECK (length(root) = 16),
    header BLOB NOT NULL,
    body BLOB NOT NULL
) STRICT;
CREATE INDEX event_root ON event (root);

-- Own seals. Everything up to the newest one can be sent.
CREATE TABLE seal (
    to_n INTEGER PRIMARY KEY,
    from_n INTEGER NOT NULL,
    bytes INTEGER NOT NULL,
    raw BLOB NOT NULL
) STRICT;

-- Heads of the own stream per scope as of the newest seal; later ones follow from the events after it.
CREATE TABLE scope_head (
    scope BLOB PRIMARY KEY,
    sseq INTEGER NOT NULL,
    eid BLOB NOT NULL
) STRICT, WITHOUT ROWID;

-- Events of others: a run of one stream in one aggregate, compressed as a whole, bytes exactly as signed.
CREATE TABLE foreign_run (
    n INTEGER PRIMARY KEY,
    root BLOB NOT NULL CHECK (length(root) = 16),
    events BLOB NOT NULL
) STRICT;
CREATE INDEX foreign_run_root ON foreign_run (root);

-- Newest event of each foreign stream in each scope: proves that nothing was left out (I-30).
CREATE TABLE foreign_head (
    stream BLOB NOT NULL,
    scope BLOB NOT NULL,
    sseq INTEGER NOT NULL,
    eid BLOB NOT NULL,
    PRIMARY KEY (stream, scope)
) STRICT, WITHOUT ROWID;

-- Seals of others, as they came.
CREATE TABLE foreign_seal (
    hash BLOB PRIMARY KEY,
    stream BLOB NOT NULL,
    raw BLOB NOT NULL
) STRICT, WITHOUT ROWID;

-- Acceptance records as the feed gave them, one row a page and stream.
CREATE TABLE acceptance (
    n INTEGER PRIMARY KEY,
    scope BLOB NOT NULL,
    epoch INTEGER NOT NULL,
    pos INTEGER NOT NULL,
    records BLOB NOT NULL
) STRICT;

-- Where we stand in each scope's feed. Changes only together with what it vouches for.
CREATE TABLE feed (
    scope BLOB PRIMARY KEY,
    epoch INTEGER NOT NULL,
    pos INTEGER NOT NULL,
    acc BLOB NOT NULL
) STRICT, WITHOUT ROWID;

-- Other streams: whose they are and which key seals them.
CREATE TABLE stream_info (
    stream BLOB PRIMARY KEY,
    device_name TEXT NOT NULL,
    person BLOB NOT NULL,
    info BLOB NOT NULL
) STRICT, WITHOUT ROWID;

-- Verified receipts, as they came.
CREATE TABLE receipt (
    n INTEGER PRIMARY KEY,
    epoch INTEGER NOT NULL,
    head_seq INTEGER NOT NULL,
    recv_ms INTEGER NOT NULL,
    raw BLOB NOT NULL
) STRICT;

-- Own events that the server classed otherwise than `ok`.
CREATE TABLE own_class (
    n INTEGER PRIMARY KEY,
    class INTEGER NOT NULL
) STRICT;

-- Verified server time anchors.
CREATE TABLE anchor (
    n INTEGER PRIMARY KEY,
    id BLOB NOT NULL UNIQUE,
    server_ms INTEGER NOT NULL,
    mono_send INTEGER NOT NULL,
    mono_recv INTEGER NOT NULL,
    boot BLOB NOT NULL,
    raw BLOB NOT NULL
) STRICT;

-- Blobs that own events name. A row exists only when the file does (I-05).
CREATE TABLE blob (
    sha256 BLOB PRIMARY KEY CHECK (length(sha256) = 32),
    n INTEGER NOT NULL,
    size INTEGER NOT NULL,
    role INTEGER NOT NULL,
    media_type TEXT NOT NULL,
    scope BLOB NOT NULL,
    urgency INTEGER NOT NULL,
    done INTEGER NOT NULL DEFAULT 0,
    upload_url TEXT,
    offset INTEGER NOT NULL DEFAULT 0,
    tries INTEGER NOT NULL DEFAULT 0,
    next_at INTEGER NOT NULL DEFAULT 0,
    reason TEXT,
    receipt BLOB
) STRICT, WITHOUT ROWID;
CREATE INDEX blob_waiting ON blob (urgency, n) WHERE done = 0;

-- Which records a blob belongs to.
CREATE TABLE blob_root (
    root BLOB NOT NULL,
    sha256 BLOB NOT NULL,
    PRIMARY KEY (root, sha256)
) STRICT, WITHOUT ROWID;

-- Photographs that no event names and that the person does not want to see again; the files stay.
CREATE TABLE hidden_orphan (
    sha256 BLOB PRIMARY KEY
) STRICT, WITHOUT ROWID;

-- What stands in the way, by key.
CREATE TABLE issue (
    key TEXT PRIMARY KEY,
    reason TEXT NOT NULL,
    detail TEXT NOT NULL,
    since INTEGER NOT NULL,
    next_at INTEGER
) STRICT, WITHOUT ROWID;

-- One worker at a time.
CREATE TABLE lease (
    name TEXT PRIMARY KEY,
    owner BLOB NOT NULL,
    boot BLOB NOT NULL,
    expires_ns INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

-- Small values by key.
CREATE TABLE setting (
    key TEXT PRIMARY KEY,
    value BLOB NOT NULL
) STRICT, WITHOUT ROWID;
