-- New endpoints.
-- Endpoints by the day (UTC) on which they were created, which every event of theirs tells
-- (an endpoint that was never stored counts by its first event); the last 90 days.
WITH endpoints AS (
    SELECT
        application_id,
        endpoint_id,
        min(coalesce(
            CAST(try(from_iso8601_timestamp(endpoint.creationdate)) AT TIME ZONE 'UTC' AS date),
            CAST(event_time AS date)
        )) AS created_day
    FROM recent_events
    GROUP BY 1, 2
)
SELECT
    application_id,
    created_day,
    count(*) AS new_endpoints
FROM endpoints
WHERE created_day BETWEEN current_date - INTERVAL '89' DAY AND current_date
GROUP BY 1, 2
ORDER BY 1, 2
