"""import-endpoints into DynamoDB: killed and gone on with, throttled, down; live clients win."""

import json
import os
import pty
import secrets
import signal
from pathlib import Path
from typing import Any
from zlib import crc32

import pytest

from putevents.endpoints.table import EndpointTable
from putevents.time_left import TimeLeft
from putevents.wire.arrival import Arrival
from putevents.wire.schemas import PublicEndpoint
from tests.deployed.aws_faults import Faults, dynamodb_down, dynamodb_throttled
from tests.deployed.emulator import REGION, ROOT_KEY, SECRET, Emulator
from tests.lake.exports import SECONDS, ImportEndpoints, csv_lines, json_lines, serve, stored

LAKE = "lake"
ANOTHER = 'Name another with OPTIONS="--stack NAME".'


@pytest.fixture(name="faults")
def _faults(aws: Emulator) -> Faults:
    return Faults(aws)


@pytest.fixture(name="stack", scope="session")
def _stack(aws: Emulator, table: str) -> str:
    """A stack that has a table of endpoints among its outputs."""
    return _create(aws, EndpointTable=table, LakeDatabase=LAKE)


@pytest.fixture(name="import_endpoints")
def _import_endpoints(aws: Emulator, stack: str, served: str, app: str) -> ImportEndpoints:
    return ImportEndpoints(aws, stack, app)


@pytest.fixture(name="served")
def _served(aws: Emulator, app: str) -> str:
    """The stack serves the test's application, and a few more."""
    serve(aws, LAKE, app, f"{app}-0", f"{app}-2", "another-app")
    return app


@pytest.fixture(name="export")
def _export(tmp_path: Path) -> Path:
    """A folder with a CSV file and one of JSON Lines, 250 endpoints each."""
    folder = tmp_path / "export"
    folder.mkdir()
    _write(folder / "1.csv", *csv_lines(range(250)))
    _write(folder / "2.json", *json_lines(range(250, 500)))
    return folder


def test_an_import_that_was_killed_goes_on_where_it_was(
    import_endpoints: ImportEndpoints,
    endpoints: EndpointTable,
    export: Path,
    app: str,
    faults: Faults,
) -> None:
    # The users are read once their endpoints are written: it stops with the first file and one
    # batch of the second settled, and another batch written that no checkpoint tells of.
    stuck = dynamodb_throttled("BatchGetItem", resource="$user/user-0360")
    with faults.during(stuck), import_endpoints.start(export) as process:
        assert process.stderr
        assert "The table does not keep up" in process.stderr.readline()
        process.kill()
    checkpoint = _beside(export, "checkpoint")
    state = json.loads(checkpoint.read_bytes())
    assert (state["part"], state["number"], state["imported"]) == ("2.json", 100, 350)
    assert _get(endpoints, app, range(350, 450)) == _get(endpoints, app, range(500))[350:]

    status, summary, told = import_endpoints(export)

    assert (status, summary) == (0, ["imported   500 endpoints", "rejected   0 lines"])
    assert told == [f"Going on behind line 100 of {export / '2.json'}."]
    assert _get(endpoints, app, range(500)) == _as_stored(app, range(500))
    assert [path.name for path in export.parent.iterdir()] == ["export"]


def test_what_clients_have_sent_since_stays(
    import_endpoints: ImportEndpoints, endpoints: EndpointTable, tmp_path: Path, app: str
) -> None:
    live: dict[str, Any] = {
        "OptOut": "ALL",
        "Attributes": {"interests": ["music"]},
        "User": {"UserAttributes": {"plan": []}},
    }
    _update(endpoints, app, "phone-0001", {})  # as amplify-js says it with each event
    _update(endpoints, app, "phone-0002", live)
    _update(endpoints, app, "web-0003", {"Address": "token-3", "ChannelType": "GCM"})
    file = _write(tmp_path / "endpoints.json", *json_lines(range(5)))
    assert import_endpoints(file)[0] == 0
    _update(endpoints, app, "phone-0004", live)
    before = _get(endpoints, app, range(5))
    assert import_endpoints(file)[0] == 0

    expected = _as_stored(app, range(5))
    expected[2] |= {"OptOut": "ALL", "Attributes": {"interests": ["music"]}}
    expected[2]["User"] = {"UserId": "user-0002", "UserAttributes": {"plan": []}}
    expected[3]["EndpointStatus"] = "INACTIVE"  # its address is another endpoint's now
    expected[4] |= {"OptOut": "ALL", "Attributes": {"interests": ["music"]}}
    expected[4]["User"] = {"UserId": "user-0004", "UserAttributes": {"plan": []}}
    for number in (2, 4):  # the client's update said neither
        date = before[number]["EffectiveDate"]
        expected[number] |= {"EffectiveDate": date, "RequestId": "request"}
    assert _get(endpoints, app, range(5)) == before == expected
    [web] = endpoints.get(app, ["web-0003"])
    assert web["EndpointStatus"] == "ACTIVE"
    assert web["CreationDate"] > "2025"


