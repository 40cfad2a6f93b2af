-- Events by type.
-- Events of each type, and the endpoints that sent them; the last 30 days of the events (UTC).
SELECT
    application_id,
    event_type,
    count(*) AS events,
    count(DISTINCT endpoint_id) AS endpoints,
    round(CAST(count(*) AS double) / count(DISTINCT endpoint_id), 1) AS events_per_endpoint
FROM recent_events
WHERE CAST(event_time AS date) BETWEEN current_date - INTERVAL '29' DAY AND current_date
GROUP BY 1, 2
ORDER BY 1, 3 DESC, 2
