"""The customers of the made-up shop: who they are, what they own, on which days they come."""

from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from random import Random
from typing import Any, NamedTuple

COUNTRIES = (("DEU", "Berlin", "de_DE", "EUR"), ("FRA", "Lyon", "fr_FR", "EUR"),
             ("USA", "Boston", "en_US", "USD"), ("GBR", "Leeds", "en_GB", "GBP"))  # fmt: skip
ANDROID = ("ANDROID", "GCM", "Google", "Pixel 9", ("14", "15", "16"), "amplify-android", "2.30.0")
IOS = ("iOS", "APNS", "Apple", "iPhone17,1", ("17.4", "18.1", "26.0"), "amplify-swift", "2.50.0")
WEB = ("web", None, "Mozilla", "Firefox", ("140.0", "144.0"), "aws-amplify", "6.15.0")
RELEASE_DAYS = 30  # a version of the app lives so long
UPDATES = (0, 7, 21, 45)  # days until a phone has the new build of the app
NEW = "-new"  # ends the id under which it sends: not that of the old build
BUGGY_DAYS = 4  # and so long its first build forgets a purchase's time


class Customer(NamedTuple):
    """One person, from the day of the first visit on."""

    number: int
    joined: date
    user_id: str | None  # nobody signs in who only looks
    plan: str
    country: tuple[str, str, str, str]
    devices: tuple[str, ...]  # endpoint ids of the old build
    updated: date  # since when phones have the new build; a page has none

    def days(self, until: date) -> Iterator[date]:
        """The days on which the customer comes: often at first, seldom later."""
        random = seeded(f"days of {self.joined} {self.number}")
        for later in range((until - self.joined).days + 1):
            chance = max(0.04, 0.5 / (1 + later * 0.2))
            if random.random() < chance or later == 0:
                yield self.joined + timedelta(days=later)

    def endpoint_id(self, device: str, day: date) -> str:
        """Under which id a device sends: a new build does not know the old one's."""
        is_new = day >= self.updated and kind_of(device) is not WEB
        return f"{device}{NEW}" if is_new else device

    def endpoint(self, device: str, at: datetime) -> dict[str, Any]:
        """What a device tells of itself with each request."""
        platform, channel, make, model, systems, _, _ = kind_of(device)
        country, city, locale, _ = self.country
        random = seeded(f"device {device}")
        endpoint: dict[str, Any] = {
            "Demographic": {
                "AppVersion": version(at.date()),
                "Locale": locale,
                "Make": make,
                "Model": model,
                "Platform": platform,
                "PlatformVersion": random.choice(systems),
                "Timezone": "Europe/Berlin",
            },
            "Location": {"Country": country, "City": city},
            "OptOut": random.choice(("NONE", "NONE", "ALL")),
        }
        if channel:
            endpoint |= {"ChannelType": channel, "Address": f"token-of-{device}"}
        if self.user_id:
            endpoint["User"] = {"UserId": self.user_id, "UserAttributes": {"plan": [self.plan]}}
        return endpoint


def customers_of(day: date) -> Iterator[Customer]:
    """Those who come for the first time on a day; the same each time they are made."""
    random = seeded(f"customers of {day}")
    for number in range(random.randint(2, 5) + (2 if day.weekday() >= 5 else 0)):
        name = f"{day:%Y%m%d}-{number}"
        user_id = f"user-{name}" if random.random() < 0.7 else None
        kinds = random.sample(("android", "ios", "web"), k=random.choice((1, 1, 2, 3)))
        devices = tuple(f"{kind}-{name}" for kind in (kinds if user_id else kinds[:1]))
        plan = random.choice(("free", "free", "plus"))
        country = random.choice(COUNTRIES)
        later = seeded(f"update of {name}").choice(UPDATES)
        updated = day + timedelta(days=later)
        yield Customer(number, day, user_id, plan, country, devices, updated)


def kind_of(device: str) -> tuple[Any, ...]:
    """What a device is, by its id."""
    return {"android": ANDROID, "ios": IOS, "web": WEB}[device.partition("-")[0]]


def version(day: date) -> str:
    """The app's version of a day."""
    release, age = divmod(day.toordinal(), RELEASE_DAYS)
    return f"{release % 10 + 1}.{0 if age < BUGGY_DAYS else 1}"


def is_buggy(day: date) -> bool:
    """Whether the app of that day is the build that forgets a time."""
    return day.toordinal() % RELEASE_DAYS < BUGGY_DAYS


def start_of_visit(random: Random, day: date, zone: Any) -> datetime:
    """When somebody comes: by day rather than by night, most in the evening."""
    hour = random.choices(range(24), weights=[1] * 7 + [3] * 10 + [6] * 5 + [2] * 2)[0]
    clock = time(hour, random.randrange(60), random.randrange(60), tzinfo=zone)
    return datetime.combine(day, clock)


def seeded(name: str) -> Random:
    """Chance that is the same each time."""
    return Random(name)  # noqa: S311 # no secret
