"""The quotas as tables: in Markdown for docs/quotas.md, or for a terminal."""

from collections.abc import Iterable, Iterator, Sequence

from commands.quotas.quota_limits import (
    AS_OF,
    BUS_PUTS,
    EVENTS_PER_REQUEST,
    FULL,
    MIB,
    NEW_ACCOUNT,
    NEW_STREAM_BYTES,
    QUOTAS,
    RECORD_BYTES,
    REQUEST_SECONDS,
    SMALL,
    WRITE_UNITS,
    Quota,
    demand,
    number,
    to_raise,
)  # fmt: skip
from commands.terminal import table
from infra.settings.table_settings import NEW_TABLE_WRITES

Regions = dict[str, str]  # a class of regions, and what it is called


def markdown(rates: Sequence[int], regions: Regions) -> str:
    """Everything as docs/quotas.md shows it."""
    asked = (
        [f"{events:,}", *(f"{number(v)} {q.unit}".strip() for q, v in demand(events).items())]
        for events in rates
    )
    raises = (
        [f"{n:,}", *("<br>".join(to_raise(n, region)) or "nothing" for region in regions)]
        for n in rates
    )
    defaults = (
        [f"[{quota.name}]({quota.source})", *_defaults(quota, regions), _how(quota, "`")]
        for quota in QUOTAS
    )
    names = list(regions.values())
    parts = [
        *_markdown(["events a second", *(quota.name for quota in QUOTAS)], asked), "",
        *_markdown(["to raise for", *names], raises), "",
        *_markdown([f"quota on {AS_OF}", *names, "raise it with"], defaults), "",
        *_notes(regions),
    ]  # fmt: skip
    return "\n".join(parts)


def plain(rates: Sequence[int], regions: Regions) -> str:
    """Everything for a terminal: a rate is a column, and what is to be raised a row."""
    demands = [demand(events) for events in rates]
    asked = ([q.name, *(number(d[q]) for d in demands), q.unit] for q in QUOTAS)
    raises = (
        [f"{events:,}", name, *line.replace("`", "").rsplit(": ", 1)]
        for events in rates
        for region, name in regions.items()
        for line in to_raise(events, region) or ["nothing: "]
    )
    defaults = ([quota.name, *_defaults(quota, regions)] for quota in QUOTAS)
    names, numbers = list(regions.values()), range(1, len(rates) + 1)
    parts = [
        table(["needed at events a second", *(f"{n:,}" for n in rates), ""], asked, numbers), "",
        table(["events a second", "in", "raise", "to"], raises, [0, 3]), "",
        table([f"quota on {AS_OF}", *names], defaults, range(1, len(names) + 1)), "",
        *(f"{quota.name}:\n    {_how(quota)}" for quota in QUOTAS), "",
        *(note.replace("`", "") for note in _notes(regions)),
    ]  # fmt: skip
    return "\n".join(parts)


def _markdown(head: Sequence[str], rows: Iterable[Sequence[str]]) -> Iterator[str]:
    yield f"| {' | '.join(head)} |"
    yield "| --- " * len(head) + "|"
    yield from (f"| {' | '.join(row)} |" for row in rows)


def _defaults(quota: Quota, regions: Regions) -> list[str]:
    return [f"{quota.default(region):,} {quota.unit}".strip() for region in regions]


def _how(quota: Quota, quote: str = "") -> str:
    if not quota.code:
        link = "" if quote else f": {quota.source}"
        return f"the limits form that AWS's page links; Service Quotas does not list it{link}"
    return (
        f"{quote}aws service-quotas request-service-quota-increase "
        f"--service-code {quota.service} --quota-code {quota.code} --desired-value ...{quote}"
    )


def _notes(regions: Regions) -> Iterator[str]:
    yield (
        f"For one application with {EVENTS_PER_REQUEST} events of {RECORD_BYTES:,} bytes "
        f"a request, which takes {REQUEST_SECONDS * 1000:.0f} ms and updates its endpoint, with a "
        f"push token: {WRITE_UNITS} write units. A quota is raised so that you use {FULL:.0%} of "
        "it. Each application has a stream of its own; they share the rest. `tableWarmWrites` is "
        f"for a new table, which takes {NEW_TABLE_WRITES:,} write units a second at first; "
        f"a new account may have {NEW_ACCOUNT} functions at once."
    )
    yield (
        f"With destination `stream`: a new stream on demand takes {NEW_STREAM_BYTES // MIB} MiB a "
        f"second, {number(NEW_STREAM_BYTES / RECORD_BYTES)} such events, and doubles as it is "
        f"used; records above that wait. With `bus`: EventBridge takes {BUS_PUTS:,} PutEvents a "
        "second in its largest regions, and fewer in most others."
    )
    if "small" in regions:
        yield f"The {len(SMALL)} small regions: {', '.join(SMALL)}."
