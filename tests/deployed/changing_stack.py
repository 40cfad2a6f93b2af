"""The stack that the tests of settings share, deployed again when one needs other settings."""

import json

from tests.deployed.bodies import numbered
from tests.deployed.deployed_gateway import Answer, send
from tests.deployed.deployment import Deployment
from tests.deployed.putevents_server import Upstream

APPLICATION, SECOND = "guarded-app", "second-app"
# The application of the requests in tests/events/captures.
CAPTURED = "0123456789abcdef0123456789abcdef"
BASE = f"/v1/apps/{APPLICATION}"
GOOD = json.dumps(numbered("device", 1)).encode()
JSON = {"Content-Type": "application/json"}
Headers = dict[str, str]


class ChangingStack:
    """A stack that forwards to an upstream; tests with equal settings share a deployment."""

    def __init__(self, deployment: Deployment, upstream: Upstream) -> None:
        self.emulator = deployment.emulator
        self._deployment = deployment
        self._upstream = upstream
        self._settings: dict[str, object] = {}

    def deploy(self, **options: object) -> Deployment:
        """The stack with these settings beside those of cdk.json."""
        settings = {**forwarding(self._upstream), **options}
        if settings != self._settings:
            self._settings = {}  # until the deploy has worked
            self._deployment.deploy(**settings)
            self._settings = settings
        return self._deployment


def forwarding(upstream: Upstream) -> dict[str, object]:
    """The settings of a stack that serves these applications and forwards to the upstream."""
    return {
        "applicationIds": f"{APPLICATION},{SECOND},{CAPTURED}",
        "destination": "pinpoint",
        "pinpointEndpointUrl": upstream.url,
    }


def post(deployment: Deployment, headers: Headers | None = None, to: str = APPLICATION) -> Answer:
    """An unsigned request with a good event."""
    url = f"{deployment.api}/v1/apps/{to}/events"
    return send(url, GOOD, headers={**JSON, **(headers or {})})
