"""The functions' settings on a laptop, where `*` stands for every id that a deploy may serve."""

import re

from local.environment import APPLICATION_ID
from putevents.settings import Settings


class LaptopSettings(Settings):
    """As on AWS, where an id that no deploy setting allows is unknown."""

    def serves(self, application_id: str) -> bool:
        """Whether the gateway takes events for the application, and a deployed one could."""
        could_be = re.fullmatch(APPLICATION_ID, application_id) is not None
        return could_be and super().serves(application_id)
