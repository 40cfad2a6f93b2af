"""The balances of all tests, by what was tried, for the table that `make faults` prints."""

from collections.abc import Callable, Iterator

from tests.faults.ledger import Balance

Book = Callable[[str, Balance], None]
COLUMNS = ("sent", "stored", "rejected", "waiting", "lost", "twice")


class Books:
    """Adds the balances of one kind up."""

    def __init__(self) -> None:
        self._balances: dict[str, Balance] = {}

    def add(self, kind: str, balance: Balance) -> None:
        before = self._balances.get(kind, (0,) * len(balance))
        self._balances[kind] = Balance(*map(sum, zip(before, balance, strict=True)))

    def table(self) -> Iterator[str]:
        """Each kind in a row of Markdown, as docs/faults.md has it."""
        for kind, balance in self._balances.items():
            counts = (f"{balance._asdict()[column]:,}" for column in COLUMNS)
            yield f"| {kind} | {' | '.join(counts)} |"


books = Books()
