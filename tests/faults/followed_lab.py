"""The lab with several destinations: the real ones, over the clients that they have on AWS."""

import os
from contextlib import AbstractContextManager
from typing import Any
from unittest.mock import patch

from putevents.breaker import Breaker
from putevents.destinations import load_destination
from putevents.destinations.bus import BusDestination
from putevents.destinations.lake.destination import LakeDestination
from putevents.destinations.stream import StreamDestination
from putevents.gateway import Follower
from tests.faults.lab import SETTINGS, Lab, hook_client, running
from tests.faults.part_edges import FAULTS
from tests.faults.services import ENVIRONMENT, SERVICES, table
from tests.faults.world import World

# What is deployed together, the first of each at home.
LISTS = {
    "lake,stream": ("lake", "stream"),
    "lake,bus": ("lake", "bus"),
    "lake,pinpoint": ("lake", "pinpoint"),
    "pinpoint,stream": ("pinpoint", "stream"),
    "pinpoint,bus": ("pinpoint", "bus"),
    "lake,stream,bus": ("lake", "stream", "bus"),
}


class FollowedLab(Lab):
    """Each destination, and the lake's table, fails as a test says."""

    names = "lake,stream"

    def connect(self) -> None:
        """Make them all."""
        home, *followers = LISTS[self.names]
        self.settings = SETTINGS.model_copy(update={"destination": (home, *followers)})
        with patch.dict(os.environ, ENVIRONMENT):
            self.destination = _destination(self.world, home)
            self.followers = tuple(
                Follower(name, _destination(self.world, name), Breaker(0)) for name in followers
            )

    def fail(self, name: str, fault: str) -> None:
        """Let one of them fail, as it does of its kind."""
        self.world.faults[name] = FAULTS[name][fault]


def running_followed_lab(names: str, seed: int = 0) -> AbstractContextManager[FollowedLab]:
    """A lab whose gateway has these destinations."""
    return running(type("Followed", (FollowedLab,), {"names": names}), seed)


def _destination(world: World, name: str) -> Any:
    destination: Any = load_destination(name)
    match destination:
        case LakeDestination():
            client: Any = destination._streams._client
            items: Any = destination._endpoints._store
            items.parallel = 1  # one call after the other: the run can be repeated
            hook_client(items._client, world, table(world))
        case StreamDestination() | BusDestination():
            client = destination._client
        case _:
            hook_client(destination._client, world, world.ask_pinpoint)
            return destination
    hook_client(client, world, SERVICES[name].asked(name, world))
    return destination
