-- Trino's operators and functions of numbers.

CREATE MACRO number_of(x) AS
    CASE WHEN must(is_number(x), 'a number is wanted, not ' || typeof(x) || ': CAST it, or use date_add or date_diff') THEN x END;
CREATE MACRO averaged(x) AS
    CASE WHEN must(typeof(x) NOT LIKE 'DECIMAL%', 'avg rounds a decimal to its own digits: CAST it AS double') THEN number_of(x) END;
CREATE MACRO athena_add(a, b) AS number_of(a) + number_of(b);
CREATE MACRO athena_subtract(a, b) AS number_of(a) - number_of(b);
CREATE MACRO athena_multiply(a, b) AS number_of(a) * number_of(b);
CREATE MACRO athena_mod(a, b) AS number_of(a) % number_of(b);
-- A quotient of decimals has the digits of the longer one, rounded half up: 1 / 3.0 is 0.3.
CREATE MACRO half_up(x, a, b) AS
    x * cast_to_type(CASE WHEN typeof(a + b) LIKE 'DECIMAL%' THEN 1.000000000000001e0 ELSE 1e0 END, x);
CREATE MACRO athena_divide(a, b) AS
    cast_to_type(half_up(number_of(a) / number_of(b), number_of(a), number_of(b)), number_of(a) + number_of(b));
CREATE MACRO athena_abs(x) AS abs(number_of(x));
CREATE MACRO athena_ceil(x) AS cast_to_type(ceil(number_of(x)), round(x));
CREATE MACRO athena_ceiling(x) AS athena_ceil(x);
CREATE MACRO athena_floor(x) AS cast_to_type(floor(number_of(x)), round(x));
CREATE MACRO athena_round(x) AS round(number_of(x)), (x, digits) AS cast_to_type(round(number_of(x), digits), x + x);
CREATE MACRO athena_truncate(x) AS trunc(CAST(number_of(x) AS double));
CREATE MACRO athena_power(x, p) AS power(CAST(number_of(x) AS double), CAST(number_of(p) AS double));
CREATE MACRO athena_pow(x, p) AS athena_power(x, p);
CREATE MACRO athena_sqrt(x) AS sqrt(CAST(number_of(x) AS double));
CREATE MACRO athena_cbrt(x) AS cbrt(CAST(number_of(x) AS double));
CREATE MACRO athena_exp(x) AS exp(CAST(number_of(x) AS double));
CREATE MACRO athena_ln(x) AS ln(CAST(number_of(x) AS double));
CREATE MACRO athena_log(b, x) AS log(CAST(number_of(b) AS double), CAST(number_of(x) AS double));
CREATE MACRO athena_log2(x) AS log2(CAST(number_of(x) AS double));
CREATE MACRO athena_log10(x) AS log10(CAST(number_of(x) AS double));
CREATE MACRO athena_pi() AS pi();
CREATE MACRO athena_is_nan(x) AS isnan(x);
CREATE MACRO athena_is_finite(x) AS isfinite(x);
CREATE MACRO athena_is_infinite(x) AS isinf(x);
