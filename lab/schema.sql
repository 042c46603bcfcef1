CREATE TABLE IF NOT EXISTS switches (
    kind TEXT NOT NULL,
    name TEXT NOT NULL,
    behaviour TEXT NOT NULL,
    seconds REAL NOT NULL,
    secret TEXT,
    PRIMARY KEY (kind, name)
) WITHOUT ROWID;

CREATE TABLE IF NOT EXISTS errands (
    id INTEGER PRIMARY KEY,
    kind TEXT NOT NULL,
    subject TEXT NOT NULL,
    label TEXT NOT NULL,
    target TEXT NOT NULL,
    body BLOB NOT NULL,
    created_at TEXT NOT NULL,
    due REAL NOT NULL,
    attempts INTEGER NOT NULL DEFAULT 0,
    error TEXT,
    done_at TEXT
);
CREATE INDEX IF NOT EXISTS errands_pending ON errands (kind, id) WHERE done_at IS NULL;
CREATE INDEX IF NOT EXISTS errands_subject ON errands (subject);

CREATE TABLE IF NOT EXISTS messages (
    id INTEGER PRIMARY KEY,
    at TEXT NOT NULL,
    mail_from TEXT NOT NULL,
    envid TEXT,
    message_id TEXT,
    subject TEXT NOT NULL,
    sender TEXT NOT NULL,
    headers TEXT NOT NULL,
    size INTEGER NOT NULL,
    content BLOB NOT NULL
);
CREATE INDEX IF NOT EXISTS messages_message_id ON messages (message_id);

CREATE TABLE IF NOT EXISTS arrivals (
    id INTEGER PRIMARY KEY,
    at TEXT NOT NULL,
    address TEXT NOT NULL,
    message INTEGER REFERENCES messages (id),
    message_id TEXT,
    fate TEXT NOT NULL,
    answer TEXT NOT NULL,
    repeated INTEGER NOT NULL DEFAULT 0
);
CREATE INDEX IF NOT EXISTS arrivals_address ON arrivals (address, id);
CREATE INDEX IF NOT EXISTS arrivals_message ON arrivals (message);
CREATE INDEX IF NOT EXISTS arrivals_copies ON arrivals (address, message_id)
    WHERE message_id IS NOT NULL;

CREATE TABLE IF NOT EXISTS mailboxes (
    address TEXT PRIMARY KEY,
    delivered INTEGER NOT NULL DEFAULT 0,
    bounced INTEGER NOT NULL DEFAULT 0,
    refused INTEGER NOT NULL DEFAULT 0,
    repeated INTEGER NOT NULL DEFAULT 0,
    last_at TEXT NOT NULL
) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS mailboxes_last ON mailboxes (last_at);

CREATE TABLE IF NOT EXISTS unsubscriptions (
    id INTEGER PRIMARY KEY,
    message INTEGER NOT NULL,
    at TEXT NOT NULL,
    url TEXT NOT NULL,
    status INTEGER,
    answer TEXT NOT NULL
);
CREATE INDEX IF NOT EXISTS unsubscriptions_message ON unsubscriptions (message);

CREATE TABLE IF NOT EXISTS deliveries (
    id INTEGER PRIMARY KEY,
    at TEXT NOT NULL,
    hook TEXT NOT NULL,
    webhook_id TEXT,
    communication TEXT,
    lane TEXT,
    definition TEXT,
    type TEXT,
    state TEXT,
    position TEXT,
    signature TEXT NOT NULL,
    status INTEGER NOT NULL,
    repeated INTEGER NOT NULL,
    late INTEGER NOT NULL,
    headers TEXT NOT NULL,
    body BLOB NOT NULL
);
CREATE INDEX IF NOT EXISTS deliveries_hook ON deliveries (hook, id);
CREATE INDEX IF NOT EXISTS deliveries_webhook_id ON deliveries (hook, webhook_id);
CREATE INDEX IF NOT EXISTS deliveries_lane ON deliveries (hook, lane);

CREATE TABLE IF NOT EXISTS letters (
    id TEXT PRIMARY KEY,
    at TEXT NOT NULL,
    name TEXT NOT NULL,
    communication TEXT,
    size INTEGER NOT NULL,
    digest TEXT NOT NULL,
    sidecar TEXT NOT NULL,
    repeated INTEGER NOT NULL
) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS letters_at ON letters (at);
CREATE INDEX IF NOT EXISTS letters_communication ON letters (communication, digest);

CREATE TABLE IF NOT EXISTS bills (
    number TEXT PRIMARY KEY,
    complete INTEGER NOT NULL
) WITHOUT ROWID;

CREATE TABLE IF NOT EXISTS notifications (
    id INTEGER PRIMARY KEY,
    at TEXT NOT NULL,
    token TEXT NOT NULL,
    title TEXT NOT NULL,
    text TEXT NOT NULL,
    communication TEXT,
    collapse_key TEXT,
    ttl TEXT,
    status INTEGER NOT NULL,
    answer TEXT NOT NULL,
    replaced INTEGER NOT NULL,
    body TEXT NOT NULL
);
CREATE INDEX IF NOT EXISTS notifications_token ON notifications (token, id);

CREATE TABLE IF NOT EXISTS calls (
    id INTEGER PRIMARY KEY,
    at TEXT NOT NULL,
    bill TEXT,
    person TEXT,
    fields TEXT NOT NULL,
    signature TEXT NOT NULL,
    status INTEGER NOT NULL,
    answer TEXT NOT NULL
);
