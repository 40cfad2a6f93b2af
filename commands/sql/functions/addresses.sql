-- Parts of a URL after RFC 2396, as java.net.URI, which Trino asks, reads it.

CREATE MACRO url_part(x, part) AS
    CASE WHEN regexp_full_match(x, '([^\x00-\x20"<>\\^`{|}%\x7f]|%[0-9A-Fa-f]{2})*')
        THEN regexp_extract(x, '^(?:([A-Za-z][A-Za-z0-9+.-]*):)?(?://([^/?#]*))?([^?#]*)(\?[^#]*)?(?:#(.*))?$', part) END;
CREATE MACRO url_authority(x) AS regexp_replace(url_part(x, 2), '^.*@', '');
CREATE MACRO athena_url_extract_protocol(x) AS url_part(x, 1);
CREATE MACRO athena_url_extract_host(x) AS regexp_extract(url_authority(x), '^([A-Za-z0-9.-]+|\[[0-9A-Fa-f:.]+\])(?::\d*)?$', 1);
CREATE MACRO athena_url_extract_port(x) AS TRY_CAST(nullif(regexp_extract(url_authority(x), ':(\d+)$', 1), '') AS bigint);
CREATE MACRO athena_url_extract_path(x) AS url_decode(url_part(x, 3));
CREATE MACRO athena_url_extract_query(x) AS url_decode(substr(url_part(x, 4), 2));
CREATE MACRO athena_url_extract_fragment(x) AS url_decode(url_part(x, 5));
CREATE MACRO athena_url_decode(x) AS url_decode(replace(x, '+', ' '));
CREATE MACRO athena_url_encode(x) AS replace(replace(replace(url_encode(x), '%20', '+'), '~', '%7E'), '%2A', '*');
CREATE MACRO athena_url_extract_parameter(x, name) AS
    athena_url_decode(regexp_replace(list_filter(string_split(nullif(substr(url_part(x, 4), 2), ''), '&'),
        lambda pair: split_part(pair, '=', 1) = name)[1], '^[^=]*=?', ''));
