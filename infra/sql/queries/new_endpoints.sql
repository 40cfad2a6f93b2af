-- New endpoints.
-- Endpoints by the day (UTC) of their creation, by the gateway's clock; the last 90 days. Each
-- event has its endpoint's creation date; an endpoint that was never stored counts by its first
-- event to arrive. Of a user's endpoints only the first is new: a new build of an app brings a
-- new endpoint for the same person.
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
        min(least(coalesce(created_day, arrival_day), arrival_day)) AS created_day
    FROM arrivals
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
