-- Revenue.
-- Purchases that `_monetization.purchase` events report, by day (UTC), currency and product; the
-- last 90 days. A purchase without `_quantity` counts as one item; one without `_item_price` is
-- counted and worth 0.
SELECT
    application_id,
    CAST(event_time AS date) AS purchase_day,
    element_at(attributes, '_currency') AS currency,
    element_at(attributes, '_product_id') AS product_id,
    count(*) AS purchases,
    count(DISTINCT endpoint_id) AS buyers,
    sum(coalesce(element_at(metrics, '_quantity'), 1)) AS items,
    round(sum(
        coalesce(element_at(metrics, '_item_price'), 0)
        * coalesce(element_at(metrics, '_quantity'), 1)
    ), 2) AS revenue,
    count_if(element_at(metrics, '_item_price') IS NULL) AS without_price
FROM recent_events
WHERE event_type = '_monetization.purchase'
    AND CAST(event_time AS date) BETWEEN current_date - INTERVAL '89' DAY AND current_date
GROUP BY 1, 2, 3, 4
ORDER BY 1, 2, 3, 4
