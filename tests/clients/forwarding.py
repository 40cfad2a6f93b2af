"""A gateway that delivers to a destination which can fail."""

from pathlib import Path

from tests.clients.mobile.failing_destination import Destination
from tests.local.running_gateway import RunningGateway


def forwarding_gateway(folder: Path, destination: Destination) -> RunningGateway:
    """A gateway that delivers to the destination, and tries again after two seconds."""
    return RunningGateway(
        folder / "data",
        DESTINATION="pinpoint",
        AWS_ENDPOINT_URL_PINPOINT=destination.url,
        RETRY_DELAY_SECONDS="2",
        VISIBILITY_TIMEOUT_SECONDS="2",
    )
