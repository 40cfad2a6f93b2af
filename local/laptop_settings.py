"""The functions' settings on a laptop, where `*` stands for every id that a deploy may serve."""

from local.served_ids import can_be_deployed
from putevents.settings import Settings


class LaptopSettings(Settings):
    """As on AWS, where an id that no deploy setting allows is unknown."""

    def serves(self, application_id: str) -> bool:
        """Whether the gateway takes events for the application, and a deployed one could."""
        could_be = can_be_deployed(application_id, self.destination)
        return could_be and super().serves(application_id)
