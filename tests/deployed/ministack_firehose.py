"""MiniStack's Firehose with a strict conversion to Parquet, and records of several documents.

A value that is not of its column's type fails the whole record into the error prefix; that is
stricter than AWS, which reads a number's digits in a text.
"""

import json
import tempfile
import threading
from functools import cache
from importlib import import_module
from pathlib import Path
from typing import Any

import duckdb
from sqlglot import exp

from commands.sql.dialect import connect, duckdb_type, quoted

firehose: Any = import_module("ministack.services.firehose")
glue: Any = import_module("ministack.services.glue")
_deliver = firehose._deliver_to_s3
_partition_keys = firehose._metadata_extraction_keys
_COMPRESSIONS = {"GZIP": "gzip", "UNCOMPRESSED": "uncompressed"}
_PRIMITIVES: dict[exp.DType, tuple[type, ...]] = {
    exp.DType.TEXT: (str,),
    exp.DType.BIGINT: (int,),
    exp.DType.INT: (int,),
    exp.DType.DOUBLE: (float, int),
    exp.DType.BOOLEAN: (bool,),
}
_connection = connect()
_lock = threading.Lock()


def install() -> None:
    """Put this in MiniStack's place."""
    firehose._convert_to_parquet = convert
    firehose._deliver_to_s3 = deliver
    firehose._metadata_extraction_keys = partition_keys


def deliver(stream: Any, destination: Any, data: bytes, keys: Any = None) -> None:
    """Deliver a record, or what de-aggregation makes of it: an object for each partition."""
    for part in _parts(destination["config"], data):
        _deliver(stream, destination, part, keys)


def partition_keys(config: dict[str, Any], data: bytes) -> Any:
    """The keys of a part that `deliver` made, all of whose documents have the same."""
    if not _deaggregates(config):
        return _partition_keys(config, data)
    return _partition_keys(config, data.split(b"\n", 1)[0])


def convert(conversion: dict[str, Any], data: bytes) -> bytes:
    """The record's documents as a Parquet file with the columns of the Glue table."""
    serializer = conversion["OutputFormatConfiguration"]["Serializer"].get("ParquetSerDe")
    if serializer is None:
        raise firehose._conversion_error("unsupported")
    columns = _columns(conversion["SchemaConfiguration"])
    lower = _lowers_keys(conversion)
    lines = [_line(document, columns, lower=lower) for document in firehose._json_documents(data)]
    compression = _COMPRESSIONS.get(serializer.get("Compression", ""), "snappy")
    types = ", ".join(f"{quoted(name)}: '{duckdb_type(text)}'" for name, text in columns.items())
    with tempfile.TemporaryDirectory() as folder, _lock:
        source, target = Path(folder, "in.json"), Path(folder, "out.parquet")
        source.write_text("\n".join(lines), encoding="utf-8")
        try:
            _connection.execute(
                f"COPY (FROM read_json('{source}', format = 'newline_delimited',"
                f" columns = {{{types}}}, maximum_object_size = 16777216))"
                f" TO '{target}' (FORMAT parquet, COMPRESSION {compression})"
            )
        except duckdb.Error as error:
            raise firehose._conversion_error("mismatch") from error
        return target.read_bytes()


def _columns(schema: dict[str, str]) -> dict[str, str]:
    table = glue._tables.get(f"{schema['DatabaseName']}/{schema['TableName']}")
    if not table:
        raise firehose._conversion_error("table")
    return {column["Name"]: column["Type"] for column in table["StorageDescriptor"]["Columns"]}


def _lowers_keys(conversion: dict[str, Any]) -> bool:
    """Whether a document's own keys are read in any case; those of maps and structs never are."""
    deserializer = conversion["InputFormatConfiguration"]["Deserializer"]
    return bool((deserializer.get("OpenXJsonSerDe") or {}).get("CaseInsensitive", True))


def _line(document: dict[str, Any], columns: dict[str, str], *, lower: bool) -> str:
    known = {key.lower() if lower else key: value for key, value in document.items()}
    known = {name: known.get(name) for name in columns}
    if not all(_fits(value, _hive_type(columns[name])) for name, value in known.items()):
        raise firehose._conversion_error("mismatch")
    return json.dumps(known)


@cache
def _hive_type(text: str) -> exp.DataType:
    return exp.DataType.build(text, dialect="hive")


def _fits(value: Any, kind: exp.DataType) -> bool:
    """Whether a value of JSON is of the type; what is missing always is."""
    if value is None:
        return True
    if kind.is_type("array"):
        return isinstance(value, list) and all(_fits(v, kind.expressions[0]) for v in value)
    if kind.is_type("map"):
        fits = kind.expressions[1]
        return isinstance(value, dict) and all(_fits(v, fits) for v in value.values())
    if kind.is_type("struct"):
        members = {member.name: member.kind for member in kind.expressions}
        return isinstance(value, dict) and all(_fits(value.get(n), k) for n, k in members.items())
    allowed = _PRIMITIVES[kind.this]
    return isinstance(value, allowed) and (bool in allowed or not isinstance(value, bool))


def _deaggregates(config: dict[str, Any]) -> bool:
    processing = config.get("ProcessingConfiguration") or {}
    kinds = {processor["Type"] for processor in processing.get("Processors") or ()}
    return bool(processing.get("Enabled")) and "RecordDeAggregation" in kinds


def _parts(config: dict[str, Any], data: bytes) -> list[bytes]:
    """The record itself, or its documents joined again by what partitions them."""
    if not _deaggregates(config):
        return [data]
    try:
        documents = [json.dumps(document).encode() for document in firehose._json_documents(data)]
    except firehose._DeliveryError:
        return [data]  # whole to the error prefix
    keys = [_key(config, document) for document in documents]
    return [
        b"\n".join(d for d, k in zip(documents, keys, strict=True) if k == key)
        for key in dict.fromkeys(keys)
    ]


def _key(config: dict[str, Any], document: bytes) -> str | None:
    """What a document's partition is told by; None if nothing tells it, which fails it later."""
    try:
        return json.dumps(_partition_keys(config, document))
    except firehose._DeliveryError:
        return None
