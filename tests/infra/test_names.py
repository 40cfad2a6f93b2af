"""Two stacks in one account: no name and no permission of one reaches what is the other's."""

import json
import re
from collections.abc import Iterator
from fnmatch import fnmatchcase
from typing import Any

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from infra import names
from infra.deploy_settings import DeploySettings, DeploySettingsError
from tests.infra.conftest import Deploy
from tests.infra.synthesis import Deployment, listed, text

STACKS = st.from_regex(names.STACK, fullmatch=True).filter(
    lambda name: len(name) <= 128 and not names.is_taken(name)
)
IDS = st.from_regex(r"[A-Za-z0-9._-]{1,40}", fullmatch=True)
# Names that begin alike, end alike, differ in capitals, or look like the other's streams.
ADVERSARIES = [
    ("PutEventsGateway", "PutEventsGateway-eu"),
    ("PutEventsGateway", "PutEvents"),
    ("events-a", "Events-A"),
    ("events-a", "events-a-my-app"),
]


def matches(pattern: str, value: str) -> bool:
    """Whether IAM's pattern, with its `*` and `?`, matches a value."""
    return fnmatchcase(value, pattern.replace("[", "[[]"))


@given(a=STACKS, b=STACKS, application_id=IDS)
def test_no_stacks_pattern_matches_anothers_stream(a: str, b: str, application_id: str) -> None:
    assume(a != b)

    assert not matches(f"{names.stream_prefix(a)}*", names.event_stream(b, application_id))
    assert matches(f"{names.stream_prefix(a)}*", names.event_stream(a, application_id))


@given(stack=STACKS, other=IDS, ids=st.data())
def test_one_stacks_name_with_anothers_added_matches_nothing(
    stack: str, other: str, ids: st.DataObject
) -> None:
    longer = f"{stack}-{re.sub('[^A-Za-z0-9]', 'x', other)}"
    application_id = ids.draw(IDS)

    for a, b in ((stack, longer), (longer, stack)):
        assert not matches(f"{names.stream_prefix(a)}*", names.event_stream(b, application_id))


@given(a=STACKS, b=STACKS, capitals=st.data())
def test_no_two_stacks_share_a_database(a: str, b: str, capitals: st.DataObject) -> None:
    respelled = "".join(capitals.draw(st.sampled_from([c.lower(), c.upper()])) for c in a)
    for one, other in ((a, b), (a, respelled)):
        assume(one != other and not names.is_taken(other))
        assert names.database(one) != names.database(other)
        assert re.fullmatch("[a-z][a-z0-9_]*", names.database(one))


def test_a_name_made_of_anothers_hash_is_no_way_around() -> None:
    database = names.database("Events")

    assert database != names.database(database.replace("__", "-"))
    assert not re.match(names.STACK, database.replace("_", "-"))


@pytest.mark.parametrize(
    "name",
    [
        "",
        "1a",
        "a_b",
        "a.b",
        "a--b",
        "a-",
        "-a",
        "a b",
        "a" * 129,
        "puteventsgateway",
        "primary",
        "Primary",
        "default",
        "DEFAULT",
        "CDKToolkit",
        "cdktoolkit",
        "information-schema",
    ],
)
def test_a_name_that_would_make_two_of_one_stops_synth(name: str) -> None:
    with pytest.raises(DeploySettingsError, match="stackName is"):
        DeploySettings.from_context({"applicationIds": "a", "stackName": name})


def test_a_stream_whose_name_would_be_too_long_stops_synth() -> None:
    options = {"destination": "lake", "applicationIds": f"a,{'b' * 32}"}
    DeploySettings.from_context({**options, "stackName": "s" * 31})
    with pytest.raises(DeploySettingsError, match="lake at most 63 together"):
        DeploySettings.from_context({**options, "stackName": "s" * 32})
    other = {"destination": "pinpoint", "pinpointEndpointUrl": "https://events.example.com"}
    DeploySettings.from_context({**options, **other, "stackName": "s" * 32})


def test_the_streams_of_the_template_are_named_so(deploy: Deploy) -> None:
    stack = deploy(destination="lake", stackName="shop-eu", applicationIds="my-app")

    named = [s.get("DeliveryStreamName") for s in stack.all("KinesisFirehose::DeliveryStream")]
    assert named == ["shop-eu.my-app", None]
    assert stack.function("api")["Environment"]["Variables"]["EVENT_STREAM_PREFIX"] == "shop-eu."


