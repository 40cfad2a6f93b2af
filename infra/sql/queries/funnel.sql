-- Funnel between two event types.
-- Endpoints that sent the first event type, and those of them that sent the second within some
-- hours after it; the last 30 days. Edit the types and the hours in one line at the top.
-- Endpoints of one user count as one. A session without a start event counts as started: newer
-- builds of apps send none.
WITH steps (first_type, second_type, within_hours) AS (
    VALUES ('_session.start', '_monetization.purchase', 24)
),
arrivals AS (
    SELECT
        application_id,
        endpoint_id,
        event_type,
        event_timestamp,
        session.session_id AS session_id,
        session.start_timestamp AS start_timestamp,
        coalesce(
            concat('user ', max(nullif(endpoint."user".userid, '')) OVER (
                PARTITION BY application_id, endpoint_id
            )),
            concat('endpoint ', endpoint_id)
        ) AS person
    FROM recent_events
),
told AS (
    SELECT
        application_id,
        person,
        event_type,
        event_timestamp
    FROM arrivals
    UNION ALL
    SELECT
        application_id,
        person,
        concat('_session', '.start') AS event_type,
        min(start_timestamp) AS event_timestamp
    FROM arrivals
    WHERE session_id <> ''
    GROUP BY application_id, person, endpoint_id, session_id
    HAVING count_if(event_type = concat('_session', '.start')) = 0
),
reached AS (
    SELECT
        application_id,
        person,
        event_type,
        first_type,
        second_type,
        event_timestamp <= within_hours * BIGINT '3600000' + max(
            CASE WHEN event_type = first_type THEN event_timestamp END
        ) OVER (PARTITION BY application_id, person ORDER BY event_timestamp) AS in_time
    FROM told
    CROSS JOIN steps
    WHERE event_type IN (first_type, second_type)
        AND CAST(date_add(
            'millisecond', event_timestamp, TIMESTAMP '1970-01-01 00:00:00.000'
        ) AS date) BETWEEN current_date - INTERVAL '29' DAY AND current_date
),
endpoints AS (
    SELECT
        application_id,
        person,
        first_type,
        second_type,
        max(CASE WHEN event_type = second_type AND in_time THEN 1 ELSE 0 END) AS converted
    FROM reached
    GROUP BY 1, 2, 3, 4
    HAVING count_if(event_type = first_type) > 0
)
SELECT
    application_id,
    first_type,
    second_type,
    count(*) AS first_endpoints,
    sum(converted) AS second_endpoints,
    round(100 * avg(CAST(converted AS double)), 1) AS percent
FROM endpoints
GROUP BY 1, 2, 3
ORDER BY 1
