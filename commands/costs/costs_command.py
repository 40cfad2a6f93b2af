"""`costs`: what a million events cost, from measured bytes and calls and dated list prices."""

import click

from commands.costs import prices
from commands.costs.bill import bill, duration_ms
from commands.costs.cpu import MEASURED_ON
from commands.costs.follower_costs import followers
from commands.costs.measured import Measured, measure
from commands.costs.monthly import cases as monthly_cases

SIZES = (1, 10, 100)
DESTINATIONS = ("lake", "pinpoint")
Case = tuple[str, int]

EPILOG = """With make:  make costs

\b
Exit code:
    0  the table was printed
    2  an option is wrong
"""


@click.command(epilog=EPILOG)
@click.option("--cpu", is_flag=True, help="Print the CPU time on this machine instead.")
def costs(cpu: bool) -> None:
    """Print what a million events cost, as tables for docs/costs.md."""
    cases = [(destination, size) for destination in DESTINATIONS for size in SIZES]
    if cpu:
        for case in cases:
            click.echo(f"{case}: {measure(*case, repeat=300).cpu_ms:.1f} ms of CPU")
        return
    found = {case: measure(*case) for case in cases}
    click.echo(_dollars(found))
    click.echo(f"\n{followers()}")
    click.echo(f"\n{_month()}")
    click.echo(f"\n{_facts(found)}")


def _dollars(found: dict[Case, Measured]) -> str:
    """The dollars of a million events, by part."""
    bills = {case: bill(*case, measured) for case, measured in found.items()}
    rows = [_head(f"dollars a million events, {prices.REGION}, {prices.READ_ON}")]
    for part in bills["lake", 1]:
        rows.append(_row(part, [_dollar(bills[case].get(part), case[1]) for case in bills]))
    totals = {case: sum(parts.values()) for case, parts in bills.items()}
    untraced = [_total(dollars, n) for (_, n), dollars in totals.items()]
    rows.append(_row("**together, without traces**", untraced))
    for share, named in ((prices.TRACED_SHARE, "many requests"), (1.0, "up to one a second")):
        traces = share * prices.TRACES
        traced = [_total(dollars + traces, n) for (_, n), dollars in totals.items()]
        rows.append(
            _row(f"X-Ray, {share:.0%} traced: {named}", [_dollar(traces, n) for _, n in bills])
        )
        rows.append(_row(f"**together, default settings, {named}**", traced))
    return "\n".join(rows)


def _month() -> str:
    """The dollars of a month, whatever is sent."""
    cases = monthly_cases()
    dollars = [case.dollars for case in cases.values()]
    rows = [
        _row(part, [f"{by_part[part]:.2f}" if by_part[part] else "" for by_part in dollars])
        for part in dollars[0]
    ]
    return "\n".join(
        [
            _row("dollars a month, whatever is sent", list(cases)),
            _row("---", ["---:"] * len(cases)),
            _row("number of alarms", [str(case.alarms) for case in cases.values()]),
            _row("number of metrics", [str(case.metrics) for case in cases.values()]),
            *rows,
            _row("**together**", [f"**{sum(by_part.values()):.2f}**" for by_part in dollars]),
        ]
    )


def _facts(found: dict[Case, Measured]) -> str:
    """What was measured of a warm request, and how long it is taken to last."""

    def row(name: str, key: str) -> str:
        return _row(name, [str(measured.units[key] or "") for measured in found.values()])

    calls = ("BatchGetItem", "UpdateItem", "PutRecordBatch", "PutEvents")
    log = [str(m.log_bytes + prices.LOG_EVENT_BYTES * m.log_lines) for m in found.values()]
    lasts = [f"{duration_ms(*case, measured):.0f}" for case, measured in found.items()]
    return "\n".join(
        [
            _head("a warm request of a known endpoint"),
            *(row(f"calls of {name}", name) for name in calls),
            row("bytes of events into Firehose", "event bytes"),
            row("the same as billed", "billed bytes"),
            row("read units", "read units"),
            row("write units", "write units"),
            _row("bytes of the endpoint's item", [str(m.item_bytes or "") for m in found.values()]),
            _row("bytes of log lines as billed", log),
            _row(f"ms, with CPU of {MEASURED_ON}", lasts),
        ]
    )


def _head(title: str) -> str:
    names = [f"{destination}, {size}" for destination in DESTINATIONS for size in SIZES]
    return f"{_row(title, names)}\n{_row('---', ['---:'] * len(names))}"


def _row(name: str, values: list[str]) -> str:
    return f"| {' | '.join([name, *values])} |"


def _dollar(dollars: float | None, events: int) -> str:
    return "" if dollars is None else f"{dollars / events:.3f}"


def _total(dollars: float, events: int) -> str:
    return f"**{dollars / events:.2f}**"
