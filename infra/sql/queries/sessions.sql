-- Sessions and their length.
-- Sessions by the day (UTC) on which they began; the last 90 days. A session lasts until its
-- stop; without one, as long as the longest duration that a client reported; without that, until
-- its last event.
WITH sessions AS (
    SELECT
        application_id,
        endpoint_id,
        session.session_id AS session_id,
        date_add(
            'millisecond', min(session.start_timestamp), TIMESTAMP '1970-01-01 00:00:00.000'
        ) AS began,
        greatest(0, coalesce(
            max(session.stop_timestamp) - min(session.start_timestamp),
            max(session.duration),
            max(event_timestamp) - min(session.start_timestamp)
        )) AS milliseconds
    FROM recent_events
    WHERE session.session_id <> ''
    GROUP BY 1, 2, 3
)
SELECT
    application_id,
    CAST(began AS date) AS began_day,
    count(*) AS sessions,
    count(DISTINCT endpoint_id) AS endpoints,
    round(avg(CAST(milliseconds AS double)) / 1000, 1) AS average_seconds,
    round(CAST(approx_percentile(milliseconds, 0.5) AS double) / 1000, 1) AS median_seconds
FROM sessions
WHERE CAST(began AS date) BETWEEN current_date - INTERVAL '89' DAY AND current_date
GROUP BY 1, 2
ORDER BY 1, 2
