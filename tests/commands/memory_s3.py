"""A bucket in memory, as far as `forget` asks S3, that ends the program around a change."""

from collections.abc import Callable
from io import BytesIO
from itertools import count
from pathlib import Path
from typing import Any

from botocore.exceptions import ClientError


class KilledError(BaseException):
    """The process is gone; no handler of the program sees it."""


class Kill:
    """Ends the program at the step of this number, and counts the steps."""

    def __init__(self, at: int | None = None) -> None:
        self._at, self.steps = at, 0

    def step(self) -> None:
        """One more point at which a process can end."""
        self.steps += 1
        if self.steps == self._at:
            raise KilledError


class MemoryS3:
    """Objects with all of their versions, the newest first."""

    def __init__(self, status: str) -> None:
        self.status, self.kill = status, Kill()
        self.versions: dict[str, list[tuple[str, bytes]]] = {}
        self._ids = count(1)

    def put(self, key: str, body: bytes) -> None:
        """Write an object; without versioning it replaces the one of that name."""
        old = self.versions.get(key, []) if self.status else []
        self.versions[key] = [(str(next(self._ids)), body), *old]

    def get_bucket_versioning(self, **_: str) -> dict[str, str]:
        return {"Status": self.status}

    def get_object(self, *, Bucket: str, Key: str, VersionId: str = "") -> Any:  # noqa: N803 # S3's
        for id_, body in self.versions.get(Key, []):
            if VersionId in ("", id_):
                return {"Body": BytesIO(body)}
        raise ClientError({"Error": {"Code": "NoSuchVersion"}}, "GetObject")

    def head_object(self, **_: str) -> dict[str, str]:
        return {}

    def upload_file(self, path: str, bucket: str, key: str, **_: Any) -> None:
        self._change(lambda: self.put(key, Path(path).read_bytes()))

    def delete_object(self, *, Bucket: str, Key: str, VersionId: str = "") -> None:  # noqa: N803 # S3's
        def delete() -> None:
            left = [v for v in self.versions.pop(Key, []) if VersionId and v[0] != VersionId]
            if left:
                self.versions[Key] = left

        self._change(delete)

    def get_paginator(self, name: str) -> "_Pages":
        return _Pages(self, name)

    def _change(self, change: Callable[[], None]) -> None:
        self.kill.step()
        change()
        self.kill.step()


class _Pages:
    def __init__(self, s3: MemoryS3, name: str) -> None:
        self._s3, self._name = s3, name

    def paginate(self, *, Bucket: str, Prefix: str) -> list[Any]:  # noqa: N803 # S3's
        items = [
            {"Key": key, "Size": len(body), "VersionId": id_, "IsLatest": place == 0}
            for key, versions in sorted(self._s3.versions.items())
            if key.startswith(Prefix)
            for place, (id_, body) in enumerate(versions)
        ]
        if self._name == "list_object_versions":
            return [{"Versions": items}]
        return [{"Contents": [item for item in items if item["IsLatest"]]}]
