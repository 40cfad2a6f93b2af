-- Drift.
-- Changes in the events that your apps send, by the day of arrival (UTC), for the last 7 days.
-- New: an event type, attribute key or rejection that the 28 days before did not have. Gone: a key
-- that is missing from a type that still arrives. Changed: a type whose daily count differs by
-- 80 % or more from its average of the 7 days before, or a rejection that rose as much; days on
-- which the application sent nothing are left out of the average. Silent: the first day on which
-- an application sent nothing at all. Today is not over, so it shows only new things. Fewer than
-- 10 events never count as a fall, a rise or a key that is gone; something new counts from the
-- first event on, except on an application's own first day.
WITH arrivals AS (
    SELECT
        application_id,
        CAST(date_add(
            'millisecond', arrival_timestamp, TIMESTAMP '1970-01-01 00:00:00.000'
        ) AS date) AS day,
        event_type,
        attributes
    FROM recent_events
    WHERE day >= date_format(current_date - INTERVAL '34' DAY, '%Y-%m-%d')
),
recent AS (
    SELECT *
    FROM arrivals
    WHERE day BETWEEN current_date - INTERVAL '34' DAY AND current_date
),
counts AS (
    SELECT
        application_id,
        day,
        event_type,
        CAST(NULL AS varchar) AS attribute,
        count(*) AS events
    FROM recent
    GROUP BY 1, 2, 3
    UNION ALL
    SELECT
        application_id,
        day,
        event_type,
        attribute,
        count(*) AS events
    FROM recent
    CROSS JOIN UNNEST(map_keys(attributes)) AS keys (attribute)
    GROUP BY 1, 2, 3, 4
),
rejections AS (
    SELECT
        application_id,
        CAST(day AS date) AS day,
        rule,
        count(*) AS events
    FROM rejected_events
    WHERE day >= date_format(current_date - INTERVAL '34' DAY, '%Y-%m-%d')
    GROUP BY 1, 2, 3
),
totals AS (
    SELECT
        application_id,
        day,
        sum(events) AS events
    FROM (
        SELECT
            application_id,
            day,
            events
        FROM counts
        WHERE attribute IS NULL
        UNION ALL
        SELECT
            application_id,
            day,
            0 AS events
        FROM rejections
    ) AS arrived
    GROUP BY 1, 2
),
known AS (
    SELECT
        application_id,
        min(day) AS first_day
    FROM totals
    GROUP BY 1
),
spans AS (
    SELECT
        application_id,
        event_type,
        attribute,
        min(day) AS first_day,
        max(day) AS last_day,
        sum(events) AS events
    FROM counts
    GROUP BY 1, 2, 3
),
new_types AS (
    SELECT
        spans.application_id,
        spans.first_day AS day,
        'new event type' AS change,
        spans.event_type AS name,
        CAST(NULL AS double) AS before,
        CAST(spans.events AS double) AS now
    FROM spans
    INNER JOIN known ON known.application_id = spans.application_id
    WHERE spans.attribute IS NULL AND spans.first_day > known.first_day
),
new_keys AS (
    SELECT
        keys.application_id,
        keys.first_day AS day,
        'new attribute' AS change,
        concat(keys.event_type, '.', keys.attribute) AS name,
        CAST(NULL AS double) AS before,
        CAST(keys.events AS double) AS now
    FROM spans AS keys
    INNER JOIN spans AS types
        ON types.application_id = keys.application_id AND types.event_type = keys.event_type
    WHERE
        keys.attribute IS NOT NULL
        AND types.attribute IS NULL
        AND keys.first_day > types.first_day
),
gone_keys AS (
    SELECT
        keys.application_id,
        min(counts.day) AS day,
        'attribute gone' AS change,
        concat(keys.event_type, '.', keys.attribute) AS name,
        CAST(keys.events AS double) AS before,
        CAST(0 AS double) AS now
    FROM spans AS keys
    INNER JOIN counts
        ON counts.application_id = keys.application_id AND counts.event_type = keys.event_type
    WHERE
        keys.attribute IS NOT NULL
        AND keys.events >= 10
        AND counts.attribute IS NULL
        AND counts.day > keys.last_day
        AND counts.day < current_date
    GROUP BY keys.application_id, keys.event_type, keys.attribute, keys.events
    HAVING sum(counts.events) >= 10
),
volumes AS (
    SELECT
        days.application_id,
        days.day,
        types.event_type,
        CAST(coalesce(counts.events, 0) AS double) AS now,
        avg(CAST(coalesce(counts.events, 0) AS double)) OVER (
            PARTITION BY days.application_id, types.event_type
            ORDER BY days.day
            ROWS BETWEEN 7 PRECEDING AND 1 PRECEDING
        ) AS before
    FROM (SELECT DISTINCT application_id, day FROM recent WHERE day < current_date) AS days
    INNER JOIN spans AS types
        ON types.application_id = days.application_id AND days.day >= types.first_day
    LEFT JOIN counts
        ON
            counts.application_id = days.application_id
            AND counts.day = days.day
            AND counts.event_type = types.event_type
            AND counts.attribute IS NULL
    WHERE types.attribute IS NULL
),
moved AS (
    SELECT
        application_id,
        day,
        CASE WHEN now < before THEN 'fewer events' ELSE 'more events' END AS change,
        event_type AS name,
        round(before, 1) AS before,
        now
    FROM volumes
    WHERE (now <= 0.2 * before OR now >= 1.8 * before) AND greatest(now, before) >= 10
),
silences AS (
    SELECT
        application_id,
        date_add('day', 1, day) AS day,
        'no events' AS change,
        'all types' AS name,
        round(before, 1) AS before,
        CAST(0 AS double) AS now
    FROM (
        SELECT
            application_id,
            day,
            avg(CAST(events AS double)) OVER (
                PARTITION BY application_id
                ORDER BY day
                ROWS BETWEEN 6 PRECEDING AND CURRENT ROW
            ) AS before,
            lead(day) OVER (PARTITION BY application_id ORDER BY day) AS next_day
        FROM totals
        WHERE day < current_date AND events > 0
    ) AS days
    WHERE coalesce(next_day, current_date) > date_add('day', 1, day) AND before >= 10
),
rules AS (
    SELECT
        application_id,
        rule,
        min(day) AS first_day,
        sum(events) AS events
    FROM rejections
    GROUP BY 1, 2
),
new_rules AS (
    SELECT
        rules.application_id,
        rules.first_day AS day,
        'new rejection' AS change,
        rules.rule AS name,
        CAST(NULL AS double) AS before,
        CAST(rules.events AS double) AS now
    FROM rules
    INNER JOIN known ON known.application_id = rules.application_id
    WHERE rules.first_day > known.first_day
),
rule_volumes AS (
    SELECT
        days.application_id,
        days.day,
        rules.rule,
        CAST(coalesce(rejections.events, 0) AS double) AS now,
        avg(CAST(coalesce(rejections.events, 0) AS double)) OVER (
            PARTITION BY days.application_id, rules.rule
            ORDER BY days.day
            ROWS BETWEEN 7 PRECEDING AND 1 PRECEDING
        ) AS before
    FROM totals AS days
    INNER JOIN rules
        ON rules.application_id = days.application_id AND days.day >= rules.first_day
    LEFT JOIN rejections
        ON
            rejections.application_id = days.application_id
            AND rejections.day = days.day
            AND rejections.rule = rules.rule
    WHERE days.day < current_date
),
more_rejections AS (
    SELECT
        application_id,
        day,
        'more rejections' AS change,
        rule AS name,
        round(before, 1) AS before,
        now
    FROM rule_volumes
    WHERE now >= 1.8 * before AND now >= 10
)
SELECT
    application_id,
    day,
    change,
    name,
    before,
    now
FROM (
    SELECT * FROM new_types
    UNION ALL
    SELECT * FROM new_keys
    UNION ALL
    SELECT * FROM gone_keys
    UNION ALL
    SELECT * FROM moved
    UNION ALL
    SELECT * FROM silences
    UNION ALL
    SELECT * FROM new_rules
    UNION ALL
    SELECT * FROM more_rejections
) AS changes
WHERE day > current_date - INTERVAL '7' DAY
ORDER BY 1, 2 DESC, 3, 4
