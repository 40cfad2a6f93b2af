"""Values of a model that keep its rules, or break one at some depth, found by walking the model."""

from collections.abc import Callable
from typing import Annotated, Any, Literal, get_args, get_origin, get_type_hints

from pydantic.fields import FieldInfo

from putevents.wire.rules import Rejection, Rule
from putevents.wire.schemas import PublicEndpoint, Session, Shape
from tests.fuzz.choices import Choices
from tests.fuzz.hostile import DATE

_DATES = [DATE, "2026-11-24T10:00:00.123Z", "2026-11-24T10:00:00.123456+05:30", "2026-11-24T10:00"]
_LETTERS = ["a", "key", "value", "é", "\U0001f600", "\x00", "\ufffe", "\\", '"', "{", "\u2028", " "]
_FLOATS = [1.5, 0, -3, 1e308, 5e-324, 2**53 + 1, -0.0]
_NO_TEXT = [5, True, [], {}, "\ud800", ["a"]]
_NO_NUMBER = ["1", "", True, [], {}, float("nan"), float("inf"), 10**400]
_NO_DATE = ["", "today", "2026-02-30T00:00:00Z", DATE + "\n", 5, {}, "2026-11-24T10:00:00+0000"]
_NO_MAP: list[Any] = ["a", 5, [], True]


class Making:
    """One value that is being made; `breaks_in` slots from now a rule is broken."""

    def __init__(self, choices: Choices, breaks_in: int = -1) -> None:
        self.choices, self._left = choices, breaks_in
        self.is_broken = False

    def breaks(self) -> bool:
        """Whether this slot is the one to break."""
        self._left -= 1
        if self._left == -1:
            self.is_broken = True
        return self._left == -1


Maker = Callable[[Making], Any]


def maker(annotation: Any) -> Maker:
    """Return what makes values of a type of the wire format."""
    limits: dict[str, Any] = {}
    kind = _bare(annotation, limits)
    if isinstance(kind, type) and issubclass(kind, Shape):
        return _object(kind)
    if get_origin(kind) is dict:
        key, inside = map(maker, get_args(kind))
        return _map(key, inside)
    if get_origin(kind) is list:
        return _list(maker(get_args(kind)[0]))
    if get_origin(kind) is Literal:
        return lambda m: m.choices.pick(
            ["", "push", 5, None, {}][:3] if m.breaks() else get_args(kind)
        )
    if kind is str and "pattern" in limits:
        return lambda m: m.choices.pick(_NO_DATE if m.breaks() else _DATES)
    if kind is str:
        return _text(limits.get("min_length", 0), limits.get("max_length", 300))
    assert kind in (float, int), kind
    return lambda m: m.choices.pick(_NO_NUMBER if m.breaks() else _FLOATS)


def _bare(annotation: Any, limits: dict[str, Any]) -> Any:
    """The type that a client writes; its limits are added."""
    while True:
        if get_origin(annotation) is Annotated:
            annotation, *metadata = get_args(annotation)
            for found in metadata:
                if isinstance(found, Rule):
                    limits.update(found.constraints)
                elif isinstance(found, FieldInfo):
                    limits.update(
                        min_length=max(getattr(m, "min_length", 0) for m in found.metadata)
                    )
            continue
        options = [a for a in get_args(annotation) if a not in (type(None), Rejection)]
        if get_origin(annotation) is Literal or len(options) == len(get_args(annotation)):
            return annotation
        [annotation] = options


def _text(shortest: int, longest: int) -> Maker:
    def make(making: Making) -> Any:
        choices = making.choices
        if making.breaks():
            if longest < 300 and choices.below(2):
                return "x" * (longest + 1)
            return "" if shortest and choices.below(2) else choices.pick(_NO_TEXT)
        text = choices.pick(_LETTERS)
        return (text * longest)[:longest] if choices.rarely(16) else text

    return make


def _map(key: Maker, inside: Maker) -> Maker:
    def make(making: Making) -> Any:
        if making.breaks():
            return making.choices.pick(_NO_MAP)
        count = making.choices.below(4)
        # A key is broken by its length only: JSON has no other keys than texts.
        keys = dict.fromkeys(key(Making(making.choices)) for _ in range(count))
        return {name: inside(making) for name in keys}

    return make


def _list(inside: Maker) -> Maker:
    def make(making: Making) -> Any:
        if making.breaks():
            return making.choices.pick(["a", 5, {}, True])
        return [inside(making) for _ in range(making.choices.below(4))]

    return make


def _object(shape: type[Shape]) -> Maker:
    hints = get_type_hints(shape, include_extras=True)
    fields = [
        (str(field.alias), field.is_required(), maker(hints[name]))
        for name, field in shape.model_fields.items()
    ]

    def make(making: Making) -> Any:
        choices = making.choices
        if making.breaks():
            required = [name for name, is_required, _ in fields if is_required]
            if not required:
                return choices.pick(_NO_MAP)
            left_out = choices.pick(required)
            return _mended(
                shape, {n: f(making) for n, r, f in fields if r and n != left_out}, making
            )
        made: dict[str, Any] = {}
        for name, is_required, field in fields:
            if is_required or not choices.below(3):
                # A phone's clock is not worth an endpoint: a wrong date is left out.
                made[name] = field(Making(choices) if name == "EffectiveDate" else making)
            elif choices.rarely(32):
                made[name] = None
        if choices.rarely(16):
            made["Unknown"] = choices.pick([None, 5, {"a": {}}, [[]], "x" * 300])
        return _mended(shape, made, making)

    return make


def _mended(shape: type[Shape], made: dict[str, Any], making: Making) -> dict[str, Any]:
    """Keep the rules about more than one member."""
    if shape is Session and not making.is_broken:
        made.pop("StopTimestamp", None)
        if made.get("Duration") is not None:
            made["Duration"] = 1000
            if made.get("StartTimestamp") == DATE and making.choices.below(2):
                made["StopTimestamp"] = "2026-11-24T10:00:01Z"
    if (
        issubclass(shape, PublicEndpoint)
        and made.get("Address")
        and made.get("ChannelType") is None
    ):
        made["ChannelType"] = "APNS"
    return made
