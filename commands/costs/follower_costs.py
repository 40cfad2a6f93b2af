"""What each destination after the first adds to the cost of an event."""

from commands.costs import prices
from commands.costs.measured import measure

SIZES = (1, 10, 100)
FOLLOWERS = ("stream", "bus")


def followers() -> str:
    """The dollars of a million events more, by part; the bus of the chosen types only."""
    cases = [(name, size) for name in FOLLOWERS for size in SIZES]
    found = {case: measure(f"lake,{case[0]}", case[1]).units for case in cases}
    head = f"dollars a million events more, {prices.REGION}, {prices.READ_ON}"
    rows = [
        [head, *(f"{name}, {size}" for name, size in cases)],
        ["---", *["---:"] * len(cases)],
    ]
    parts = {name: [_parts(found[case])[name] / case[1] for case in cases] for name in _PARTS}
    rows += [[name, *(f"{d:.3f}" if d else "" for d in told)] for name, told in parts.items()]
    totals = [sum(told) for told in zip(*parts.values(), strict=True)]
    rows.append(["**together**", *(f"**{dollars:.2f}**" for dollars in totals)])
    rows.append(["bytes of records", *(str(found[c]["streamed bytes"] or "") for c in cases)])
    return "\n".join(f"| {' | '.join(row)} |" for row in rows)


_PARTS = ("Kinesis, data in", "EventBridge, events", "Lambda, time of the calls")


def _parts(units: dict[str, int]) -> dict[str, float]:
    """The parts of a million requests' additional cost."""
    calls = {name: units[name] for name in prices.FOLLOWER_CALL_MS}
    waiting = sum(ms * calls[name] for name, ms in prices.FOLLOWER_CALL_MS.items())
    cpu = sum(calls.values()) * prices.SOCKET_CPU_MS / prices.CPU_SHARE
    seconds = (waiting + cpu) / 1000 * prices.MILLION
    streamed = units["streamed bytes as billed"] * prices.MILLION / prices.GB
    return {
        "Kinesis, data in": streamed * prices.KINESIS_GB,
        "EventBridge, events": units["bus events"] * prices.BUS_EVENTS,
        "Lambda, time of the calls": seconds * prices.MEMORY_GB * prices.LAMBDA_GB_SECOND,
    }
