"""The past visits that the store lacks: not those of a person whom it was told to forget."""

from datetime import UTC, date, datetime, timedelta

from commands.demo.shop import APPLICATION, DAYS, Visit, history
from local.database import Database
from local.endpoint_items import SqliteItems
from putevents.endpoints.store import NO_END
from putevents.endpoints.table import EndpointTable
from putevents.wire.arrival import Arrival
from putevents.wire.schemas import EndpointResponse


def missing_visits(database: Database, now: datetime) -> list[Visit]:
    """What has arrived since the shop opened and is not stored yet, the earliest first."""
    with database.transaction() as connection:
        sql = "SELECT request_id, arrival_timestamp FROM batches WHERE application_id = ?"
        stored: dict[str, int] = dict(connection.execute(sql, (APPLICATION,)).fetchall())
        table = EndpointTable(SqliteItems(connection))
        return [
            visit
            for visit in history(_opened([*stored.values()], now), now)
            if visit.request_id not in stored and not _is_forgotten(table, visit)
        ]


def _opened(arrived: list[int], now: datetime) -> date:
    """The day on which the shop opened."""
    opened = now.date() - timedelta(days=DAYS - 1)
    if arrived:  # it goes on from where it began, else its first customers would stay away
        opened = min(opened, datetime.fromtimestamp(min(arrived) / 1000, UTC).date())
    return max(opened, now.date() - timedelta(days=365))


def _is_forgotten(table: EndpointTable, visit: Visit) -> bool:
    endpoint: EndpointResponse = {"ApplicationId": APPLICATION, "Id": visit.endpoint_id}
    if visit.user_id:
        endpoint["User"] = {"UserId": visit.user_id}
    arrival = Arrival(visit.request_id, int(visit.arrived.timestamp() * 1000))
    waiting, arrivals = {visit.endpoint_id: endpoint}, {visit.endpoint_id: arrival}
    return bool(table.forgotten(APPLICATION, waiting, arrivals, NO_END))
