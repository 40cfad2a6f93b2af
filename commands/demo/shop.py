"""What happened in the made-up shop: each visit as the requests that a device sent, in order."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from random import Random
from typing import Any, NamedTuple

from commands.demo.customers import (
    NEW,
    Customer,
    customers_of,
    is_buggy,
    kind_of,
    seeded,
    start_of_visit,
)
from commands.demo.new_build import envelopes

APPLICATION = "demo-shop"
PATH = f"/v1/apps/{APPLICATION}/events"
NEW_PATH = f"/v1/apps/{APPLICATION}/enriched-events"
DAYS = 90
LONG_KEY = "the-words-that-somebody-has-typed-into-the-search-field"
PRODUCTS = (("tea-pot", 24.5), ("green-tea", 7.9), ("cup", 12.0), ("gift-card", 25.0))


class Visit(NamedTuple):
    """One request: when it reached the gateway, its id, where it went, its body, whose it is."""

    arrived: datetime
    request_id: str
    path: str
    body: Any
    endpoint_id: str = ""
    user_id: str | None = None  # of who is signed in

    @property
    def is_of_new_build(self) -> bool:
        """Whether it brings enriched events, not an EventsRequest."""
        return isinstance(self.body, list)


def history(opened: date, now: datetime) -> list[Visit]:
    """All that has arrived since the shop opened, the earliest first.

    Each day is the same whenever it is made: a later call gives the same visits and the new ones.
    """
    days = (opened + timedelta(days=n) for n in range((now.date() - opened).days + 1))
    visits = [
        visit_of(customer, visited)
        for day in days
        for customer in customers_of(day)
        for visited in customer.days(now.date())
    ]
    return sorted(visit for visit in visits if visit.arrived <= now)


def visit_of(customer: Customer, day: date, at: datetime | None = None) -> Visit:
    """A customer's visit on a day, at a moment of that day or at any."""
    random = seeded(f"visit of {customer.joined} {customer.number} on {day} {at or ''}")
    device = random.choice(customer.devices)
    start = at or start_of_visit(random, day, UTC)
    name = f"{device}-{start:%Y%m%d%H%M%S}"
    events = dict(_events(random, customer, device, name, start))
    end = max(_moment(event) for event in events.values())
    # A phone without a network sends later.
    late = timedelta(hours=random.randint(1, 20)) if random.random() < 0.05 else timedelta(0)
    endpoint_id = customer.endpoint_id(device, start.date())
    arrived, endpoint = end + late + timedelta(seconds=1), customer.endpoint(device, start)
    whose = endpoint_id, customer.user_id
    if endpoint_id.endswith(NEW):
        body = envelopes(APPLICATION, endpoint_id, endpoint, events.items())
        return Visit(arrived, f"demo-{name}", NEW_PATH, body, *whose)
    batch = {endpoint_id: {"Endpoint": endpoint, "Events": events}}
    return Visit(arrived, f"demo-{name}", PATH, {"BatchItem": batch}, *whose)


def _events(
    random: Random, customer: Customer, device: str, name: str, start: datetime
) -> Iterator[tuple[str, dict[str, Any]]]:
    _, _, _, _, _, sdk, sdk_version = kind_of(device)
    session: dict[str, Any] = {"Id": name, "StartTimestamp": _text(start)}
    at, number = start, 0

    def event(kind: str, **more: Any) -> tuple[str, dict[str, Any]]:
        nonlocal number
        number += 1
        told = {"EventType": kind, "Timestamp": _text(at), "Session": session}
        app = {"AppPackageName": "com.example.shop", "AppTitle": "Demo Shop"}
        return f"{name}/{number}", {
            **told, **app, "SdkName": sdk, "ClientSdkVersion": sdk_version, **more
        }  # fmt: skip

    yield event("_session.start")
    if customer.user_id and start.date() == customer.joined:
        yield event("_userauth.sign_up")
    yield event("screen.viewed", Attributes={"screen": "home"})
    if random.random() < 0.3:  # each week has another
        year, week, _ = start.isocalendar()
        yield event(f"campaign.{year}w{week:02}.opened", Attributes={"screen": "home"})
    for product, price in random.sample(PRODUCTS, k=random.randint(0, 3)):
        at += timedelta(seconds=random.randint(5, 90))
        shown = {"_product_id": product}
        seconds = {"seconds": round(random.uniform(1, 60), 1)}
        yield event("product.viewed", Attributes=shown, Metrics=seconds)
        if random.random() < 0.35:
            at += timedelta(seconds=random.randint(5, 60))
            yield _purchase(random, event, customer, product, price, at)
    if random.random() < 0.03:  # a rule of Pinpoint's: a name has at most 50 characters
        yield event("search.done", Attributes={LONG_KEY: "tea"})
    at += timedelta(seconds=random.randint(2, 40))
    if random.random() < 0.9:
        duration = int((at - start).total_seconds() * 1000)
        session = {**session, "StopTimestamp": _text(at), "Duration": duration}
        yield event("_session.stop")


def _purchase(
    random: Random, event: Any, customer: Customer, product: str, price: float, at: datetime
) -> Any:
    told = {"_product_id": product, "_currency": customer.country[3]}
    sold = {"_quantity": float(random.choice((1, 1, 1, 2))), "_item_price": price}
    id_, purchase = event("_monetization.purchase", Attributes=told, Metrics=sold)
    if is_buggy(at.date()):
        del purchase["Timestamp"]
    return id_, purchase


def _moment(event: dict[str, Any]) -> datetime:
    return datetime.fromisoformat(event.get("Timestamp") or event["Session"]["StartTimestamp"])


def _text(moment: datetime) -> str:
    return moment.isoformat(timespec="milliseconds").replace("+00:00", "Z")
