"""The objects of a deployed lake in which a person can be, and how each is searched."""

import re
from collections.abc import Iterator
from typing import Any, NamedTuple

PARQUET, FAILED, RESULT = "parquet", "failed", "result"
_EVENTS = re.compile(r"events/application_id=([^/]+)/day=(\d{4}-\d\d-\d\d)/")
_DAY = re.compile(r"/day=(\d{4}-\d\d-\d\d)/")


class Found(NamedTuple):
    """An object, or a version of one that is not the current one."""

    key: str
    size: int
    version: str = ""

    @property
    def name(self) -> str:
        """By which the journal knows it."""
        return f"{self.key}?{self.version}" if self.version else self.key

    @property
    def application_id(self) -> str | None:
        """The application of all events in it, if its path names one."""
        found = _EVENTS.match(self.key)
        return found[1] if found else None


class Scope(NamedTuple):
    """The days and the application to which a search is limited; None is no limit."""

    since: str | None = None
    until: str | None = None
    application_id: str | None = None

    def has(self, key: str) -> bool:
        """Whether an object is in it."""
        day = _DAY.search(key)
        if day and not (self.since or "") <= day[1] <= (self.until or "9999"):
            return False
        events = _EVENTS.search(key)
        return not (events and self.application_id and events[1] != self.application_id)

    def folders(self) -> Iterator[tuple[str, str]]:
        """Each folder of the bucket, and how its objects are searched."""
        one = f"application_id={self.application_id}/" if self.application_id else ""
        yield f"events/{one}", PARQUET
        yield "errors/", FAILED
        yield "rejected/", PARQUET  # after the events, which tell more of the user's endpoints
        yield "athena-results/", RESULT


class Bucket:
    """The lake's bucket."""

    def __init__(self, s3: Any, name: str) -> None:
        self.s3, self.name = s3, name
        status = s3.get_bucket_versioning(Bucket=name).get("Status", "")
        self.is_versioned = status in ("Enabled", "Suspended")

    def list(self, prefix: str) -> Iterator[Found]:
        """What lies in a folder: objects, and the versions that are not current any more."""
        if not self.is_versioned:
            pages = self.s3.get_paginator("list_objects_v2")
            for page in pages.paginate(Bucket=self.name, Prefix=prefix):
                for item in page.get("Contents", []):
                    yield Found(item["Key"], item["Size"])
            return
        pages = self.s3.get_paginator("list_object_versions")
        for page in pages.paginate(Bucket=self.name, Prefix=prefix):
            for item in page.get("Versions", []):
                version = "" if item["IsLatest"] else item["VersionId"]
                yield Found(item["Key"], item["Size"], version)

    def applications(self) -> set[str]:
        """Those that events are kept of."""
        pages = self.s3.get_paginator("list_objects_v2")
        folders = [
            folder["Prefix"]
            for page in pages.paginate(Bucket=self.name, Prefix="events/", Delimiter="/")
            for folder in page.get("CommonPrefixes", [])
        ]
        return {
            name.removesuffix("/")
            for _, is_one, name in (folder.partition("application_id=") for folder in folders)
            if is_one
        }

    def delete(self, found: Found) -> int:
        """Delete an object with all of its versions, or only the version; how many there were."""
        if not self.is_versioned:
            self.s3.delete_object(Bucket=self.name, Key=found.key)
            return 1
        versions = [found.version] if found.version else list(self._versions(found.key))
        for version in versions:
            self.s3.delete_object(Bucket=self.name, Key=found.key, VersionId=version)
        return len(versions)

    def _versions(self, key: str) -> Iterator[str]:
        """The versions of an object, and the marks that it was deleted; the current one last.

        After a kill no older one stands in its place.
        """
        pages = self.s3.get_paginator("list_object_versions")
        found = [
            (item["IsLatest"], item["VersionId"])
            for page in pages.paginate(Bucket=self.name, Prefix=key)
            for item in [*page.get("Versions", []), *page.get("DeleteMarkers", [])]
            if item["Key"] == key
        ]
        yield from (version for _, version in sorted(found))
