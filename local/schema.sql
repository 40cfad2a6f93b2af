-- The laptop's one SQLite file: what was sent, what is known of endpoints, and the two queues.

-- Each event once. What events share stands in the two tables below; the view `events` (views.sql)
-- shows all of it in one row. AUTOINCREMENT: an id is never given twice, so that `make sql` knows
-- what is new.
CREATE TABLE IF NOT EXISTS batch_events (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    batch INTEGER NOT NULL,
    event_id TEXT NOT NULL,
    event_timestamp INTEGER NOT NULL,    -- Unix time in ms, as in Pinpoint's event stream
    session_start INTEGER,
    session_stop INTEGER,
    event TEXT NOT NULL,                 -- the whole event in its wire form
    identity BLOB NOT NULL UNIQUE        -- local.event_store says of what
);
CREATE INDEX IF NOT EXISTS events_by_batch ON batch_events (batch);

-- What one endpoint sent in one request or message.
CREATE TABLE IF NOT EXISTS batches (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    application_id TEXT NOT NULL,
    endpoint_id TEXT NOT NULL,
    arrival_timestamp INTEGER NOT NULL,
    request_id TEXT,
    snapshot INTEGER,                    -- null in what the first version stored
    effective_date TEXT,                 -- of the snapshot, as it was then, like the next
    updated_by TEXT                      -- its RequestId; empty if this request's, null if none
);
CREATE INDEX IF NOT EXISTS batches_by_snapshot ON batches (snapshot);

-- The endpoint as it was stored when its events came, once for as long as it stays the same but
-- for what every update changes.
CREATE TABLE IF NOT EXISTS endpoint_snapshots (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    members TEXT NOT NULL,               -- JSON of putevents.wire.event_record.endpoint_part
    digest BLOB NOT NULL UNIQUE
);

-- An item for each endpoint, and one for each user with what all endpoints of the user share.
CREATE TABLE IF NOT EXISTS endpoint_items (
    application_id TEXT NOT NULL,
    endpoint_id TEXT NOT NULL,           -- in lower case; of a user: $user/ and the user's id
    user_id TEXT,                        -- as in members, null if empty
    address TEXT,                        -- as in members; null if empty or another endpoint's now
    members TEXT NOT NULL,               -- JSON: a value and its stamp by name, as Demographic.Make
    created INTEGER NOT NULL,            -- Unix time in ms
    latest TEXT NOT NULL,                -- the newest stamp
    revision INTEGER NOT NULL,
    spelled TEXT NOT NULL DEFAULT '',    -- the endpoint's id as it came first
    owner TEXT NOT NULL DEFAULT '',      -- whom it is tied to, empty if to nobody
    deleted TEXT NOT NULL DEFAULT '',    -- the stamp of the last deletion
    forgotten TEXT NOT NULL DEFAULT '',  -- the stamp of the last time that a person was forgotten
    spares TEXT NOT NULL DEFAULT '',     -- what came after this stamp and names another user stays
    expires INTEGER,                     -- of a tombstone, Unix time in seconds
    PRIMARY KEY (application_id, endpoint_id)
);
CREATE INDEX IF NOT EXISTS items_by_address ON endpoint_items (application_id, address);
CREATE INDEX IF NOT EXISTS items_by_user ON endpoint_items (application_id, user_id);

-- What broke a rule, with the columns of the lake's table.
CREATE TABLE IF NOT EXISTS rejected_events (
    application_id TEXT NOT NULL,
    endpoint_id TEXT NOT NULL,
    event_id TEXT,                       -- null if the endpoint was rejected
    arrival_timestamp INTEGER NOT NULL,
    request_id TEXT NOT NULL,
    rule TEXT NOT NULL,
    message TEXT NOT NULL,
    event TEXT NOT NULL                  -- JSON, as it came
);

-- A message is due when `visible_at` has come: that one moment is its delay, its visibility timeout
-- and its backoff. It and `hidden_at` are by local.steady_clock, the other times by the time of day.
CREATE TABLE IF NOT EXISTS messages (
    sequence INTEGER PRIMARY KEY,
    queue TEXT NOT NULL,
    message_id TEXT NOT NULL,
    body TEXT NOT NULL,
    attributes TEXT NOT NULL,            -- JSON as in SendMessage's MessageAttributes
    sent_at INTEGER NOT NULL,            -- Unix time in ms, like the two below
    visible_at INTEGER NOT NULL,
    first_received_at INTEGER,
    receive_count INTEGER NOT NULL DEFAULT 0,
    receipt_handle TEXT,
    hidden_at INTEGER                    -- when visible_at was set
);
CREATE INDEX IF NOT EXISTS messages_by_due_time ON messages (queue, visible_at);
CREATE INDEX IF NOT EXISTS messages_by_receipt ON messages (receipt_handle);

-- What was changed or deleted of the events: `make sql` has a copy of them. An event of null stands
-- for all of rejected_events.
CREATE TABLE IF NOT EXISTS changes (
    sequence INTEGER PRIMARY KEY AUTOINCREMENT,
    event INTEGER
);

-- Which store this is, so that a copy is not taken for another's.
CREATE TABLE IF NOT EXISTS store (id TEXT NOT NULL);
INSERT INTO store SELECT lower(hex(randomblob(16))) WHERE NOT EXISTS (SELECT 1 FROM store);