def test_of_two_with_one_address_the_same_one_stays_active_in_any_order(
    aws: Emulator, stack: str, endpoints: EndpointTable, tmp_path: Path, served: str
) -> None:
    app = served
    lines = [line.replace('"token-1"', '"token-0"') for line in json_lines(range(2))]
    active: list[list[str]] = []
    for order in (lines, lines[::-1]):
        application_id = f"{app}-{len(active)}"
        import_endpoints = ImportEndpoints(aws, stack, application_id)
        file = _write(tmp_path / "endpoints.json", *order)
        for _ in range(2):
            status, _, told = import_endpoints(file)
            assert (status, told) == (0, [])
            found = _get(endpoints, application_id, range(2))
            active.append([e["Id"] for e in found if e["EndpointStatus"] == "ACTIVE"])

    assert [len(ids) for ids in active] == [1, 1, 1, 1]
    assert active[0] == active[1] == active[2] == active[3]


def test_bad_lines_are_told_and_kept_as_they_came_and_the_rest_is_imported(
    import_endpoints: ImportEndpoints, endpoints: EndpointTable, tmp_path: Path, app: str
) -> None:
    header, *rows = csv_lines(range(4))
    rows[1] = rows[1].replace("GCM", "PIGEON")
    rows[2] = rows[2].replace("phone-0002", "phone-" + "2" * 1100)  # no key of the table
    file = _write(tmp_path / "endpoints.csv", header, *rows)
    status, summary, told = import_endpoints(file)

    wrong, long = (line.partition(": ")[2] for line in told)
    assert status == 1
    assert wrong.startswith("Input should be 'PUSH', ")
    assert long.startswith("Endpoint id should be at most 1024 bytes.")
    assert told == [f"{file}:3: {wrong}", f"{file}:4: {long}"]
    assert summary[:2] == ["imported   2 endpoints", "rejected   2 lines"]
    assert sorted(summary[2:]) == sorted(f"{'':10} 1 x {why}" for why in (wrong, long))
    rejected = _beside(file, "rejected")
    kept = [header, f"# {file}:3: {wrong}", rows[1], f"# {file}:4: {long}", rows[2]]
    assert rejected.read_text().splitlines() == kept
    assert _get(endpoints, app, range(4)) == _as_stored(app, (0, 3))

    mended = [line for line in kept if not line.startswith("#")]
    mended = [line.replace("PIGEON", "GCM").replace("2" * 1100, "0002") for line in mended]
    assert import_endpoints(_write(tmp_path / "mended.csv", *mended))[0] == 0
    assert _get(endpoints, app, range(4)) == _as_stored(app, range(4))


def test_lines_that_were_rejected_before_it_was_killed_are_kept_once(
    import_endpoints: ImportEndpoints, tmp_path: Path, faults: Faults
) -> None:
    header, *rows = csv_lines(range(220))
    lines = [header, "bad", *rows[:110], "worse", *rows[110:205], "worst", *rows[205:]]
    file = _write(tmp_path / "endpoints.csv", *lines)
    stuck = dynamodb_throttled("BatchGetItem", resource="$user/user-0215")
    with faults.during(stuck), import_endpoints.start(file) as process:
        assert process.stderr
        told = [process.stderr.readline() for _ in range(3)]
        assert "The table does not keep up" in told[-1]
        process.kill()
    # As if it had been killed between the two files, the worst moment.
    with _beside(file, "rejected").open("a") as rejected:
        rejected.write(f"# {file}:208: 1 values for 17 columns\nworst\n# half a li")
    status, summary, _ = import_endpoints(file)

    kept = _beside(file, "rejected").read_text().splitlines()
    assert status == 1
    assert summary[:2] == ["imported   220 endpoints", "rejected   3 lines"]
    assert kept[::2] == [header, "bad", "worse", "worst"]


