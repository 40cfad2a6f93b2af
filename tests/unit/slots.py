"""Every place of the wire format where a client writes text, found by walking the models."""

from collections.abc import Iterator
from typing import Annotated, Any, Literal, get_args, get_origin, get_type_hints

from putevents.wire.rules import Rejection
from putevents.wire.schemas import Shape

DATE = "2026-11-24T10:00:00Z"
# What a required member holds where another one is tried.
GOOD = {"EventType": "a", "Timestamp": DATE, "Id": "id", "StartTimestamp": DATE}
Slot = tuple[str, Any]  # where it is, and a value of the whole that holds a text there


def slots(annotation: Any, text: str) -> Iterator[Slot]:
    """Yield a value for each place in a shape, a map or a list that can hold a text."""
    kind = _bare(annotation)
    if get_origin(kind) is dict:
        key, value = get_args(kind)
        assert _bare(key) is str
        yield "[key]", {text: _good(value)}
        yield from ((f"[value]{path}", {"k": found}) for path, found in slots(value, text))
    elif get_origin(kind) is list:
        yield from ((f"[item]{path}", [found]) for path, found in slots(get_args(kind)[0], text))
    elif kind is str or get_origin(kind) is Literal:
        yield "", text
    elif isinstance(kind, type) and issubclass(kind, Shape):
        for name, hint in get_type_hints(kind, include_extras=True).items():
            if name not in kind.model_fields:
                continue
            alias = str(kind.model_fields[name].alias)
            for path, found in slots(hint, text):
                yield f"{alias}.{path}".rstrip("."), {**_required(kind), alias: found}
    else:
        assert kind in (float, int), kind


def _required(shape: type[Shape]) -> dict[str, str]:
    aliases = [str(f.alias) for f in shape.model_fields.values() if f.is_required()]
    return {alias: GOOD[alias] for alias in aliases}


def _good(annotation: Any) -> Any:
    kind = _bare(annotation)
    return ["v"] if get_origin(kind) is list else {str: "v", float: 1.0}[kind]


def _bare(annotation: Any) -> Any:
    """The type that a client writes."""
    while True:
        if get_origin(annotation) is Annotated:
            annotation = get_args(annotation)[0]
            continue
        options = [a for a in get_args(annotation) if a not in (type(None), Rejection)]
        if len(options) < len(get_args(annotation)):
            [annotation] = options
            continue
        return annotation
