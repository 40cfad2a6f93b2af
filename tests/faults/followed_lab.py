"""The lab with two destinations: home, which tells endpoints or not, and a follower beside it."""

import json
from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from botocore.exceptions import BotoCoreError, ReadTimeoutError

from putevents.breaker import Breaker
from putevents.call_deadline import at_most
from putevents.gateway import Follower
from putevents.time_left import DELIVERY_SECONDS, TimeLeft
from putevents.wire.arrival import Arrivals
from putevents.wire.schemas import EndpointResponse, ItemResponse, ValidBatch
from tests.faults.edges import Call
from tests.faults.lab import SETTINGS, Lab, running_lab
from tests.faults.ledger import Key, keys
from tests.faults.world import World
from tests.upstream import accept_all

HOMES = ["lake", "pinpoint"]


class EdgeDestination:
    """Stores what its fault lets it, and answers so far as the fault lets it."""

    takes_endpoints, tells_endpoints, keeps_rejected = False, False, False

    def __init__(self, world: World) -> None:
        self.world = world

    def deliver(
        self,
        application_id: str,
        batch_item: dict[str, ValidBatch],
        arrivals: Arrivals,
        time_left: TimeLeft,
    ) -> Mapping[str, ItemResponse]:
        """Deliver as a client with a deadline does."""
        asked = {"BatchItem": {id_: {"Events": [*b.events]} for id_, b in batch_item.items()}}
        items = keys(application_id, asked)

        def do(but: set[int]) -> Any:
            self.stored.update(key for n, key in enumerate(items) if n not in but)
            return accept_all(asked)

        self.world.calls += 1
        self.world.pass_moment()
        try:
            status, body = self.fault(Call(items, do, self.world.chance))
            answers = json.loads(body)["Results"] if status < 300 else {}
        except ReadTimeoutError:
            self.world.sleep(at_most(DELIVERY_SECONDS))
            answers = {}
        except (BotoCoreError, ValueError, KeyError):
            answers = {}
        self.world.pass_moment()
        told: Mapping[str, ItemResponse] = self.told(batch_item, answers)
        return told

    @property
    def stored(self) -> Counter[Key]:
        """What it has."""
        return self.world.followed

    @property
    def fault(self) -> Any:
        """How it behaves."""
        return self.world.follower

    def told(self, batch_item: dict[str, ValidBatch], answers: Any) -> Any:
        """What it answers."""
        assert all(batch.stored and batch.endpoint is None for batch in batch_item.values())
        return answers


class TellingHome(EdgeDestination):
    """A home that tells endpoints, with the rest of what one does."""

    takes_endpoints, tells_endpoints = True, True

    @property
    def stored(self) -> Counter[Key]:
        """What it has."""
        return self.world.stored

    @property
    def fault(self) -> Any:
        """How it behaves."""
        return self.world.destination

    def told(self, batch_item: dict[str, ValidBatch], answers: Any) -> Any:
        """What it answers, with the endpoints it knows."""
        for id_ in batch_item.keys() & answers.keys():
            answers[id_]["Stored"] = batch_item[id_].stored or {"Id": id_, "ApplicationId": "a"}
        return answers

    def keep_rejected(self, *_: Any) -> bool:
        """Keep nothing."""
        return False

    def forgotten(self, *_: Any) -> set[str]:
        """Return nobody."""
        return set()

    def get_endpoint(self, *_: Any) -> EndpointResponse | None:
        """Return nothing."""
        return None

    def get_user_endpoints(self, *_: Any) -> list[EndpointResponse]:
        """Return nothing."""
        return []

    delete_endpoint, delete_user_endpoints = get_endpoint, get_user_endpoints


@contextmanager
def running_followed_lab(home: str, seed: int = 0) -> Iterator[Lab]:
    """A lab whose gateway has this home, and a stream that follows it."""
    with running_lab(seed) as lab:
        lab.settings = SETTINGS.model_copy(update={"destination": (home, "stream")})
        if home == "lake":
            lab.destination = TellingHome(lab.world)
        lab.followers = (Follower("stream", EdgeDestination(lab.world), Breaker(0)),)
        lab.redeploy()
        yield lab
