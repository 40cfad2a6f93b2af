-- Every event once: of the copies that retries made, the one that came first.
SELECT
    event_type, event_timestamp, arrival_timestamp, event_version, event_id, request_id,
    application, client, device, session, attributes, metrics, endpoint, application_id, day,
    client.client_id AS endpoint_id,
    date_add('millisecond', event_timestamp, TIMESTAMP '1970-01-01 00:00:00.000') AS event_time
FROM (
    SELECT
        *,
        row_number() OVER (
            PARTITION BY application_id, client.client_id, event_id, event_timestamp, event_type
            ORDER BY arrival_timestamp, request_id
        ) AS copy_number
    FROM raw_events
)
WHERE copy_number = 1
