"""What is fuzzed: each target takes bytes, runs one case, and raises if a promise is broken."""

from collections.abc import Callable

from tests.fuzz.door_targets import fuzz_endpoints, fuzz_put_events, fuzz_queue
from tests.fuzz.enriched_targets import fuzz_enriched
from tests.fuzz.fuzz_lab import Lab
from tests.fuzz.part_targets import fuzz_ingest, fuzz_split, fuzz_values
from tests.fuzz.reading_targets import fuzz_json, fuzz_parse

TARGETS: dict[str, Callable[[Lab, bytes], None]] = {
    "json": fuzz_json,
    "values": fuzz_values,
    "split": fuzz_split,
    "parse": fuzz_parse,
    "ingest": fuzz_ingest,
    "put-events": fuzz_put_events,
    "endpoints": fuzz_endpoints,
    "queue": fuzz_queue,
    "enriched-events": fuzz_enriched,
}
