"""What goes wrong in a storm: where Pinpoint stood, or in the lake."""

from collections.abc import Callable

from tests.deployed.aws_faults import (
    Fault,
    Faults,
    dynamodb_down,
    dynamodb_throttled,
    fail_records,
    firehose_down,
    lose_answer,
)
from tests.deployed.putevents_server import (
    ACCEPTED,
    Behaviour,
    Call,
    Reply,
    Upstream,
    accept,
    fail,
    respond,
)

Faulty = dict[str, Callable[[], None]]


class PinpointWeather:
    """Over another PutEvents server; `kill` kills whoever calls it."""

    def __init__(self, upstream: Upstream, kill: Callable[[], None]) -> None:
        self._upstream, self._kill = upstream, kill
        self.clear = upstream.recover

    def faults(self) -> Faulty:
        """See Weather."""
        behaviours: dict[str, Behaviour] = {
            "whole 500": fail(500, "InternalServerErrorException"),
            "whole 429": fail(429, "TooManyRequestsException"),
            "whole 403": fail(403, "ForbiddenException"),
            "500 for some": _some(500),
            "no answer for some": _some(None),
            "half an answer": _half,
            "kill in mid-call": self._kill_in_mid_call,
        }

        def bring(behaviour: Behaviour) -> Callable[[], None]:
            def about() -> None:
                self._upstream.recover()
                self._upstream.behaviour = behaviour

            return about

        return {
            "stop": self._upstream.stop,
            **{name: bring(behaviour) for name, behaviour in behaviours.items()},
        }

    def _kill_in_mid_call(self, call: Call) -> Reply:
        """The events are taken, and whoever brought them dies before it hears so."""
        self._kill()
        return accept(call)


LAKE_FAULTS: dict[str, list[Fault]] = {
    "Firehose fails every third record": [fail_records(3)],
    "Firehose fails all records": [fail_records(1, code="InternalFailure")],
    "Firehose is down": [firehose_down()],
    "Firehose's answers are lost": [lose_answer("firehose", "PutRecordBatch")],
    "updates are throttled": [dynamodb_throttled()],
    "every third read is throttled": [dynamodb_throttled("BatchGetItem", every=3)],
    "DynamoDB is down": [dynamodb_down(), dynamodb_down("BatchGetItem")],
    "DynamoDB's answers are lost": [lose_answer("dynamodb", "UpdateItem", every=2)],
}


class LakeWeather:
    """Over Firehose and DynamoDB."""

    def __init__(self, faults: Faults) -> None:
        self._faults = faults

    def faults(self) -> Faulty:
        """See Weather."""

        def bring(faults: list[Fault]) -> Callable[[], None]:
            return lambda: self._faults.set(*faults)

        return {name: bring(faults) for name, faults in LAKE_FAULTS.items()}

    def clear(self) -> None:
        """See Weather."""
        self._faults.set()


def _some(code: int | None) -> Behaviour:
    """Every third event is not taken."""
    item = {"StatusCode": code, "Message": "no"} if code else None

    def behaviour(call: Call) -> Reply:
        third = set(list(call.events)[::3])
        return respond(call, lambda key: item if key in third else ACCEPTED)

    return behaviour


def _half(call: Call) -> Reply:
    """Half of the answer arrives."""
    reply = accept(call)
    return Reply(reply.status, reply.body[: len(reply.body) // 2])
