"""What is left of an invocation, so that it ends with an answer and not by being killed."""

from math import inf
from time import monotonic

from aws_lambda_powertools.utilities.typing import LambdaContext

# The slowest call to a destination: two tries of 1 + 5 seconds.
DELIVERY_SECONDS = 12
# The slowest call to a queue, two tries of 1 + 3 seconds, and a second to answer.
QUEUEING_SECONDS = 9


class TimeLeft:
    """Told at the start of each invocation how long it may take; until then there is no end."""

    def __init__(self) -> None:
        self._end = inf

    def begin(self, context: LambdaContext) -> None:
        """Count from now."""
        self._end = monotonic() + context.get_remaining_time_in_millis() / 1000

    def is_enough_to_deliver(self) -> bool:
        """Whether, after one more call to the destination, what it left could still be queued."""
        return self._end - monotonic() >= DELIVERY_SECONDS + QUEUEING_SECONDS

    def is_enough_to_queue(self) -> bool:
        """Whether, after one more call to a queue, there would still be time to answer."""
        return self._end - monotonic() >= QUEUEING_SECONDS


time_left = TimeLeft()
