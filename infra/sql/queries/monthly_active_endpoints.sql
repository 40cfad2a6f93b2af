-- Monthly active endpoints.
-- Endpoints that sent an event, and their users, in the 30 days that end with a day (UTC); the
-- last 60 such days.
WITH active AS (
    SELECT DISTINCT
        application_id,
        endpoint_id,
        endpoint."user".userid AS user_id,
        CAST(event_time AS date) AS active_day
    FROM recent_events
    WHERE CAST(event_time AS date) BETWEEN current_date - INTERVAL '88' DAY AND current_date
)
SELECT
    application_id,
    CAST(date_add('day', later, active_day) AS date) AS last_day,
    count(DISTINCT endpoint_id) AS active_endpoints,
    count(DISTINCT user_id) AS active_users
FROM active
CROSS JOIN UNNEST(sequence(0, 29)) AS days (later)
WHERE date_add('day', later, active_day) BETWEEN current_date - INTERVAL '59' DAY AND current_date
GROUP BY 1, 2
ORDER BY 1, 2
