-- Trino's functions of time; a timestamp of a zone other than UTC is an instant and its zone, side by side.

CREATE MACRO is_offset(zone) AS regexp_full_match(zone, '[+-]\d\d:\d\d');
CREATE MACRO offset_of(zone) AS
    to_minutes(CASE WHEN zone[1] = '-' THEN -1 ELSE 1 END * (60 * TRY_CAST(zone[2:3] AS integer) + TRY_CAST(zone[5:6] AS integer)));
CREATE MACRO region_of(zone) AS CASE WHEN is_offset(zone) THEN 'UTC' ELSE zone END;
CREATE MACRO instant_of(x) AS
    CASE WHEN must(typeof(x) NOT IN ('DATE', 'VARCHAR'), 'a time zone belongs to a timestamp, not to a ' || typeof(x)) THEN CAST(x AS timestamptz) END;
CREATE MACRO local_time(instant, zone) AS
    CASE WHEN is_offset(zone) THEN (instant AT TIME ZONE 'UTC') + offset_of(zone) ELSE instant AT TIME ZONE region_of(zone) END;
CREATE MACRO instant_at(local, zone) AS
    CASE WHEN is_offset(zone) THEN (local - offset_of(zone)) AT TIME ZONE 'UTC' ELSE local AT TIME ZONE region_of(zone) END;
CREATE MACRO zoned_text(instant, zone) AS strftime(local_time(instant, zone), '%Y-%m-%d %H:%M:%S.%g') || ' ' || zone;
CREATE MACRO zoned_value(instant, zone) AS
    CASE WHEN instant IS NOT NULL AND zone IS NOT NULL THEN {'zoned_instant': instant, 'zoned_text': zoned_text(instant, zone)} END;
CREATE MACRO athena_year(x) AS year(x);
CREATE MACRO athena_quarter(x) AS quarter(x);
CREATE MACRO athena_month(x) AS month(x);
CREATE MACRO athena_week(x) AS weekofyear(x);
CREATE MACRO athena_week_of_year(x) AS weekofyear(x);
CREATE MACRO athena_day(x) AS day(x);
CREATE MACRO athena_day_of_month(x) AS day(x);
CREATE MACRO athena_day_of_week(x) AS isodow(x);
CREATE MACRO athena_dow(x) AS isodow(x);
CREATE MACRO athena_day_of_year(x) AS dayofyear(x);
CREATE MACRO athena_doy(x) AS dayofyear(x);
CREATE MACRO athena_year_of_week(x) AS isoyear(x);
CREATE MACRO athena_yow(x) AS isoyear(x);
CREATE MACRO clock_of(x) AS CASE WHEN must(typeof(x) <> 'DATE', 'a date has no hours') THEN x END;
CREATE MACRO athena_hour(x) AS hour(clock_of(x));
CREATE MACRO athena_minute(x) AS minute(clock_of(x));
CREATE MACRO athena_second(x) AS second(clock_of(x));
CREATE MACRO athena_millisecond(x) AS millisecond(clock_of(x)) % 1000;
CREATE MACRO athena_last_day_of_month(x) AS last_day(x);
CREATE MACRO truncated(unit, x) AS cast_to_type(date_trunc(unit, x), x);
-- There is no such thing of a number with a fraction.
CREATE MACRO whole_count(n) AS n | 0;
CREATE MACRO plus_interval(x, step) AS cast_to_type(x + step, x);
CREATE MACRO units_between(unit, a, b) AS date_sub(unit, a, b);
CREATE MACRO athena_to_unixtime(x) AS epoch(clock_of(x));
CREATE MACRO athena_from_unixtime(x) AS to_timestamp(round(CAST(+x AS double) * 1000) / 1000);
CREATE MACRO athena_to_iso8601(x) AS
    CASE WHEN typeof(x) = 'DATE' THEN CAST(x AS varchar)
        ELSE strftime(moment_of(x), '%Y-%m-%dT%H:%M:%S.%g') || CASE typeof(x) WHEN 'TIMESTAMP' THEN '' ELSE 'Z' END END;
CREATE MACRO athena_from_iso8601_date(x) AS
    CASE WHEN must(regexp_full_match(x, '\d{4}-\d\d-\d\d'), 'from_iso8601_date: ''' || x || ''' is no date') THEN CAST(x AS date) END;
CREATE MACRO parsed(x, format) AS date_trunc('millisecond', strptime(x, format));
CREATE MACRO formatted(x, format) AS strftime(x, format);
CREATE MACRO iso_zone(x) AS
    CASE WHEN regexp_matches(x, 'T.*[+-]\d\d(:?\d\d)?$')
        THEN regexp_extract(x, '([+-]\d\d)(:?\d\d)?$', 1) || ':' || rpad(regexp_extract(x, '[+-]\d\d:?(\d\d)?$', 1), 2, '0') ELSE 'UTC' END;
CREATE MACRO iso_clock(x) AS regexp_extract(x, 'T(\d\d(:\d\d(:\d\d(\.\d+)?)?)?)', 1);
CREATE MACRO iso_pattern() AS '\d{4}-\d\d-\d\d(T(\d\d(:\d\d(:\d\d(\.\d+)?)?)?)?(Z|[+-]\d\d(:?\d\d)?)?)?';
CREATE MACRO iso_text(x) AS
    x[:10] || ' ' || CASE length(iso_clock(x)) WHEN 0 THEN '00:00' WHEN 2 THEN iso_clock(x) || ':00' ELSE iso_clock(x) END;
CREATE MACRO iso_instant(x) AS
    CASE WHEN must(regexp_full_match(x, iso_pattern()), 'from_iso8601_timestamp: ''' || x || ''' is no timestamp')
        THEN instant_at(date_trunc('millisecond', CAST(iso_text(x) AS timestamp)), iso_zone(x)) END;
CREATE MACRO try_iso_instant(x) AS
    CASE WHEN regexp_full_match(x, iso_pattern()) THEN instant_at(date_trunc('millisecond', TRY_CAST(iso_text(x) AS timestamp)), iso_zone(x)) END;
