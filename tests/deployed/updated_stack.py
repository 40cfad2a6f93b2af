"""A deployed lake that is deployed again with other settings, and every event it has accepted."""

import json
import secrets
import threading
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from tests.deployed.bodies import EVENT, request
from tests.deployed.deployed_gateway import APPLICATION, Gateway, send
from tests.deployed.deployed_lake import Lake
from tests.deployed.deployment import Deployment
from tests.deployed.eventually import eventually
from tests.deployed.user_pool import UserPool

ENDPOINT = "phone"
PAUSE_SECONDS = 0.5
# What apps and producers hold, and no update may change.
ADDRESSES = ("ApiUrl", "QueueUrl")


class UpdatedStack:
    """The stack as its clients meet it, whatever it was last deployed with."""

    def __init__(self, deployment: Deployment, pool: UserPool) -> None:
        self.deployment = deployment
        self.accepted: set[str] = set()  # the ids of events in the lake of now
        self.pool = pool
        self._addresses: dict[str, str] = {}
        self._auth = ""
        self._gateway: Gateway | None = None

    def deploy(self, settings: dict[str, Any]) -> None:
        """`cdk deploy`; the addresses stay what they were."""
        options = {name: _option(value) for name, value in settings.items()}
        self.deployment.deploy(**options)
        self._settle(settings)

    def deploy_under_load(self, settings: dict[str, Any]) -> None:
        """The same while events come in; how many were accepted differs from run to run."""
        done = threading.Event()
        with ThreadPoolExecutor(1) as pool:
            sent = pool.submit(self._send_until, done)
            try:
                self.deploy(settings)
            finally:
                done.set()
        self.accepted |= sent.result()

    def _settle(self, settings: dict[str, Any]) -> None:
        self._auth = settings["auth"]
        outputs = self.deployment.outputs
        addresses = {name: outputs[name] for name in ADDRESSES}
        self._addresses = self._addresses or addresses
        assert addresses == self._addresses
        self._gateway = self._gateway or Gateway(self.deployment)

    def send(self) -> None:
        """One event by HTTP and one by the queue, sent until they are accepted."""
        assert self._gateway
        by_http, by_queue = (f"{kind}-{secrets.token_hex(4)}" for kind in ("http", "queue"))
        # A client sends again what was throttled: with throttleRate=1 that takes a second or two.
        eventually(lambda: self._status(by_http) == 202)
        body = {"ApplicationId": APPLICATION, "EventsRequest": _event(by_queue)}
        self._gateway.produce(json.dumps(body))
        eventually(lambda: self._gateway and self._gateway.waiting() == 0)
        self.accepted |= {by_http, by_queue}

    @property
    def stored(self) -> set[str]:
        """The ids of the events that Athena finds."""
        return set(Lake(self.deployment).events(ENDPOINT, "day"))

    def dead_letters(self) -> int:
        """How many messages were given up."""
        assert self._gateway
        return len(self._gateway.dead_letters())

    def _send_until(self, done: threading.Event) -> set[str]:
        """The ids of events that were accepted, as a client of before the update sends them."""
        auth, accepted = self._auth, set()
        while not done.wait(PAUSE_SECONDS):
            event_id = f"during-{secrets.token_hex(4)}"
            if self._status(event_id, auth) == 202:
                accepted.add(event_id)
        return accepted

    def _status(self, event_id: str, auth: str = "") -> int:
        assert self._gateway
        path, body = f"/v1/apps/{APPLICATION}/events", json.dumps(_event(event_id)).encode()
        auth = auth or self._auth
        if auth == "iam":
            return self._gateway.call(path, body).status
        headers = {"Content-Type": "application/json", **self._authorization(auth)}
        return send(self.deployment.api + path, body, headers=headers).status

    def _authorization(self, auth: str) -> dict[str, str]:
        if auth == "cognito":
            return {"Authorization": self.pool.token}
        if auth == "api-key":
            keys = self.deployment.emulator.client("apigateway").get_api_keys(includeValues=True)
            return {"X-Api-Key": keys["items"][-1]["value"]} if keys["items"] else {}
        return {}


def _event(event_id: str) -> dict[str, Any]:
    return request(ENDPOINT, {event_id: EVENT})


def _option(value: Any) -> Any:
    """A value as the command line has it."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return str(value).lower()
    return ",".join(map(str, value)) if isinstance(value, list) else value
