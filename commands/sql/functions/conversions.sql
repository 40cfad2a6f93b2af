-- CAST: `athena_to_date` is CAST(x AS date); what becomes a whole number goes through `whole`.

CREATE MACRO double_text(x) AS
    CASE WHEN isnan(x) THEN 'NaN' WHEN x = 'inf' THEN 'Infinity' WHEN x = '-inf' THEN '-Infinity'
        WHEN x = 0 OR abs(x) >= 1e-3 AND abs(x) < 1e7 THEN CAST(x AS varchar)
        ELSE CASE WHEN x < 0 THEN '-' ELSE '' END || exponent_text(CAST(abs(x) AS varchar)) END;
CREATE MACRO exponent_text(x) AS
    CASE WHEN contains(x, 'e') THEN mantissa(replace(split_part(x, 'e', 1), '.', '')) || 'E' || CAST(split_part(x, 'e', 2) AS integer)
        WHEN starts_with(x, '0.') THEN mantissa(ltrim(substr(x, 3), '0')) || 'E-' || (length(x) - 1 - length(ltrim(substr(x, 3), '0')))
        ELSE mantissa(replace(x, '.', '')) || 'E' || (strpos(x, '.') - 2) END;
CREATE MACRO mantissa(digits) AS substr(digits, 1, 1) || '.' || coalesce(nullif(rtrim(substr(digits, 2), '0'), ''), '0');
CREATE MACRO moment_of(x) AS TRY_CAST(CAST(x AS varchar) AS timestamptz) AT TIME ZONE 'UTC';
CREATE MACRO varchar_of(x) AS
    CASE WHEN typeof(x) = 'DOUBLE' THEN double_text(TRY_CAST(CAST(x AS varchar) AS double))
        WHEN typeof(x) LIKE 'TIMESTAMP%' THEN strftime(moment_of(x), '%Y-%m-%d %H:%M:%S.%g') || CASE typeof(x) WHEN 'TIMESTAMP' THEN '' ELSE ' UTC' END
        WHEN must(is_number(x) OR typeof(x) IN ('VARCHAR', 'BOOLEAN', 'DATE'), 'a ' || typeof(x) || ' is no varchar') THEN CAST(x AS varchar) END;
CREATE MACRO short_varchar_of(x, size) AS
    CASE WHEN must(typeof(x) = 'VARCHAR' OR length(varchar_of(x)) <= size, 'the text of the value is longer than varchar(' || size || ')')
        THEN left(varchar_of(x), size) END;

-- Of a text, whether it is one that Trino takes; what begins with try_ is null where it is not.
CREATE MACRO fits(x, pattern) AS typeof(x) <> 'VARCHAR' OR regexp_full_match(trim(CAST(x AS varchar)), pattern);
CREATE MACRO must_fit(x, pattern, wanted) AS must(fits(x, pattern), '''' || CAST(x AS varchar) || ''' is no ' || wanted);
CREATE MACRO must_be(ok, x, wanted) AS must(ok OR typeof(x) IN ('VARCHAR', '"NULL"'), 'a ' || typeof(x) || ' is no ' || wanted);
CREATE MACRO is_plain(x) AS is_number(x) OR typeof(x) = 'BOOLEAN';

CREATE MACRO whole_pattern() AS '[+-]?\d+';
CREATE MACRO whole_value(x) AS
    CASE WHEN typeof(x) = 'DOUBLE' THEN CAST(round(TRY_CAST(CAST(x AS varchar) AS double)) AS hugeint)
        WHEN must_be(is_plain(x), x, 'number') THEN CAST(x AS hugeint) END;
CREATE MACRO whole(x) AS CASE WHEN must_fit(x, whole_pattern(), 'whole number') THEN whole_value(x) END;
CREATE MACRO try_whole(x) AS CASE WHEN fits(x, whole_pattern()) THEN whole_value(x) END;

CREATE MACRO number_pattern() AS '[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?|[+-]?Infinity|NaN';
CREATE MACRO convertible(x) AS CASE WHEN must_be(is_plain(x), x, 'number') AND must_fit(x, number_pattern(), 'number') THEN x END;
CREATE MACRO try_convertible(x) AS CASE WHEN must_be(is_plain(x), x, 'number') AND fits(x, number_pattern()) THEN x END;

CREATE MACRO boolean_pattern() AS '(?i)t|true|1|f|false|0';
CREATE MACRO boolean_of(x) AS CASE WHEN must_be(is_plain(x), x, 'boolean') AND must_fit(x, boolean_pattern(), 'boolean') THEN CAST(x AS boolean) END;
CREATE MACRO try_boolean_of(x) AS CASE WHEN must_be(is_plain(x), x, 'boolean') AND fits(x, boolean_pattern()) THEN TRY_CAST(x AS boolean) END;

CREATE MACRO date_pattern() AS '\d{4}-\d{1,2}-\d{1,2}';
CREATE MACRO athena_date(x) AS CASE WHEN must_be(is_moment(x), x, 'date') AND must_fit(x, date_pattern(), 'date') THEN CAST(x AS date) END;
CREATE MACRO try_date(x) AS CASE WHEN must_be(is_moment(x), x, 'date') AND fits(x, date_pattern()) THEN TRY_CAST(x AS date) END;

CREATE MACRO moment_pattern() AS '\d{4}-\d{1,2}-\d{1,2}( \d{1,2}:\d{1,2}(:\d{1,2}(\.\d+)?)?)?';
CREATE MACRO to_the_millisecond(x) AS date_trunc('millisecond', x + INTERVAL 500 MICROSECOND);
CREATE MACRO timestamp_of(x) AS
    CASE WHEN must_be(is_moment(x), x, 'timestamp: from_unixtime makes one of seconds')
        AND must_fit(x, moment_pattern(), 'timestamp: from_iso8601_timestamp reads one with a T') THEN to_the_millisecond(CAST(x AS timestamp)) END;
CREATE MACRO try_timestamp_of(x) AS
    CASE WHEN must_be(is_moment(x), x, 'timestamp') AND fits(x, moment_pattern()) THEN to_the_millisecond(TRY_CAST(x AS timestamp)) END;
CREATE MACRO coarse_timestamp(x) AS timestamp_of(x);
CREATE MACRO zoned_of(x) AS
    CASE WHEN must(is_moment(x), 'from_iso8601_timestamp reads a text with a time zone') THEN CAST(x AS timestamptz) END;
