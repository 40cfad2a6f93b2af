-- What the other files are built on: an argument is of the type that Trino wants, or the statement fails.

-- Fails where ok is false; unlike error(), inside try() too.
CREATE MACRO must(ok, message) AS
    CAST(CASE WHEN ok IS NOT FALSE THEN 'true' ELSE 'athena: ' || message END AS boolean);
CREATE MACRO is_number(x) AS regexp_matches(typeof(x), 'INT|DOUBLE|DECIMAL|NULL');
CREATE MACRO is_whole(x) AS regexp_matches(typeof(x), 'INT|NULL');
CREATE MACRO is_text(x) AS typeof(x) IN ('VARCHAR', '"NULL"');
CREATE MACRO is_moment(x) AS regexp_matches(typeof(x), '^(DATE|TIMESTAMP.*|"NULL")$');
CREATE MACRO has_null(list) AS len(list) <> list_count(list);

CREATE MACRO text_of(x) AS CASE WHEN must(is_text(x), 'a text is wanted, not ' || typeof(x) || ': CAST it AS varchar') THEN x END;
