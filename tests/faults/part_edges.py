"""What goes wrong at AWS's services: they answer a call part by part, or as a whole.

Each fault has the name that it has at a PutEvents server (`edges.DESTINATION`).
"""

import json
from typing import Any

from tests.faults import edges
from tests.faults.edges import Call, Ending, Fault

FINAL = "MalformedDetail"  # to EventBridge; to the others it is an error like any


def single(code: str) -> Fault:
    """Some of the parts are not taken, and their answers say so."""

    def fault(call: Call) -> Ending:
        some = call.some()
        body = call.do(some)
        answers = _answers(body)
        for number in some:
            answers[number] = {"ErrorCode": code, "ErrorMessage": "no"}
        [count] = (name for name, value in body.items() if isinstance(value, int))
        return _ok({**body, count: len(some)})

    return fault


def whole(code: str, status: int) -> Fault:
    """The call fails as a whole."""
    return edges.whole(status, {"__type": code, "message": "no"})


def left_out(call: Call) -> Ending:
    """The last parts are not taken and not answered."""
    count = len(call.some())
    last = set(range(len(call.items) - count, len(call.items)))
    return _without_last(call.do(last), count)


def forgetting(call: Call) -> Ending:
    """All are taken, and the last ones are not answered."""
    return _without_last(call.do(), len(call.some()))


def inventing(call: Call) -> Ending:
    """There are answers for more parts than were sent."""
    body = call.do()
    _answers(body).extend(_answers(body)[:3])
    return _ok(body)


def misreporting(call: Call) -> Ending:
    """Nothing is taken, and what should be answers are none."""
    everything = set(range(len(call.items)))
    body = call.do(everything)
    _answers(body)[:] = [{}, None, {"ErrorCode": None}] * len(everything)
    return _ok(body)


def _without_last(body: Any, count: int) -> Ending:
    del _answers(body)[-count:]
    return _ok(body)


def _answers(body: Any) -> list[Any]:
    [answers] = (value for value in body.values() if isinstance(value, list))
    return answers


def _ok(body: Any) -> Ending:
    return 200, json.dumps(body).encode()


# A call to a table has no parts.
TABLE: dict[str, Fault] = {
    "well": edges.well,
    "whole 400": whole("ResourceNotFoundException", 400),  # it was deleted
    "whole 403": whole("AccessDeniedException", 400),
    "whole 429": whole("ProvisionedThroughputExceededException", 400),
    "whole 500": whole("InternalFailure", 500),
    "whole 503": whole("ServiceUnavailableException", 503),
    "a page of HTML": edges.DESTINATION["a page of HTML"],
    "broken body": edges.whole(200, b'{"Responses": {"'),
    "half an answer": edges.truncated,
    "refusing connections": edges.refusing,
    "resetting": edges.resetting,
    "resetting when done": edges.resetting_after,
    "hanging": edges.hanging,
    "hanging when done": edges.hanging_after,
}
PARTS: dict[str, Fault] = {
    **TABLE,
    "400 for some": single(FINAL),
    "429 for some": single("ProvisionedThroughputExceededException"),
    "500 for some": single("InternalFailure"),
    "503 for some": single("ServiceUnavailableException"),
    "no answer for some": left_out,
    "whole 413": edges.whole(413, b""),
    "an empty object": edges.whole(200, b"{}"),
    "ids left out": forgetting,
    "ids invented": inventing,
    "no answers at all": misreporting,
}
FAULTS = {
    "pinpoint": edges.DESTINATION,
    "lake": PARTS,
    "table": TABLE,
    "stream": PARTS,
    "bus": PARTS,
}
