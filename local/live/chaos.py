"""Chaos: the destination or the queue fails on purpose, until one call ends it."""

from collections.abc import Callable
from typing import Any

DESTINATION = {
    "none": "The destination works.",
    "reject": "The destination answers 503 to every call.",
    "hang": "The destination takes the call and never answers.",
    "drip": "The destination's answer comes a byte at a time.",
    "half": "The destination takes endpoints and every other event, and leaves out the rest.",
}
QUEUE = {
    "none": "The queue works.",
    "fail": "The queue answers 503 to every call, and hands nothing out.",
}


class Chaos:
    """What fails now; off at each start."""

    def __init__(self) -> None:
        self.destination = self.queue = "none"
        self.ends = 0  # how often it became better
        self.on_end: Callable[[], None] = lambda: None

    @property
    def is_on(self) -> bool:
        """Whether anything fails."""
        return (self.destination, self.queue) != ("none", "none")

    def set(self, destination: str | None, queue: str | None) -> None:
        """Let it fail, or end it; raises ValueError with a sentence for a mode there is not."""
        destination, queue = destination or self.destination, queue or self.queue
        for name, mode, modes in (
            ("destination", destination, DESTINATION),
            ("queue", queue, QUEUE),
        ):
            if not isinstance(mode, str) or mode not in modes:
                raise ValueError(f"{name} should be one of {', '.join(modes)}, not {mode!r}.")
        is_better = self.is_on and (destination, queue) != (self.destination, self.queue)
        self.destination, self.queue = destination, queue
        if is_better:
            self.ends += 1
            self.on_end()

    def shown(self) -> dict[str, Any]:
        """What fails now, and what can."""
        return {
            "destination": self.destination,
            "queue": self.queue,
            "modes": {
                name: [{"name": mode, "sentence": text} for mode, text in modes.items()]
                for name, modes in (("destination", DESTINATION), ("queue", QUEUE))
            },
        }