@pytest.mark.parametrize(
    "fault",
    [
        dynamodb_throttled(times=40),
        dynamodb_throttled(times=40, code="ThrottlingException"),
        dynamodb_throttled("BatchGetItem", times=8),
        dynamodb_throttled("Query", times=40),
        dynamodb_down(times=40),
    ],
    ids=lambda fault: f"{fault['operation']}-{fault['code']}",
)
def test_a_table_that_cannot_keep_up_is_waited_for(
    import_endpoints: ImportEndpoints,
    endpoints: EndpointTable,
    tmp_path: Path,
    app: str,
    faults: Faults,
    fault: dict[str, Any],
) -> None:
    file = _write(tmp_path / "endpoints.json", *json_lines(range(20)))
    with faults.during(fault):
        status, summary, told = import_endpoints(file)
        assert faults.hits() == [fault["times"]]

    assert (status, summary) == (0, ["imported   20 endpoints", "rejected   0 lines"])
    assert told[0].startswith("The table does not keep up (An error occurred (")
    assert _get(endpoints, app, range(20)) == _as_stored(app, range(20))


def test_a_table_that_is_down_stops_it_and_the_same_command_goes_on(
    import_endpoints: ImportEndpoints,
    endpoints: EndpointTable,
    export: Path,
    app: str,
    faults: Faults,
) -> None:
    with faults.during(dynamodb_down("BatchGetItem", resource="phone-0240")):
        status, summary, told = import_endpoints(export)
    assert (status, summary[0]) == (3, "imported   200 endpoints")
    assert told[-1].startswith("Error: The table endpoints cannot be written: An error occurred")
    assert _beside(export, "checkpoint").exists()

    status, summary, told = import_endpoints(export)
    assert (status, summary) == (0, ["imported   500 endpoints", "rejected   0 lines"])
    assert told == [f"Going on behind line 201 of {export / '1.csv'}."]
    assert _get(endpoints, app, range(500)) == _as_stored(app, range(500))


def test_an_interrupted_import_tells_how_far_it_came(
    import_endpoints: ImportEndpoints, export: Path, faults: Faults
) -> None:
    stuck = dynamodb_throttled("BatchGetItem", resource="phone-0120")
    with faults.during(stuck), import_endpoints.start(export) as process:
        assert process.stderr
        assert "The table does not keep up" in process.stderr.readline()
        process.send_signal(signal.SIGINT)
        output, errors = process.communicate(timeout=SECONDS)
    assert (process.returncode, errors) == (130, "")
    assert output.splitlines()[:2] == ["imported   100 endpoints", "rejected   0 lines"]

    assert import_endpoints(export)[0] == 0


def test_a_terminal_sees_a_progress_bar_and_bad_lines_beside_it(
    import_endpoints: ImportEndpoints, tmp_path: Path
) -> None:
    file = _write(tmp_path / "endpoints.json", *json_lines(range(110)), "bad")
    ours, theirs = pty.openpty()
    with import_endpoints.start(file, stderr=theirs) as process:
        process.communicate(timeout=SECONDS)
    os.close(theirs)
    with os.fdopen(ours, "rb") as terminal:
        seen = terminal.read1().decode()

    assert "[####################################]  100%" in seen
    assert f"\r\x1b[K{file}:111: Not JSON" in seen


def test_an_application_that_the_stack_does_not_serve_gets_no_endpoints(
    aws: Emulator, stack: str, served: str, endpoints: EndpointTable, tmp_path: Path
) -> None:
    file = _write(tmp_path / "endpoints.json", *json_lines(range(3)))
    status, summary, told = ImportEndpoints(aws, stack, "nope-app")(file)

    assert (status, summary) == (3, [])
    ids = ", ".join(sorted([served, f"{served}-0", f"{served}-2", "another-app"]))
    assert told == [f"Error: The stack {stack} does not serve nope-app, but {ids}."]
    assert _get(endpoints, "nope-app", range(3)) == []
    assert not _beside(file, "checkpoint").exists()


