-- Versions and platforms.
-- Endpoints active in the last 30 days, by the platform, app version and SDK of their latest
-- event. Endpoints of one user on one platform count as one: a new build of an app brings a new
-- endpoint.
WITH arrivals AS (
    SELECT
        *,
        coalesce(
            concat('user ', max(nullif(endpoint."user".userid, '')) OVER (
                PARTITION BY application_id, endpoint_id
            )),
            concat('endpoint ', endpoint_id)
        ) AS person
    FROM recent_events
),
latest AS (
    SELECT
        application_id,
        device.platform.name AS platform,
        device.platform.version AS platform_version,
        application.version_name AS app_version,
        application.sdk.name AS sdk,
        row_number() OVER (
            PARTITION BY application_id, person, device.platform.name
            ORDER BY event_timestamp DESC, arrival_timestamp DESC, event_id
        ) AS place
    FROM arrivals
    WHERE CAST(event_time AS date) BETWEEN current_date - INTERVAL '29' DAY AND current_date
)
SELECT
    application_id,
    platform,
    platform_version,
    app_version,
    sdk,
    count(*) AS endpoints,
    round(
        100 * CAST(count(*) AS double) / sum(count(*)) OVER (PARTITION BY application_id), 1
    ) AS percent
FROM latest
WHERE place = 1
GROUP BY 1, 2, 3, 4, 5
ORDER BY 1, 6 DESC, 2, 3, 4, 5
