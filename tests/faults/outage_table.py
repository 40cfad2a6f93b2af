"""`make outages`: the table of docs/reliability.md on outages of days; it takes some minutes."""

import logging
import random
import sys
from random import Random

from tests.faults.outage import Outage, Policy, Row, before, simulate, today

SEED = 2026
MOST = 10  # the scale
OUTAGES = {
    "24 hours, 100,000 messages": Outage(24, 100_000),
    "72 hours, 100,000 messages": Outage(72, 100_000),
    "96 hours, 100,000 messages": Outage(96, 100_000),
    "24 hours, 150,000 messages": Outage(24, 150_000),
    "24 hours, 150,000 messages, calls hang": Outage(24, 150_000, failing_call_seconds=12),
}
HEAD = (
    "outage, and its messages", "policy", "dead letters", "the first after", "drained, half",
    "99 %", "invocations a message", "a healthy message waits, 99 %", "the longest",
)  # fmt: skip


def main(scale: float) -> None:
    """Print each outage under today's policy, and under the former one."""
    logging.disable(logging.CRITICAL)  # the breakers' lines
    print(f"| {' | '.join(HEAD)} |\n|{' --- |' * len(HEAD)}")
    for name, outage in OUTAGES.items():
        smaller = outage._replace(messages=int(outage.messages * scale), scale=scale)
        chance = Random(SEED)  # noqa: S311 # waits need no secret
        policies: dict[str, Policy] = {"before": before(chance), "today": today()}
        for policy_name, policy in policies.items():
            random.seed(SEED)  # RetryQueue draws its waits from it
            print(_line(name, policy_name, simulate(smaller, policy)), flush=True)


def _line(name: str, policy: str, row: Row) -> str:
    first = f"{row.dead_after_hours:.0f} h" if row.dead else "-"
    drained = [
        f"{seconds / 60:.0f} min" if seconds else "-"
        for seconds in (row.drained_p50, row.drained_p99)
    ]
    cells = (
        name, policy, f"{row.dead:,}", first, *drained, f"{row.invocations_per_message:.1f}",
        f"{row.healthy_p99:.0f} s", f"{row.healthy_max:.0f} s",
    )  # fmt: skip
    return f"| {' | '.join(cells)} |"


def _scale(text: str) -> float:
    """Read SCALE; ends with a sentence if it is none."""
    try:
        scale = float(text)
    except ValueError:
        scale = 0.0
    if not 0 < scale <= MOST:
        sys.exit(f"SCALE should be a number above 0, at most {MOST}, such as 0.1, not {text!r}.")
    return scale


if __name__ == "__main__":
    main(_scale(sys.argv[1]) if len(sys.argv) > 1 else 1.0)
