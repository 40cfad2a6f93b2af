"""A process whose Pinpoint clients all have the endpoint override hears what it took away."""

from tests.every_operation import NAMES, call, make_client
from tests.local.running_gateway import RunningGateway

SERVED = {"GetInAppMessages", "PutEvents", "UpdateEndpoint", "UpdateEndpointsBatch"}
READS = {"GetEndpoint", "DeleteEndpoint", "GetUserEndpoints", "DeleteUserEndpoints"}


def test_every_operation_is_served_or_named(gateway: RunningGateway) -> None:
    client = make_client(gateway.url)

    told = {name: call(client, name) for name in NAMES}

    assert {name for name in told if told[name][0] in (200, 202)} >= SERVED
    for name in {*NAMES} - SERVED - READS:
        status, code, message = told[name]
        assert (status, code) == (404, "NotFoundException"), name
        assert message.startswith(f"{name} is not served here")
