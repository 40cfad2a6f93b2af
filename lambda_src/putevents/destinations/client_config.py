"""What the AWS client of a destination is told: what we know already, and how long to wait."""

from typing import Any

import boto3
from botocore.config import Config

from putevents.call_deadline import with_deadline
from putevents.time_left import DELIVERY_SECONDS


def client_config(*, read_timeout: int, **more: Any) -> Config:
    """Two tries, each with `read_timeout` seconds for a whole answer while the deadline lets it."""
    return Config(
        parameter_validation=False,  # every part was validated at the door
        user_agent="putevents-gateway",  # botocore builds its own anew for every call
        tcp_keepalive=True,
        connect_timeout=1,
        read_timeout=read_timeout,
        # One more try, for a connection that died while the function was frozen or for a moment of
        # throttling; the rest is the queue's.
        retries={"total_max_attempts": 2, "mode": "standard"},
        **more,
    )


def destination_client(service: Any, config: Config) -> Any:
    """Return a client whose calls end within DELIVERY_SECONDS."""
    return with_deadline(boto3.client(service, config=config), DELIVERY_SECONDS)
