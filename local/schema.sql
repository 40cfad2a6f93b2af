-- The laptop's one SQLite file: what was sent, what is known of endpoints, and the two queues.

CREATE TABLE IF NOT EXISTS events (
    application_id TEXT NOT NULL,
    endpoint_id TEXT NOT NULL,
    event_id TEXT NOT NULL,
    event_type TEXT NOT NULL,
    event_timestamp INTEGER NOT NULL,    -- Unix time in ms, as in Pinpoint's event stream
    arrival_timestamp INTEGER NOT NULL,
    app_package_name TEXT,
    app_title TEXT,
    app_version_code TEXT,
    client_sdk_version TEXT,
    sdk_name TEXT,
    attributes TEXT NOT NULL,            -- JSON, like the three below
    metrics TEXT NOT NULL,
    session TEXT NOT NULL,
    event TEXT NOT NULL,                 -- the whole event in its wire form
    request_id TEXT,                     -- the request or message that brought it first
    record TEXT,                         -- JSON of putevents.wire.event_record: a row of raw_events
    PRIMARY KEY (application_id, endpoint_id, event_id, event_timestamp, event_type)
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
