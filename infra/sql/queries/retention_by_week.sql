-- Retention by week.
-- Endpoints created in a week (Monday to Sunday, UTC), and those of them whose events arrived so
-- many weeks later, both by the gateway's clock; the last 12 weeks. The current week is not over
-- yet. Endpoints of one user count as one, created with the first: a new build of an app brings
-- a new endpoint for the same person.
WITH arrivals AS (
    SELECT
        application_id,
        coalesce(
            concat('user ', max(nullif(endpoint."user".userid, '')) OVER (
                PARTITION BY application_id, endpoint_id
            )),
            concat('endpoint ', endpoint_id)
        ) AS person,
        CAST(
            try(from_iso8601_timestamp(endpoint.creationdate)) AT TIME ZONE 'UTC' AS date
        ) AS created_day,
        CAST(date_add(
            'millisecond', arrival_timestamp, TIMESTAMP '1970-01-01 00:00:00.000'
        ) AS date) AS arrival_day
    FROM recent_events
),
endpoints AS (
    SELECT
        application_id,
        person,
        date_trunc(
            'week', min(least(coalesce(created_day, arrival_day), arrival_day))
        ) AS created_week,
        array_agg(DISTINCT date_trunc('week', arrival_day)) AS active_weeks
    FROM arrivals
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
