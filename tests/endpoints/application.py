"""What a test does to the endpoints of an application, and sees of them."""

from time import time_ns
from typing import Any

from putevents.destinations import Home
from putevents.time_left import TimeLeft
from putevents.wire.arrival import Arrival
from putevents.wire.schemas import EndpointResponse, PublicEndpoint, ValidBatch

START = 1_764_054_000_000


class Endpoints:
    """The endpoints of one application; each update arrives after the last one, unless told."""

    def __init__(self, destination: Home, application_id: str) -> None:
        self.destination, self.application_id, self._now = destination, application_id, 0

    def update(self, id_: str, late: int = 0, **members: Any) -> tuple[int, str]:
        """Apply an update that `late` others have overtaken; the answer's status and message."""
        self._now += 1
        endpoint = PublicEndpoint.model_validate(members)
        moment = 10 * (self._now - 1 - late) + 1 if late else 10 * self._now
        arrival = Arrival("request", START + moment)
        answers = self.destination.deliver(
            self.application_id, {id_: ValidBatch(endpoint, {})}, {id_: arrival}, TimeLeft()
        )
        answer = answers[id_]["EndpointItemResponse"]
        return answer["StatusCode"], answer["Message"]

    def catch_up(self) -> None:
        """Let what follows arrive after what was deleted by the clock."""
        self._now = (time_ns() // 1_000_000 - START) // 10 + 1

    def find(self, id_: str) -> EndpointResponse | None:
        return self.destination.get_endpoint(self.application_id, id_)

    def get(self, id_: str) -> EndpointResponse:
        found = self.find(id_)
        assert found
        return found

    def user(self, id_: str) -> Any:
        return self.get(id_).get("User")

    def statuses(self, ids: str) -> list[str]:
        return [self.get(id_)["EndpointStatus"] for id_ in ids]

    def of_user(self, user_id: str) -> set[str]:
        found = self.destination.get_user_endpoints(self.application_id, user_id)
        return {endpoint["Id"] for endpoint in found}


def user(user_id: str, **attributes: list[str]) -> dict[str, Any]:
    return {"UserId": user_id, "UserAttributes": attributes}
