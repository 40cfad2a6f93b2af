"""What the AWS client of a destination is told: what we know already, and how long to wait."""

from typing import Any

from botocore.config import Config


def client_config(*, read_timeout: int, **more: Any) -> Config:
    """Two tries of 1 + `read_timeout` seconds, within time_left.DELIVERY_SECONDS."""
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
