"""A rule and its text, side by side; and the rejection of a part that breaks one."""

from functools import cache
from typing import Any, NamedTuple, Self, get_args, get_origin, get_type_hints

from pydantic import GetCoreSchemaHandler, ValidationError
from pydantic_core import CoreSchema, ErrorDetails, PydanticCustomError

_SHOWN = 100  # characters of an offending key that an answer repeats
_BROKEN = "rule"  # the type of the errors that `broken` makes
# What the schema of a Rule is given, by the type of the error that breaking it causes.
_CONSTRAINTS = {
    "too_long": "max_length",
    "too_short": "min_length",
    "string_too_long": "max_length",
    "string_too_short": "min_length",
    "string_pattern_mismatch": "pattern",
    "greater_than_equal": "ge",
    "less_than_equal": "le",
    "greater_than": "gt",
    "less_than": "lt",
}
# The schemas that can be constrained; another one would ignore it without a word.
_CONSTRAINABLE = {"str", "int", "float", "list", "dict"}
# Texts for what no Rule says: the JSON has another type than the member.
_TYPES = {
    "string_unicode": "Text should be valid Unicode.",
    "model_type": "Should be an object.",
    "dict_type": "Should be an object.",
}
Loc = tuple[int | str, ...]


class Rule:
    """Annotates a type with constraints of pydantic-core, and the text for breaking one.

    It stands at a text, a number, a list or a map itself, inside of `| None`.
    """

    def __init__(self, text: str, **constraints: Any) -> None:
        self.text = text
        self.constraints = constraints

    def __get_pydantic_core_schema__(
        self, source: Any, handler: GetCoreSchemaHandler
    ) -> CoreSchema:
        schema = handler(source)
        unknown = self.constraints.keys() - _CONSTRAINTS.values()
        if schema["type"] not in _CONSTRAINABLE or unknown:
            raise TypeError(f"{self.text!r} cannot be a Rule at {schema['type']}: {unknown or ''}")
        return {**schema, **self.constraints}


class FirstError:
    """Annotates a map or a list: no other error is looked for, of which there may be a million."""

    def __get_pydantic_core_schema__(
        self, source: Any, handler: GetCoreSchemaHandler
    ) -> CoreSchema:
        return {**handler(source), "fail_fast": True}


def broken(text: str, member: str = "") -> PydanticCustomError:
    """The error for a rule that a validator checks; `member` offends, seen from the validator."""
    return PydanticCustomError(_BROKEN, "{text}", {"text": text, "member": member})


class Rejection(NamedTuple):
    """Stands where a rejected part stood; `rule` holds nothing that the client wrote."""

    rule: str
    key: str

    @property
    def message(self) -> str:
        """The service's own words, then the key that offends."""
        return f"{self.rule} ({self.key})" if self.key else self.rule

    @classmethod
    def of(cls, error: ValidationError, shape: Any) -> Self:
        """The first rule that a part broke; `shape` is its type in the service model."""
        first = error.errors(include_url=False, include_input=False)[0]
        path, annotation = _place(shape, first["loc"])
        if first["type"] == _BROKEN:
            path = [*path, *filter(None, [first["ctx"]["member"]])]
        return cls(_text(first, path, annotation), ".".join(path)[:_SHOWN])

    def inside(self, place: str) -> "Rejection":
        """The same, with the key as it is called from outside of `place`."""
        return self._replace(key=f"{place}.{self.key}" if self.key else place)


def _text(error: ErrorDetails, path: list[str], annotation: Any) -> str:
    kind = error["type"]
    if kind == "missing":
        return f"Missing {'.'.join(path)}"
    constraint = _CONSTRAINTS.get(kind)
    for rule in _rules(annotation):
        if constraint in rule.constraints:
            return rule.text
    return _TYPES.get(kind, error["msg"])


def _place(shape: Any, loc: Loc) -> tuple[list[str], Any]:
    """The path to an error in the client's names, and how the member there is annotated."""
    path: list[str] = []
    here: Any = shape
    key_type: Any = None
    for step in loc:
        if key_type is not None and step == "[key]":
            here = key_type  # pydantic's own mark: the key offends, not its value
            continue
        path.append(str(step))
        here, key_type = _inside(here, step)
    return path, here


def _inside(annotation: Any, step: int | str) -> tuple[Any, Any]:
    """The annotation of a member; for a map also that of its keys."""
    bare = _bare(annotation)
    if get_origin(bare) is dict:
        key_type, value_type = get_args(bare)
        return value_type, key_type
    if get_origin(bare) is list:
        return get_args(bare)[0], None
    return _members(bare)[str(step)], None


@cache  # reading annotations takes longer than validating an event, of which thousands may be bad
def _members(shape: Any) -> dict[str, Any]:
    """The annotations of a shape's members by the client's names."""
    hints = get_type_hints(shape, include_extras=True)
    return {str(field.alias): hints[name] for name, field in shape.model_fields.items()}


def _bare(annotation: Any) -> Any:
    """The type without its annotations and without `| None`."""
    while hasattr(annotation, "__metadata__") or type(None) in get_args(annotation):
        annotation = next(part for part in get_args(annotation) if part is not type(None))
    return annotation


def _rules(annotation: Any) -> list[Rule]:
    while type(None) in get_args(annotation):
        annotation = next(part for part in get_args(annotation) if part is not type(None))
    metadata = getattr(annotation, "__metadata__", ())
    return [rule for rule in metadata if isinstance(rule, Rule)]


# Rules about more than one value; `ingest` checks them.
MAX_EVENT_BYTES = 1000 * 1024
MAX_ENDPOINT_BYTES = 15 * 1024
MAX_ENDPOINT_ID_BYTES = 1024  # what a key of DynamoDB takes
MAX_ENDPOINTS_PER_USER = 15
# Endpoints and events of one request or message; a hundred times what a client sends.
MAX_PARTS = 10_000
TOO_MANY_PARTS = f"Number of endpoints and events per request should be at most {MAX_PARTS}."
# States of one endpoint between the enriched events of a request, each of which is a call.
MAX_CHANGES = 100
TOO_MANY_CHANGES = f"Number of changes of an endpoint per request should be under {MAX_CHANGES}."
MISSING_ENDPOINT = Rejection("Missing Endpoint", "Endpoint")
BAD_ENDPOINT_ID = Rejection("Endpoint id should be text without $, { and }.", "")
NO_UNICODE_ENDPOINT_ID = Rejection("Endpoint id should be valid Unicode.", "")
LARGE_ENDPOINT_ID = Rejection(f"Endpoint id should be at most {MAX_ENDPOINT_ID_BYTES} bytes.", "")
DUPLICATE_ENDPOINT = Rejection("Duplicate Endpoint", "Endpoint")
DUPLICATE_ENDPOINT_ID = Rejection("Duplicate endpoint id", "")
DUPLICATE_EVENT_ID = Rejection("Duplicate event id", "")
BAD_EVENT_ID = Rejection("Event id should be valid Unicode.", "")
TOO_MANY_ENDPOINTS = Rejection(
    f"Exceeded maximum endpoint per user count: {MAX_ENDPOINTS_PER_USER}", ""
)
NOT_OWNED = Rejection("Endpoint, or its user, belongs to another caller.", "")
LARGE_ENDPOINT = Rejection("Endpoint size should be at most 15 KB.", "Endpoint")
LARGE_EVENT = Rejection("Event size should be at most 1000 KB.", "")
REJECTED_BY_DESTINATION = Rejection("Rejected by the destination.", "")
