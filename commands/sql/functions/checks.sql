-- What the other files are built on. DuckDB itself fails where a type does not fit, so few arguments need a look.

-- Fails where ok is false; unlike error(), inside try() too.
CREATE MACRO must(ok, message) AS
    CAST(CASE WHEN ok IS NOT FALSE THEN 'true' ELSE 'athena: ' || message END AS boolean);
CREATE MACRO is_number(x) AS regexp_matches(typeof(x), 'INT|DOUBLE|DECIMAL|NULL');
CREATE MACRO is_moment(x) AS regexp_matches(typeof(x), '^(DATE|TIMESTAMP.*|"NULL")$');
CREATE MACRO text_of(x) AS
    CASE WHEN must(typeof(x) IN ('VARCHAR', '"NULL"'), 'a text is wanted, not ' || typeof(x) || ': CAST it AS varchar') THEN x END;
CREATE MACRO has_null(list) AS len(list) <> list_count(list);
