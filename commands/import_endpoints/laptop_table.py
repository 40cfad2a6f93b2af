"""Writes endpoints into the store of `make run`, which may be running meanwhile."""

from pathlib import Path

from commands.exit_codes import StoppedError
from commands.store_errors import store_errors
from local.database import FILE, Database
from local.endpoint_items import SqliteItems
from local.typed import typed
from putevents.endpoints.store import StoreError
from putevents.endpoints.table import EndpointTable
from putevents.endpoints.update import Change
from putevents.time_left import TimeLeft

_OTHERS = 10
# Both by the index.
_HAS_ANY = "SELECT 1 FROM endpoint_items WHERE application_id = ? LIMIT 1"
_NEXT = "SELECT min(application_id) FROM endpoint_items WHERE application_id > ?"


class LaptopTable:
    """The endpoints of one application in a SQLite file."""

    def __init__(self, folder: Path, application_id: str) -> None:
        self.name = str(folder.resolve() / FILE)
        self.application_id = application_id
        if not Path(self.name).exists():  # in a mistyped folder nobody would look for them
            raise StoppedError(
                f"Nothing is stored in {folder}: start `{typed('run', folder)}` once."
            )
        self._database = Database(Path(self.name))
        with store_errors(Path(self.name)):
            self._database.check()

    @property
    def others(self) -> list[str]:
        """Up to ten applications that have endpoints here, if this one has none."""
        found: list[str] = []
        with store_errors(Path(self.name)), self._database.transaction() as connection:
            if connection.execute(_HAS_ANY, (self.application_id,)).fetchone():
                return []
            while len(found) < _OTHERS:
                [(name,)] = connection.execute(_NEXT, (found[-1] if found else "",))
                if name is None:
                    break
                found.append(name)
        return found

    def write(self, changes: dict[str, Change]) -> dict[str, str]:
        """Store all or none: the rules that rejected ones break. Or StoppedError."""
        try:
            with (
                store_errors(Path(self.name)),
                self._database.transaction() as connection,
            ):
                table = EndpointTable(SqliteItems(connection))
                stored, failed = table.update_each(self.application_id, changes, TimeLeft())
                if failed:
                    raise failed[0]
        except StoreError as error:
            raise StoppedError(f"{self.name} cannot be written: {error}") from None
        return {id_: item.rejection for id_, item in stored.items() if item.rejection}
