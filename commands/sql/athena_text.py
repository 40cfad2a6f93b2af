"""A value of a result in the characters that Athena writes for it."""

from datetime import date, datetime
from decimal import Decimal
from typing import Any

ZONED = {"zoned_instant", "zoned_text"}  # a timestamp with a time zone other than UTC


def athena_text(value: Any) -> str | None:
    """None is null; the rest as GetQueryResults and the result file show it."""
    if value is None:
        return None
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, float):
        return _double(value)
    if isinstance(value, datetime):
        moment = value.replace(tzinfo=None).isoformat(" ", "milliseconds")
        return f"{moment} UTC" if value.tzinfo else moment
    if isinstance(value, list):
        return f"[{', '.join(map(_inside, value))}]"
    if isinstance(value, dict) and value.keys() == ZONED:
        return athena_text(value["zoned_text"])
    if isinstance(value, dict):  # a map or a row
        pairs = (f"{key}={_inside(member)}" for key, member in value.items())
        return f"{{{', '.join(pairs)}}}"
    if isinstance(value, bytes):
        return value.hex(" ")
    if isinstance(value, date | Decimal | int | str):
        return str(value)
    raise TypeError(f"a {type(value).__name__} in a result")


def _inside(value: Any) -> str:
    text = athena_text(value)
    return "null" if text is None else text


def _double(value: float) -> str:
    """As Java writes a double: digits from 0.001 to 10 million, else with an exponent."""
    if value != value or abs(value) == float("inf"):
        return {"nan": "NaN", "inf": "Infinity", "-inf": "-Infinity"}[str(value)]
    if value == 0 or 1e-3 <= abs(value) < 1e7:
        return str(value)
    digits = Decimal(repr(value)).normalize()
    mantissa, exponent = f"{digits:e}".split("e")
    return f"{mantissa if '.' in mantissa else mantissa + '.0'}E{int(exponent)}"
