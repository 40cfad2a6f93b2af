-- Trino's functions of arrays and maps.

CREATE MACRO athena_cardinality(x) AS CAST(cardinality(x) AS bigint);
CREATE MACRO athena_contains(list, x) AS
    CASE WHEN list IS NULL OR x IS NULL THEN NULL WHEN list_contains(list, x) THEN true WHEN has_null(list) THEN NULL ELSE false END;
CREATE MACRO athena_array_position(list, x) AS
    CASE WHEN list IS NULL OR x IS NULL THEN NULL ELSE CAST(coalesce(list_position(list, x), 0) AS bigint) END;
CREATE MACRO athena_array_distinct(list) AS
    list_filter(list, lambda x, place: CASE WHEN x IS NULL THEN NOT has_null(list[:place - 1]) ELSE NOT list_contains(list[:place - 1], x) END);
CREATE MACRO athena_array_union(a, b) AS CASE WHEN a IS NOT NULL AND b IS NOT NULL THEN athena_array_distinct(a || b) END;
CREATE MACRO athena_array_except(a, b) AS CASE WHEN a IS NOT NULL AND b IS NOT NULL THEN
    list_filter(athena_array_distinct(a), lambda x: CASE WHEN x IS NULL THEN NOT has_null(b) ELSE NOT list_contains(b, x) END) END;
CREATE MACRO athena_array_remove(list, x) AS CASE WHEN x IS NOT NULL THEN list_filter(list, lambda one: one IS DISTINCT FROM x) END;
CREATE MACRO athena_array_sort(list) AS list_sort(list, 'ASC', 'NULLS LAST');
CREATE MACRO athena_array_max(list) AS CASE WHEN NOT has_null(list) THEN list_max(list) END;
CREATE MACRO athena_array_min(list) AS CASE WHEN NOT has_null(list) THEN list_min(list) END;
CREATE MACRO athena_arrays_overlap(a, b) AS
    CASE WHEN a IS NULL OR b IS NULL THEN NULL WHEN list_has_any(a, b) THEN true WHEN has_null(a) OR has_null(b) THEN NULL ELSE false END;
CREATE MACRO athena_array_join(list, delimiter) AS array_to_string(list_transform(list, lambda x: varchar_of(x)), delimiter),
    (list, delimiter, null_text) AS array_to_string(list_transform(list, lambda x: coalesce(varchar_of(x), null_text)), delimiter);
CREATE MACRO some_true(list) AS CASE WHEN list IS NULL THEN NULL WHEN list_contains(list, true) THEN true WHEN has_null(list) THEN NULL ELSE false END;
CREATE MACRO none_true(list) AS NOT some_true(list);
CREATE MACRO all_true(list) AS
    CASE WHEN list IS NULL THEN NULL WHEN list_contains(list, false) THEN false WHEN has_null(list) THEN NULL ELSE true END;
CREATE MACRO athena_flatten(list) AS flatten(list);
CREATE MACRO slice_from(list, start) AS CASE WHEN start > 0 THEN start ELSE len(list) + start + 1 END;
CREATE MACRO athena_slice(list, start, length) AS
    CASE WHEN must(start <> 0, 'slice: SQL array indices start at 1') AND must(length >= 0, 'slice: the length is negative')
        THEN CASE WHEN length = 0 OR slice_from(list, start) < 1 THEN list[1:0]
            ELSE list[slice_from(list, start):slice_from(list, start) + length - 1] END END;
CREATE MACRO athena_sequence(first, last) AS generate_series(first, last, CASE WHEN first <= last THEN 1 ELSE -1 END),
    (first, last, step) AS generate_series(first, last, step);
CREATE MACRO series_of(first, last, step) AS list_transform(generate_series(first, last, step), lambda x: cast_to_type(x, first));
CREATE MACRO list_item(list, place) AS
    CASE WHEN must(typeof(list) NOT LIKE 'MAP%', 'a map is asked with element_at(map, key)')
            AND must(place BETWEEN 1 AND cardinality(list), 'the array has no element ' || place || '; element_at gives null there') THEN list[place] END;
CREATE MACRO map_item(map, wanted) AS
    CASE WHEN must(map_contains(map, wanted), 'the map has no key ' || wanted || '; element_at gives null there') THEN map[wanted] END;
CREATE MACRO athena_element_at(x, place) AS
    CASE WHEN must(typeof(x) LIKE 'MAP%' OR CAST(place AS varchar) <> '0', 'element_at: SQL array indices start at 1') THEN x[place] END;
CREATE MACRO athena_map() AS map([], []), (keys, items) AS map(keys, items);
CREATE MACRO athena_map_keys(x) AS map_keys(x);
CREATE MACRO athena_map_values(x) AS map_values(x);
CREATE MACRO athena_map_concat(a, b) AS CASE WHEN a IS NOT NULL AND b IS NOT NULL THEN map_concat(a, b) END;
-- Of pairs with one key the first stays.
CREATE MACRO map_of_pairs(pairs) AS map_from_entries(list_filter(pairs, lambda pair, place:
    pair.key IS NOT NULL AND list_position(list_transform(pairs, lambda one: one.key), pair.key) = place));
CREATE MACRO unnested(list) AS
    CASE WHEN must(typeof(list) NOT LIKE 'STRUCT%', 'UNNEST of rows makes a column of each field in Athena: unnest the fields') THEN list END;
