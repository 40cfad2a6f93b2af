"""Clients that keep `make run` busy, in a process of their own: prints events a second."""

import asyncio
import json
import re
import sys
import time
import uuid
from typing import Any

SECONDS = 60  # until a response is waited for no more


def event() -> dict[str, Any]:
    """A typical event, as it happens now."""
    now = time.time_ns() // 1_000_000
    moment = time.strftime("%Y-%m-%dT%H:%M:%S", time.gmtime(now / 1000))
    return {
        "EventType": "song.played",
        "Timestamp": f"{moment}.{now % 1000:03d}Z",
        "Attributes": {"genre": "jazz", "plan": "pro", "screen": "player"},
        "Metrics": {"seconds": 187.5},
        "Session": {"Id": "8f0c1d2e-3b4a", "StartTimestamp": f"{moment}.000Z"},
        "SdkName": "amplify-flutter",
    }


def body(endpoint_id: str, events: int) -> bytes:
    """An EventsRequest of new events."""
    one = event()
    batch = {"Endpoint": {}, "Events": {str(uuid.uuid4()): one for _ in range(events)}}
    return json.dumps({"BatchItem": {endpoint_id: batch}}).encode()


async def _client(port: int, number: int, events: int, end: float) -> int:
    """Send until the end, one request after the other; how many events were answered."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    answered = 0
    while time.monotonic() < end:
        data = body(f"endpoint-{number}", events)
        head = (
            "POST /v1/apps/my-app/events HTTP/1.1\r\nHost: localhost\r\n"
            f"Content-Type: application/json\r\nContent-Length: {len(data)}\r\n\r\n"
        )
        writer.write(head.encode() + data)
        async with asyncio.timeout(SECONDS):
            told = await reader.readuntil(b"\r\n\r\n")
            length = re.search(rb"content-length: (\d+)", told.lower())
            answer = await reader.readexactly(int(length[1]) if length else 0)
        if answer.count(b'"Accepted"') < events:
            sys.exit(f"not all was accepted: {answer[:500]!r}")
        answered += events
    writer.close()
    return answered


async def load(port: int, clients: int, events: int, seconds: float) -> float:
    """Events a second that all clients together had answered."""
    started = time.monotonic()
    sending = [_client(port, n, events, started + seconds) for n in range(clients)]
    answered = await asyncio.gather(*sending)
    return sum(answered) / (time.monotonic() - started)


if __name__ == "__main__":
    print(asyncio.run(load(*map(int, sys.argv[1:]))))
