"""What a request costs, part by part, in dollars a million requests."""

from commands.costs import prices
from commands.costs.cpu import CPU_MS
from commands.costs.measured import Measured


def bill(destination: str, events: int, measured: Measured) -> dict[str, float]:
    """The parts of a million requests' cost, without what another PutEvents server costs."""
    units = measured.units
    log_bytes = measured.log_bytes + prices.LOG_EVENT_BYTES * measured.log_lines
    parts = {
        "API Gateway, REST": prices.API_REQUESTS,
        "Lambda, requests": prices.LAMBDA_REQUESTS,
        "Lambda, time": _lambda(duration_ms(destination, events, measured)),
        "Lambda, cold starts": _lambda(prices.COLD_SHARE * prices.INIT_MS),
        "logs": log_bytes * prices.MILLION / prices.GB * prices.LOG_GB,
    }
    if destination == "lake":
        per_gb = prices.FIREHOSE_GB + prices.FIREHOSE_CONVERSION_GB
        parts |= {
            "Firehose": units["billed bytes"] * prices.MILLION / prices.GB * per_gb,
            "DynamoDB, reads": units["read units"] * prices.READ_UNITS,
            "DynamoDB, writes": units["write units"] * prices.WRITE_UNITS,
        }
    return parts


def duration_ms(destination: str, events: int, measured: Measured) -> float:
    """How long a warm request takes: its CPU time at the function's share, and its calls."""
    waiting = sum(ms * measured.units[name] for name, ms in prices.CALL_MS.items())
    calls = sum(measured.units[name] for name in prices.CALL_MS)
    cpu = CPU_MS[destination, events] + calls * prices.SOCKET_CPU_MS
    return cpu / prices.CPU_SHARE + waiting


def _lambda(milliseconds: float) -> float:
    seconds = milliseconds / 1000 * prices.MILLION
    return seconds * prices.MEMORY_GB * prices.LAMBDA_GB_SECOND
