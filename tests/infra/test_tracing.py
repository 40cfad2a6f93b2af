"""What is traced and what Lambda logs of its own, by setting."""

from typing import Any

import pytest

from infra.deploy_settings import DeploySettings, DeploySettingsError
from tests.infra.conftest import Deploy
from tests.infra.synthesis import Deployment

DOORS = ("api", "queue")


def rules(deployment: Deployment) -> list[dict[str, Any]]:
    """The sampling rules in the order in which they are asked."""
    found = [rule["SamplingRule"] for rule in deployment.all("XRay::SamplingRule")]
    return sorted(found, key=lambda rule: int(rule["Priority"]))


@pytest.mark.parametrize(("tracing", "mode"), [("off", None), ("functions", "Active")])
def test_the_stage_is_not_traced_unless_it_is_asked_for(
    deploy: Deploy, tracing: str, mode: str | None
) -> None:
    deployment = deploy(tracing=tracing)
    assert deployment.one("ApiGateway::Stage")["TracingEnabled"] is False
    modes = [deployment.function(door).get("TracingConfig", {}).get("Mode") for door in DOORS]
    assert modes == [mode, mode]
    assert rules(deployment) == []


def test_a_traced_stage_traces_a_share_of_what_brings_events_and_nothing_with_an_id_in_its_path(
    deploy: Deploy,
) -> None:
    deployment = deploy(tracing="stage", traceReservoir=2, traceRate=0.2)
    assert deployment.one("ApiGateway::Stage")["TracingEnabled"] is True
    events, others = rules(deployment)
    told = [
        (r["HTTPMethod"], r["URLPath"], r["ReservoirSize"], r["FixedRate"])
        for r in rules(deployment)
    ]
    assert told == [("POST", "*/events*", 2, 0.2), ("*", "*", 0, 0)]
    for rule in (events, others):
        assert rule["ServiceName"] == "PutEventsGateway/prod"
        assert (rule["ServiceType"], rule["ResourceARN"]) == ("AWS::ApiGateway::Stage", "*")
        assert 0 < len(rule["RuleName"]) <= 32
    assert events["RuleName"] != others["RuleName"]


@pytest.mark.parametrize(
    ("given", "told"), [({}, (1, 0.01)), ({"traceReservoir": "0", "traceRate": "0"}, (0, 0))]
)
def test_nothing_given_is_a_trace_a_second_and_a_hundredth_of_the_others(
    deploy: Deploy, given: dict[str, str], told: tuple[float, float]
) -> None:
    events, _ = rules(deploy(tracing="stage", **given))

    assert (events["ReservoirSize"], events["FixedRate"]) == told


@pytest.mark.parametrize("name", ["traceReservoir", "traceRate"])
def test_a_sampling_rule_that_nothing_would_go_by_stops_the_synthesis(name: str) -> None:
    context = {"applicationIds": "a", name: "1"}
    said = f"{name} is '1', but must be .*with tracing=stage"
    with pytest.raises(DeploySettingsError, match=said):
        DeploySettings.from_context(context)
    assert DeploySettings.from_context(context | {"tracing": "stage"})


@pytest.mark.parametrize("level", ["WARN", "INFO"])
def test_lambda_logs_in_json_and_of_its_own_what_is_asked_for(deploy: Deploy, level: str) -> None:
    deployment = deploy(**({} if level == "WARN" else {"platformLogLevel": level}))
    for door in DOORS:
        config = deployment.function(door)["LoggingConfig"]
        assert (config["LogFormat"], config["SystemLogLevel"]) == ("JSON", level)
        assert config["ApplicationLogLevel"] == "INFO"
