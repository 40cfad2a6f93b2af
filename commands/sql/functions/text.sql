-- Trino's functions of texts, regular expressions and JSON in a text.

CREATE MACRO concatenable(x) AS regexp_matches(typeof(x), '^VARCHAR$|\[\]$|NULL');
CREATE MACRO athena_concat(a, b) AS
    CASE WHEN must(concatenable(a) AND concatenable(b), 'texts or arrays are wanted, not '
        || typeof(a) || ' and ' || typeof(b) || ': CAST them AS varchar, or write ARRAY[x]') THEN a || b END;
CREATE MACRO athena_length(x) AS length(text_of(x));
CREATE MACRO athena_lower(x) AS lower(x);
CREATE MACRO athena_upper(x) AS translate(upper(translate(x, 'ß', chr(57344))), chr(57344), 'ß');
CREATE MACRO whitespace() AS
    chr(9) || chr(10) || chr(11) || chr(12) || chr(13) || chr(28) || chr(29) || chr(30) || chr(31) || ' ' || chr(5760) || chr(8192)
    || chr(8193) || chr(8194) || chr(8195) || chr(8196) || chr(8197) || chr(8198) || chr(8200) || chr(8201) || chr(8202) || chr(8232)
    || chr(8233) || chr(8287) || chr(12288);
CREATE MACRO athena_trim(x) AS trim(x, whitespace());
CREATE MACRO athena_ltrim(x) AS ltrim(x, whitespace());
CREATE MACRO athena_rtrim(x) AS rtrim(x, whitespace());
CREATE MACRO replaced(x, search, replacement) AS
    CASE WHEN must(search <> '', 'replace: the text to look for is empty') THEN replace(x, search, replacement) END;
CREATE MACRO athena_replace(x, search) AS replaced(x, search, ''), (x, search, replacement) AS replaced(x, search, replacement);
CREATE MACRO athena_reverse(x) AS reverse(x);
CREATE MACRO substring_from(x, start) AS CASE WHEN start > 0 THEN start ELSE length(x) + start + 1 END;
CREATE MACRO part_of(x, start, size) AS
    CASE WHEN x IS NULL OR start IS NULL OR size IS NULL THEN NULL
        WHEN start = 0 OR size <= 0 OR substring_from(x, start) < 1 THEN ''
        ELSE substr(x, substring_from(x, start), size) END;
CREATE MACRO athena_substr(x, start) AS part_of(x, start, length(x)), (x, start, length) AS part_of(x, start, length);
CREATE MACRO athena_substring(x, start) AS part_of(x, start, length(x)), (x, start, length) AS part_of(x, start, length);
CREATE MACRO athena_split(x, delimiter) AS
    CASE WHEN must(delimiter <> '', 'split: the delimiter is empty') THEN string_split(x, delimiter) END;
CREATE MACRO athena_split_part(x, delimiter, place) AS
    CASE WHEN must(place > 0, 'split_part: the index must be greater than zero') AND place <= len(athena_split(x, delimiter))
        THEN athena_split(x, delimiter)[place] END;
CREATE MACRO athena_strpos(x, part) AS strpos(x, part);
CREATE MACRO athena_starts_with(x, part) AS starts_with(x, part);
CREATE MACRO athena_lpad(x, size, padding) AS CASE WHEN must(size >= 0, 'lpad: the size is negative') THEN lpad(x, CAST(size AS integer), padding) END;
CREATE MACRO athena_rpad(x, size, padding) AS CASE WHEN must(size >= 0, 'rpad: the size is negative') THEN rpad(x, CAST(size AS integer), padding) END;
CREATE MACRO athena_translate(x, from_characters, to_characters) AS translate(x, from_characters, to_characters);
CREATE MACRO athena_chr(n) AS chr(CAST(n AS integer));
CREATE MACRO athena_codepoint(x) AS CASE WHEN must(length(x) = 1, 'codepoint: one character is wanted') THEN unicode(x) END;
CREATE MACRO athena_levenshtein_distance(a, b) AS levenshtein(a, b);

-- Regular expressions
CREATE MACRO athena_regexp_like(x, pattern) AS regexp_matches(x, pattern);
-- DuckDB says '' of a group that took no part in the match, which Trino calls null.
CREATE MACRO sure_group(x, pattern) AS
    CASE WHEN must(x <> '' OR NOT regexp_matches(pattern, '\||\)[?*]|\)\{0'), 'a group that may be absent was empty or absent, which cannot be told apart: make it not optional') THEN x END;
CREATE MACRO athena_regexp_extract(x, pattern) AS CASE WHEN regexp_matches(x, pattern) THEN regexp_extract(x, pattern) END,
    (x, pattern, place) AS CASE WHEN regexp_matches(x, pattern) THEN sure_group(regexp_extract(x, pattern, place), pattern) END;
CREATE MACRO athena_regexp_extract_all(x, pattern) AS regexp_extract_all(x, pattern),
    (x, pattern, place) AS list_transform(regexp_extract_all(x, pattern, place), lambda found: sure_group(found, pattern));
CREATE MACRO athena_regexp_count(x, pattern) AS len(regexp_extract_all(x, pattern));
CREATE MACRO athena_regexp_split(x, pattern) AS string_split_regex(x, pattern);
CREATE MACRO regexp_replaced(x, pattern, replacement) AS regexp_replace(x, pattern, replacement, 'g');

-- JSON in a text; the path is DuckDB's
CREATE MACRO json_number(found, x) AS
    CASE WHEN must(regexp_matches(x, '(^|[^0-9.])' || regexp_escape(found) || '($|[^0-9.eE])'), 'json_extract_scalar: Athena keeps the digits of a number as they were sent, which is not known here') THEN found END;
CREATE MACRO valid_json(x) AS CASE WHEN json_valid(text_of(x)) THEN x END;
CREATE MACRO scalar_of(x, path) AS
    CASE json_type(x, path) WHEN 'OBJECT' THEN NULL WHEN 'ARRAY' THEN NULL WHEN 'DOUBLE' THEN json_number(json_extract_string(x, path), x)
        ELSE json_extract_string(x, path) END;
CREATE MACRO json_scalar(x, path) AS scalar_of(valid_json(x), path);
CREATE MACRO array_length(x) AS CASE WHEN json_type(x) = 'ARRAY' THEN CAST(json_array_length(x) AS bigint) END;
CREATE MACRO athena_json_array_length(x) AS array_length(valid_json(x));
-- json_format(CAST(x AS json)) of a map; the keys are sorted, as Trino does it.
CREATE MACRO json_of(x) AS
    coalesce(CASE typeof(x) WHEN 'DOUBLE' THEN varchar_of(x) ELSE CAST(to_json(x) AS varchar) END, 'null');
CREATE MACRO map_json(x) AS
    CASE WHEN x IS NOT NULL AND must(regexp_full_match(typeof(x), 'MAP\((VARCHAR|"NULL"), (VARCHAR(\[\])?|DOUBLE|BIGINT|INTEGER|BOOLEAN|"NULL")\)'), 'CAST AS json is known here of a map of texts, numbers or booleans only')
        THEN '{' || array_to_string(list_transform(list_sort(map_keys(x)), lambda key: json_of(key) || ':' || json_of(x[key])), ',') || '}' END;
