-- Trino's operators and functions of numbers.

CREATE MACRO summed(x) AS +x;
CREATE MACRO averaged(x) AS
    CASE WHEN must(typeof(x) NOT LIKE 'DECIMAL%', 'avg rounds a decimal to its own digits: CAST it AS double') THEN x END;
-- Unary plus takes numbers only, so that no date is added to.
CREATE MACRO athena_add(a, b) AS (+a) + (+b);
CREATE MACRO athena_subtract(a, b) AS (+a) - (+b);
CREATE MACRO athena_multiply(a, b) AS a * b;
CREATE MACRO athena_mod(a, b) AS a % b;
-- A quotient of decimals has the digits of the longer one, rounded half up: 1 / 3.0 is 0.3.
CREATE MACRO half_up(x, a, b) AS
    x * cast_to_type(CASE WHEN typeof(a + b) LIKE 'DECIMAL%' THEN 1.000000000000001e0 ELSE 1e0 END, x);
CREATE MACRO athena_divide(a, b) AS
    cast_to_type(CASE WHEN typeof(a + b) = 'DOUBLE' AND b = 0 THEN a * cast_to_type(CAST('inf' AS double), a + b)
        ELSE half_up(a / b, a, b) END, a + b);
CREATE MACRO athena_abs(x) AS abs(x);
CREATE MACRO athena_ceil(x) AS cast_to_type(ceil(x), round(x));
CREATE MACRO athena_ceiling(x) AS athena_ceil(x);
CREATE MACRO athena_floor(x) AS cast_to_type(floor(x), round(x));
-- As Java's Math.round(x * factor) / factor.
CREATE MACRO to_digits(x, digits) AS
    CASE WHEN isfinite(x) THEN least(round(abs(x) * power(10, digits)), 9223372036854775807) / power(10, digits) ELSE abs(x) END;
CREATE MACRO rounded(x, digits, shown) AS
    CASE WHEN typeof(x) <> 'DOUBLE' THEN cast_to_type(round(x, digits), shown)
        WHEN x < 0 THEN cast_to_type(-to_digits(CAST(x AS double), digits), shown)
        ELSE cast_to_type(to_digits(CAST(x AS double), digits), shown) END;
CREATE MACRO athena_round(x) AS rounded(x, 0, round(x)), (x, digits) AS rounded(x, digits, x + x);
CREATE MACRO athena_truncate(x) AS trunc(CAST(+x AS double));
CREATE MACRO athena_power(x, p) AS power(CAST(+x AS double), CAST(+p AS double));
CREATE MACRO athena_pow(x, p) AS athena_power(x, p);
CREATE MACRO athena_sqrt(x) AS sqrt(CAST(+x AS double));
CREATE MACRO athena_exp(x) AS exp(CAST(+x AS double));
CREATE MACRO athena_ln(x) AS ln(CAST(+x AS double));
CREATE MACRO athena_log(b, x) AS log(CAST(+b AS double), CAST(+x AS double));
CREATE MACRO athena_log2(x) AS log2(CAST(+x AS double));
CREATE MACRO athena_log10(x) AS log10(CAST(+x AS double));
CREATE MACRO athena_pi() AS pi();
CREATE MACRO athena_is_nan(x) AS isnan(x);
CREATE MACRO athena_is_finite(x) AS isfinite(x);
CREATE MACRO athena_is_infinite(x) AS isinf(x);
