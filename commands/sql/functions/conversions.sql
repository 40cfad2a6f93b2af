-- CAST: `athena_to_date` is CAST(x AS date); what becomes a whole number goes through `whole`.

CREATE MACRO athena_double_text(x) AS
    CASE WHEN isnan(x) THEN 'NaN' WHEN x = 'inf' THEN 'Infinity' WHEN x = '-inf' THEN '-Infinity'
        WHEN x = 0 OR abs(x) >= 1e-3 AND abs(x) < 1e7 THEN CAST(x AS varchar)
        ELSE CASE WHEN x < 0 THEN '-' ELSE '' END || exponent_text(CAST(abs(x) AS varchar)) END;
CREATE MACRO exponent_text(x) AS
    CASE WHEN contains(x, 'e') THEN mantissa(replace(split_part(x, 'e', 1), '.', '')) || 'E' || CAST(split_part(x, 'e', 2) AS integer)
        WHEN starts_with(x, '0.') THEN mantissa(ltrim(substr(x, 3), '0')) || 'E-' || (length(x) - 1 - length(ltrim(substr(x, 3), '0')))
        ELSE mantissa(replace(x, '.', '')) || 'E' || (strpos(x, '.') - 2) END;
CREATE MACRO mantissa(digits) AS substr(digits, 1, 1) || '.' || coalesce(nullif(rtrim(substr(digits, 2), '0'), ''), '0');
CREATE MACRO moment_of(x) AS TRY_CAST(CAST(x AS varchar) AS timestamptz) AT TIME ZONE 'UTC';
CREATE MACRO athena_to_varchar(x) AS
    CASE WHEN typeof(x) = 'DOUBLE' THEN athena_double_text(TRY_CAST(CAST(x AS varchar) AS double))
        WHEN typeof(x) LIKE 'TIMESTAMP%' THEN strftime(moment_of(x), '%Y-%m-%d %H:%M:%S.%g') || CASE typeof(x) WHEN 'TIMESTAMP' THEN '' ELSE ' UTC' END
        WHEN must(is_number(x) OR typeof(x) IN ('VARCHAR', 'BOOLEAN', 'DATE'), 'a ' || typeof(x) || ' is no varchar') THEN CAST(x AS varchar) END;
CREATE MACRO athena_to_short_varchar(x, size) AS
    CASE WHEN must(is_text(x) OR length(athena_to_varchar(x)) <= size, 'the text of the value is longer than varchar(' || size || ')') THEN left(athena_to_varchar(x), size) END;
CREATE MACRO as_text(x) AS CAST(x AS varchar);
CREATE MACRO whole(x) AS
    CASE WHEN typeof(x) = 'DOUBLE' THEN CAST(round(TRY_CAST(as_text(x) AS double)) AS hugeint)
        WHEN typeof(x) = 'BOOLEAN' THEN CASE as_text(x) WHEN 'true' THEN 1 WHEN 'false' THEN 0 END
        WHEN must(is_number(x) OR typeof(x) = 'VARCHAR', 'a ' || typeof(x) || ' is no number')
            AND must(typeof(x) <> 'VARCHAR' OR regexp_full_match(as_text(x), '[+-]?\d+'), '''' || as_text(x) || ''' is no whole number')
        THEN CAST(CASE WHEN typeof(x) LIKE 'DECIMAL%' THEN as_text(round(TRY_CAST(as_text(x) AS decimal(38, 10)))) ELSE as_text(x) END AS hugeint) END;
CREATE MACRO number_text(x) AS regexp_full_match(trim(as_text(x)), '[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?|[+-]?Infinity|NaN');
CREATE MACRO convertible(x) AS
    CASE WHEN must(is_number(x) OR typeof(x) IN ('VARCHAR', 'BOOLEAN'), 'a ' || typeof(x) || ' is no number')
        AND must(typeof(x) <> 'VARCHAR' OR number_text(x), '''' || as_text(x) || ''' is no number') THEN x END;
CREATE MACRO athena_to_boolean(x) AS
    CASE WHEN must(is_number(x) OR typeof(x) IN ('VARCHAR', 'BOOLEAN'), 'a ' || typeof(x) || ' is no boolean')
        AND must(typeof(x) <> 'VARCHAR' OR lower(as_text(x)) IN ('t', 'true', '1', 'f', 'false', '0'), '''' || as_text(x) || ''' is no boolean') THEN CAST(x AS boolean) END;
CREATE MACRO athena_to_date(x) AS
    CASE WHEN must(is_moment(x) OR typeof(x) = 'VARCHAR', 'a ' || typeof(x) || ' is no date')
        AND must(typeof(x) <> 'VARCHAR' OR regexp_full_match(trim(as_text(x)), '\d{4}-\d{1,2}-\d{1,2}'), '''' || as_text(x) || ''' is no date')
    THEN CAST(x AS date) END;
CREATE MACRO athena_date(x) AS athena_to_date(x);
CREATE MACRO timestamp_text(x) AS regexp_full_match(trim(as_text(x)), '\d{4}-\d{1,2}-\d{1,2}( \d{1,2}:\d{1,2}(:\d{1,2}(\.\d+)?)?)?');
CREATE MACRO athena_to_timestamp(x) AS
    CASE WHEN must(is_moment(x) OR typeof(x) = 'VARCHAR', 'a ' || typeof(x) || ' is no timestamp; from_unixtime makes one of seconds')
        AND must(typeof(x) <> 'VARCHAR' OR timestamp_text(x), '''' || as_text(x) || ''' is no timestamp; from_iso8601_timestamp reads one with a T')
    THEN date_trunc('millisecond', CAST(x AS timestamp) + INTERVAL 500 MICROSECOND) END;
CREATE MACRO coarse_timestamp(x) AS athena_to_timestamp(x);
CREATE MACRO athena_to_zoned(x) AS
    CASE WHEN must(is_moment(x), 'from_iso8601_timestamp reads a text with a time zone') THEN CAST(x AS timestamptz) END;