def test_a_profile_and_a_region_lead_to_the_stack(
    aws: Emulator, stack: str, served: str, endpoints: EndpointTable, tmp_path: Path
) -> None:
    file = _write(tmp_path / "endpoints.json", *json_lines(range(3)))
    status, _, told = ImportEndpoints(aws, stack, served, "--region", "eu-west-3")(file)
    assert (status, told) == (3, [f"Error: There is no stack {stack} in eu-west-3. {ANOTHER}"])
    status, _, told = ImportEndpoints(aws, stack, served, "--profile", "nobody")(file)
    assert (status, "(nobody)" in told[0]) == (3, True)

    # Somebody else's keys stand in the environment.
    config = _write(tmp_path / "config", "[profile mine]", f"endpoint_url = {aws.url}")
    keys = [f"aws_access_key_id = {ROOT_KEY}", f"aws_secret_access_key = {SECRET}"]
    keys_file = _write(tmp_path / "credentials", "[mine]", *keys)
    mine = ImportEndpoints(aws, stack, served, "--profile", "mine", "--region", REGION)
    mine.environment |= {
        "AWS_CONFIG_FILE": str(config),
        "AWS_SHARED_CREDENTIALS_FILE": str(keys_file),
        "AWS_ACCESS_KEY_ID": "AKIASOMEBODYELSE0000",
    }
    assert mine(file)[0] == 0
    assert len(_get(endpoints, served, range(3))) == 3


def test_what_no_waiting_can_mend_stops_it_at_once(aws: Emulator, tmp_path: Path) -> None:
    file = _write(tmp_path / "endpoints.json", *json_lines(range(3)))
    serve(aws, LAKE, "app")
    no_table = _create(aws, EndpointTable="gone", LakeDatabase=LAKE)
    status, _, told = ImportEndpoints(aws, no_table, "app")(file)
    assert status == 3
    assert [line for line in told if "ResourceNotFoundException" in line] == told
    assert told[0].startswith("Error: The table gone cannot be written: ")

    status, _, told = ImportEndpoints(aws, _create(aws, ApiUrl="x"), "app")(file)
    assert status == 3
    assert "deploy it with destination=lake" in told[-1]
    assert ImportEndpoints(aws, "unknown", "app")(file)[0] == 3


def test_a_checkpoint_of_something_else_is_not_gone_on_with(
    aws: Emulator, stack: str, import_endpoints: ImportEndpoints, export: Path, faults: Faults
) -> None:
    with faults.during(dynamodb_down("BatchGetItem", resource="phone-0240")):
        assert import_endpoints(export)[0] == 3

    status, _, told = ImportEndpoints(aws, stack, "another-app")(export)
    assert (status, "delete the checkpoint to start over" in told[-1]) == (3, True)

    with (export / "1.csv").open("a") as file:
        file.write("more\n")
    status, _, told = import_endpoints(export)
    assert (status, "have changed" in told[-1]) == (3, True)

    _beside(export, "checkpoint").write_text("{")
    status, _, told = import_endpoints(export)
    assert (status, "is no checkpoint" in told[-1]) == (3, True)


def _create(aws: Emulator, **outputs: str) -> str:
    """A CloudFormation stack with these outputs; its name."""
    name = f"stack-{secrets.token_hex(3)}"
    template = {
        "Resources": {"Queue": {"Type": "AWS::SQS::Queue"}},
        "Outputs": {key: {"Value": value} for key, value in outputs.items()},
    }
    formation = aws.client("cloudformation")
    formation.create_stack(StackName=name, TemplateBody=json.dumps(template))
    formation.get_waiter("stack_create_complete").wait(StackName=name, WaiterConfig={"Delay": 1})
    return name


def _write(path: Path, *lines: str) -> Path:
    path.write_text("".join(f"{line}\n" for line in lines))
    return path


def _beside(path: Path, kind: str) -> Path:
    return path.with_name(f"{path.name}.{kind}")


def _update(table: EndpointTable, app: str, id_: str, members: Any) -> None:
    endpoint = PublicEndpoint.model_validate(members)
    _, failures = table.update(app, {id_: endpoint}, {id_: Arrival.now("request")}, TimeLeft())
    assert failures == []


def _get(table: EndpointTable, app: str, numbers: Any) -> list[dict[str, Any]]:
    found = table.get(app, [f"phone-{number:04}" for number in numbers])
    shown: list[dict[str, Any]] = [dict(endpoint) for endpoint in found]
    return sorted(shown, key=lambda endpoint: str(endpoint["Id"]))


def _as_stored(app: str, numbers: Any) -> list[dict[str, Any]]:
    cohorts = {n: str(crc32(f"phone-{n:04}".encode()) % 100) for n in numbers}
    return [stored(number, app, cohort) for number, cohort in cohorts.items()]
