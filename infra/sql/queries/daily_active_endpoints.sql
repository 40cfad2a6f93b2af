-- Daily active endpoints.
-- Endpoints that sent an event, and their users, by the day (UTC) of the event; the last 90
-- days.
SELECT
    application_id,
    CAST(event_time AS date) AS active_day,
    count(DISTINCT endpoint_id) AS active_endpoints,
    count(DISTINCT endpoint."user".userid) AS active_users
FROM recent_events
WHERE CAST(event_time AS date) BETWEEN current_date - INTERVAL '89' DAY AND current_date
GROUP BY 1, 2
ORDER BY 1, 2
