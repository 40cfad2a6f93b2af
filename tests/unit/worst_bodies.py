"""Bodies of nearly 4 MB that cost the most memory; as a program: what one of them cost, in KB."""

import sys
from collections.abc import Callable, Iterable
from pathlib import Path

from tests.unit.doors import Context, Doors, FakeDestination, FakeQueue, http_event

GOOD = '{"EventType":"a","Timestamp":"2026-11-24T10:00:00Z"'
VALUE = '"ab"'


def body(events: Iterable[str]) -> str:
    """A request of one endpoint, of the events' own text."""
    return f'{{"BatchItem":{{"phone":{{"Endpoint":{{}},"Events":{{{",".join(events)}}}}}}}}}'


def event(member: str) -> str:
    """A request of one good event with a member of its own text."""
    return body([f'"a":{GOOD},{member}}}'])


def repeat(text: str, count: int) -> str:
    return ",".join([text] * count)


def numbered(text: str, count: int) -> str:
    return ",".join(f'"{n:x}":{text}' for n in range(count))


WORST: dict[str, Callable[[], str]] = {
    "bad events": lambda: body([numbered("1", 425_000)]),
    "one id": lambda: body([repeat('"a":1', 690_000)]),
    "attributes": lambda: event(f'"Attributes":{{{numbered("1", 425_000)}}}'),
    "nulls": lambda: event(f'"Attributes":{{{numbered("null", 325_000)}}}'),
    "objects": lambda: event(f'"A":[{repeat("{}", 1_390_000)}]'),
    "members in a broken event": lambda: body(
        [f'"a":{{"A":[{repeat(chr(123) + chr(34) * 2 + ":1}", 590_000)}]}}']
    ),
    "depth": lambda: event(f'"A":{"[" * 2_090_000}{"]" * 2_090_000}'),
    "depth many times": lambda: event(f'"A":[{repeat("[" * 70 + "]" * 70, 29_000)}]'),
    "a wide character": lambda: event(f'"B":"\U0001f600","A":[{repeat("{}", 1_390_000)}]'),
    "good events": lambda: body(
        f'"{n}":{GOOD},"Attributes":{{{numbered(VALUE, 38)}}}}}' for n in range(9_000)
    ),
    "long ids": lambda: body(f'"{n}{"i" * 360}":{GOOD}}}' for n in range(9_000)),
}


def main() -> None:
    """Answer one of them; the interpreter's own memory counts too."""
    text = WORST[sys.argv[1]]()
    assert 3.5 * 1024**2 < len(text.encode()) <= 4 * 1024**2, len(text.encode())
    doors = Doors(FakeDestination(keeps_rejected=True), FakeQueue())
    path = "/v1/apps/my-app/" + ("endpoints" if text.startswith('{"Item') else "events")
    method = "PUT" if path.endswith("endpoints") else "POST"
    response = doors.api(http_event(text, path, method), Context())
    print(response["statusCode"], len(response["body"]), file=sys.stderr)
    # Not ru_maxrss, which a child inherits from a parent that is larger than it is.
    [peak] = [
        line for line in Path("/proc/self/status").read_text().splitlines() if "VmHWM" in line
    ]
    print(peak.split()[1])


if __name__ == "__main__":
    import tests.unit.conftest  # noqa: F401 # the environment of every unit test

    main()
