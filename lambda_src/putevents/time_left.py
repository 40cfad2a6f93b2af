"""How much is left of an invocation, so that it ends with an answer and not by being killed."""

from math import inf
from time import monotonic
from typing import NamedTuple, Self

from aws_lambda_powertools.utilities.typing import LambdaContext

# The slowest call to a destination, all its tries together: see call_deadline.
DELIVERY_SECONDS = 12
# The slowest call to a queue, likewise, and a second to answer.
QUEUEING_SECONDS = 9


class TimeLeft(NamedTuple):
    """Made at the start of each invocation; one without an end belongs to no invocation."""

    end: float = inf  # as `time.monotonic` counts

    @classmethod
    def of(cls, context: LambdaContext) -> Self:
        """Count from now what Lambda says is left."""
        return cls(monotonic() + context.get_remaining_time_in_millis() / 1000)

    def until(self, moment: float) -> Self:
        """Return the same, with which no other call to a destination begins after a moment."""
        return self._replace(end=min(self.end, moment + DELIVERY_SECONDS + QUEUEING_SECONDS))

    def is_enough_to_deliver(self) -> bool:
        """Whether, after one more call to a destination, what it left could still be queued."""
        return self.end - monotonic() >= DELIVERY_SECONDS + QUEUEING_SECONDS

    def is_enough_to_queue(self) -> bool:
        """Whether, after one more call to a queue, there would still be time to answer."""
        return self.end - monotonic() >= QUEUEING_SECONDS
