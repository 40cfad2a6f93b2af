-- Retention by week.
-- Of the endpoints created in a week (Monday to Sunday, UTC), those that sent an event so many weeks
-- later; the last 12 weeks. The current week is not over yet.
WITH endpoints AS (
    SELECT
        application_id,
        endpoint_id,
        CAST(date_trunc('week', min(coalesce(
            CAST(try(from_iso8601_timestamp(endpoint.creationdate)) AT TIME ZONE 'UTC' AS date),
            CAST(event_time AS date)
        ))) AS date) AS created_week,
        array_agg(DISTINCT CAST(date_trunc('week', event_time) AS date)) AS active_weeks
    FROM recent_events
    WHERE CAST(event_time AS date) <= current_date
    GROUP BY 1, 2
),
cohorts AS (
    SELECT
        application_id,
        created_week,
        active_weeks,
        count(*) OVER (PARTITION BY application_id, created_week) AS created_endpoints
    FROM endpoints
    WHERE created_week BETWEEN current_date - INTERVAL '84' DAY AND current_date
)
SELECT
    application_id,
    created_week,
    created_endpoints,
    date_diff('week', created_week, active_week) AS weeks_later,
    count(*) AS active_endpoints,
    round(100 * CAST(count(*) AS double) / created_endpoints, 1) AS percent
FROM cohorts
CROSS JOIN UNNEST(active_weeks) AS weeks (active_week)
WHERE active_week >= created_week
GROUP BY 1, 2, 3, 4
ORDER BY 1, 2, 4