@pytest.fixture(name="pair", params=ADVERSARIES, ids=" and ".join)
def _pair(request: pytest.FixtureRequest, deploy: Deploy) -> tuple[Deployment, Deployment]:
    one, other = (
        deploy(destination="lake", stackName=name, auth="api-key", alarmEmail="ops@example.com")
        for name in request.param
    )
    return one, other


def test_no_physical_name_is_both_stacks(pair: tuple[Deployment, Deployment]) -> None:
    one, other = (set(physical_names(deployment)) for deployment in pair)

    assert {kind for kind, _ in one} == {
        "ApiGateway::RestApi.Name", "Athena::WorkGroup.Name", "Glue::Database.DatabaseInput.Name",
        "KinesisFirehose::DeliveryStream.DeliveryStreamName", "Logs::QueryDefinition.Name",
    }  # fmt: skip
    assert not one & other
    # Glue folds a database's name to lower case.
    assert not {(t, n.lower()) for t, n in one if "Glue" in t} & {
        (t, n.lower()) for t, n in other if "Glue" in t
    }


def test_no_permission_reaches_into_the_other_stack(pair: tuple[Deployment, Deployment]) -> None:
    for one, other in (pair, pair[::-1]):
        streams = [
            text(stream["DeliveryStreamName"])
            for stream in other.all("KinesisFirehose::DeliveryStream")
            if "DeliveryStreamName" in stream
        ]
        # CloudFormation names what the template does not: the stack, the logical id, letters.
        streams += [
            f"{other.stack.stack_name}-{name}-1A2b3C4d5E6f"
            for name, resource in other.template["Resources"].items()
            if resource["Type"] == "AWS::KinesisFirehose::DeliveryStream"
        ]
        for pattern in patterns(one):
            reached = [name for name in streams if matches(pattern, f"{STREAM_ARN}{name}")]
            assert reached == []


def test_both_stacks_count_their_own_events(pair: tuple[Deployment, Deployment]) -> None:
    def dimensions(deployment: Deployment) -> set[str]:
        alarms = deployment.all("CloudWatch::Alarm")
        own = [alarm for alarm in alarms if alarm.get("Namespace") == "PutEventsGateway"]
        return {json.dumps(alarm["Dimensions"], sort_keys=True) for alarm in own}

    one, other = (dimensions(deployment) for deployment in pair)
    assert one
    assert not one & other


STREAM_ARN = "arn:<AWS::Partition>:firehose:<AWS::Region>:<AWS::AccountId>:deliverystream/"


def patterns(deployment: Deployment) -> Iterator[str]:
    """Every resource that a role of the stack may touch, but `*`, which no stack can narrow."""
    for policy in deployment.all("IAM::Policy"):
        for statement in policy["PolicyDocument"]["Statement"]:
            for resource in listed(statement["Resource"]):
                if resource != "*":
                    yield text(resource)


def physical_names(deployment: Deployment) -> Iterator[tuple[str, str]]:
    """The names that the template gives, by type; a reference is a name that CloudFormation gives.

    Left out is what has a home of its own, in which two of a name are two: a table in a database,
    a stage and a resource in an API, a query in a workgroup, an output.
    """
    inside = ("Glue::Table", "ApiGateway::Stage", "ApiGateway::Authorizer", "IAM::Policy",
              "Athena::NamedQuery", "Logs::LogStream", "ApiGateway::GatewayResponse")  # fmt: skip
    for resource in deployment.template["Resources"].values():
        kind = resource["Type"].removeprefix("AWS::")
        if kind in inside:
            continue
        for name, value in named_properties(kind, resource.get("Properties", {})):
            if isinstance(value, str) and value:
                yield f"{kind}.{name}", value


def named_properties(kind: str, properties: dict[str, Any]) -> Iterator[tuple[str, Any]]:
    """What names a resource: a property like TableName or Name."""
    last = kind.rpartition("::")[2]
    own = {"Name", f"{last}Name", "DeliveryStreamName", "LogGroupName", "AliasName"}
    for name, value in properties.items():
        if name in own:
            yield name, value
        if name.endswith("Input") and isinstance(value, dict) and "Name" in value:
            yield f"{name}.Name", value["Name"]
