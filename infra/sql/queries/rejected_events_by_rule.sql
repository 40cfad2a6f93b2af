-- Rejected events by rule.
-- Events and endpoints that broke a rule, with an example of the answer, which names the
-- offending key; the last 30 days of arrival (UTC).
SELECT
    application_id,
    rule,
    count(*) AS rejected,
    count(DISTINCT endpoint_id) AS endpoints,
    max(day) AS last_day,
    min(message) AS example
FROM rejected_events
WHERE day >= date_format(current_date - INTERVAL '29' DAY, '%Y-%m-%d')
GROUP BY 1, 2
ORDER BY 1, 3 DESC, 2
