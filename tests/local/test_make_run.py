"""Starting, stopping and asking after the gateway, as its user does."""

import json
import os
import shlex
import shutil
import signal
import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pytest

from infra.deploy_settings import DeploySettings, DeploySettingsError
from local.database import FILE
from local.environment import StartError, set_environment
from local.folder_lock import LOCK_FILE, hold
from local.queue_message import NewMessage
from local.queued_events import QueuedEvents
from local.wrong_variables import SHOULD, without_effect
from putevents.destinations.signing import PinpointSettings
from putevents.settings import (
    BusSettings,
    Environment,
    LakeSettings,
    Settings,
    StreamSettings,
)
from tests.local.conftest import StartGateway
from tests.local.running_gateway import EVENT, ROOT, RunningGateway, environment, put_events_body


def start_and_fail(data_dir: Path, **settings: str) -> str:
    """Start a gateway that cannot start; its one sentence."""
    ended = subprocess.run(
        [sys.executable, "-m", "local.server"],
        cwd=ROOT,
        env=environment(data_dir, **settings),
        capture_output=True,
        text=True,
        timeout=20,
        check=False,
    )
    assert ended.returncode in (1, 2)
    assert ended.stderr.count("\n") == 1
    return ended.stderr


def test_a_folder_has_one_gateway_until_that_ends_or_is_killed(start_gateway: StartGateway) -> None:
    first = start_gateway()

    said = start_and_fail(first.data_dir)

    assert f"Another `make run` on {first.url} has {first.data_dir}: stop it, or choose" in said
    first.put_events(put_events_body())
    first.end(signal.SIGKILL)
    second = start_gateway()
    assert second.end() == (0, "")
    start_gateway()


def test_a_store_has_one_gateway_without_its_lock_file_and_by_a_link_to_it(tmp_path: Path) -> None:
    first, second = tmp_path / "first", tmp_path / "second"
    for folder in (first, second):
        folder.mkdir()
    (second / FILE).symlink_to(first / FILE)

    with hold(first, "http://127.0.0.1:8080"):
        with pytest.raises(StartError, match=f"on http://127.0.0.1:8080 has {first}: stop it"):
            hold(second, "").__enter__()
        (first / LOCK_FILE).unlink()
        for folder in (first, second):
            with pytest.raises(StartError, match=f"has {folder}: stop it, or choose"):
                hold(folder, "").__enter__()
        (first / LOCK_FILE).write_text('{"run": "1", "url": "\\u001b[31m"}')
        with pytest.raises(StartError, match=f"^Another `make run` has {first}: stop it"):
            hold(first, "").__enter__()
    with hold(second, ""):
        pass


def test_a_lock_file_that_is_none_is_named(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / LOCK_FILE)

    assert "run.lock is no file. Choose another folder" in start_and_fail(tmp_path)


def test_a_folder_that_a_link_to_a_store_leads_to_is_named(tmp_path: Path) -> None:
    (tmp_path / FILE).symlink_to(tmp_path / "nowhere" / FILE)

    assert "nowhere cannot be opened" in start_and_fail(tmp_path)


def test_a_lock_that_is_a_link_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "data").mkdir()
    (tmp_path / "theirs").write_text("theirs")
    (tmp_path / "data" / "run.lock").symlink_to(tmp_path / "theirs")

    assert "run.lock cannot be opened" in start_and_fail(tmp_path / "data")
    assert (tmp_path / "theirs").read_text() == "theirs"


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_it_stops_cleanly_when_asked(start_gateway: StartGateway, number: int) -> None:
    gateway = start_gateway()
    gateway.put_events(put_events_body())

    assert gateway.end(number) == (0, "")


def test_it_says_where_it_listens_and_where_data_goes(start_gateway: StartGateway) -> None:
    gateway = start_gateway()

    shown = "\n".join(gateway.lines)

    assert gateway.url in shown
    assert str(gateway.data_dir / "putevents.db") in shown


def test_the_line_to_copy_stores_an_event(start_gateway: StartGateway) -> None:
    gateway = start_gateway(APPLICATION_IDS="first-app,second-app")
    command = shlex.split(gateway.wait_for("curl http.*").group())

    answer = subprocess.run([*command, "-s"], capture_output=True, check=True, timeout=20).stdout

    assert (
        json.loads(answer)["Results"]["my-device"]["EventsItemResponse"]["1"]["StatusCode"] == 202
    )
    assert gateway.stored("first-app") == [("my-device", "1", "hello")]


def test_one_readable_line_per_request(start_gateway: StartGateway) -> None:
    gateway = start_gateway()
    gateway.put_events(put_events_body({"1": EVENT, "2": EVENT, "3": {"EventType": "hello"}}))

    line = gateway.wait_for("POST ").string

    assert line.endswith(
        "POST /v1/apps/my-app/events  202  2 accepted, 1 rejected: Missing Timestamp (Timestamp)"
    )


def test_the_handlers_logs_and_metrics_go_to_the_log_file(start_gateway: StartGateway) -> None:
    gateway = start_gateway()
    gateway.put_events(put_events_body())
    gateway.end()

    logged = [
        json.loads(line) for line in (gateway.data_dir / "gateway.log").read_text().splitlines()
    ]

    assert [entry["accepted"] for entry in logged if entry.get("message") == "put_events"] == [1]
    assert [entry["EventsAccepted"] for entry in logged if "_aws" in entry] == [[1.0]]
    assert not any("{" in line for line in gateway.lines if "curl" not in line)


def test_what_was_answered_202_survives_kill_9(start_gateway: StartGateway) -> None:
    gateway = start_gateway()
    gateway.put_events(put_events_body())
    gateway.end(signal.SIGKILL)

    assert gateway.stored() == [("device", "1", "hello")]


def test_after_a_stop_a_copy_of_the_one_file_is_complete(
    start_gateway: StartGateway, tmp_path: Path
) -> None:
    gateway = start_gateway()
    gateway.put_events(put_events_body())
    gateway.end()
    copy = shutil.copy(gateway.data_dir / "putevents.db", tmp_path)

    with closing(sqlite3.connect(copy)) as connection:
        assert connection.execute("SELECT event_id FROM events").fetchall() == [("1",)]


def test_a_second_start_goes_on_with_the_same_data(start_gateway: StartGateway) -> None:
    first = start_gateway()
    first.put_events(put_events_body({"1": EVENT}))
    first.end()
    second = start_gateway()
    second.put_events(put_events_body({"1": EVENT, "2": EVENT}))

    assert [event_id for _, event_id, _ in second.stored()] == ["1", "2"]


def test_only_the_listed_applications_are_served(start_gateway: StartGateway) -> None:
    gateway = start_gateway(APPLICATION_IDS="a,b")

    status, answer = gateway.ask("POST", "/v1/apps/c/events", json.dumps(put_events_body()))

    assert gateway.put_events(put_events_body(), "b")
    assert (status, answer["Message"]) == (404, "Application not found.")


@pytest.mark.parametrize(
    "name", ["%2e%2e", ".", "a%2Fb%20%0A", "a%00b", "caf%C3%A9", "a%20b", 41 * "a"]
)
def test_an_id_that_cannot_be_deployed_is_not_served(name: str, gateway: RunningGateway) -> None:
    status, answer = gateway.ask("POST", f"/v1/apps/{name}/events", json.dumps(put_events_body()))

    assert (status, answer["Message"]) == (404, "Application not found.")


def test_a_busy_port_is_one_sentence(gateway: RunningGateway, tmp_path: Path) -> None:
    port = gateway.url.rpartition(":")[2]

    assert f"Port {port} of 127.0.0.1 is in use" in start_and_fail(tmp_path, PORT=port)


def test_a_wrong_port_leaves_no_folder_behind(tmp_path: Path) -> None:
    start_and_fail(tmp_path / "data", PORT="99999")
    assert not (tmp_path / "data").exists()


def test_an_unwritable_folder_is_one_sentence(tmp_path: Path) -> None:
    (tmp_path / "file").touch()

    assert "Nothing can be written in " in start_and_fail(tmp_path / "file")
    assert "Nothing can be written in " in start_and_fail(tmp_path / "file" / "below")


def test_a_file_that_is_no_database_is_one_sentence(tmp_path: Path) -> None:
    (tmp_path / "putevents.db").write_text("my precious notes" * 100)

    assert "putevents.db cannot be written: file is not a database." in start_and_fail(tmp_path)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("PORT", "eighty"),
        ("PORT", "65536"),
        ("DESTINATION", "nowhere"),
        ("VISIBILITY_TIMEOUT_SECONDS", "soon"),
        ("VISIBILITY_TIMEOUT_SECONDS", "99999999999"),
        ("RETRY_DELAY_SECONDS", "-1"),
        ("CORS_HEADERS", "x-my header"),
        ("AWS_REGION", "eu west"),
        ("AWS_ENDPOINT_URL_PINPOINT", "localhost:8081"),
        ("AWS_ENDPOINT_URL_DYNAMODB", "http://"),
        ("AWS_ENDPOINT_URL", "http://a:b"),
        ("APPLICATION_IDS", ""),
        ("APPLICATION_IDS", "my app"),
        ("APPLICATION_IDS", "a,*"),
        ("APPLICATION_IDS", "a,,b"),
        ("APPLICATION_IDS", "a,.."),
        ("APPLICATION_IDS", "a" * 41),
        ("CORS_ORIGINS", "https://."),
        ("CORS_ORIGINS", "localhost:3000"),
        ("CORS_ORIGINS", "https://app.example.com/"),
        ("CORS_ORIGINS", "https://App.example.com"),
        ("CORS_ORIGINS", "*,https://app.example.com"),
    ],
)
def test_a_wrong_setting_is_one_sentence(tmp_path: Path, name: str, value: str) -> None:
    assert name in start_and_fail(tmp_path / "data", **{name: value})
    if name in ("PORT", "APPLICATION_IDS") or name.startswith(("CORS_", "AWS_")):
        # The others are the handlers'.
        assert not (tmp_path / "data").exists()


@pytest.mark.parametrize("value", ["", "*", "https://a.example.com, http://localhost:3000"])
def test_what_cors_origins_may_be(start_gateway: StartGateway, value: str) -> None:
    assert start_gateway(CORS_ORIGINS=value).ask("GET", "/health")[0] == 200


@pytest.mark.parametrize(
    ("name", "setting", "values"),
    [
        (
            "APPLICATION_IDS",
            "applicationIds",
            ["a", "A.b_c-1", "a b", "é", "a/b", ".", "..", "...", ".a"],
        ),
        (
            "CORS_ORIGINS",
            "corsOrigins",
            [
                "https://a.example.com", "http://localhost:3000", "https://*.example.dev",
                "https://*", "https://*.dev", "capacitor://localhost", "https://x/", "HTTPS://x",
                "x", "https://a:b", "https://.", "https://a..b", "https://*.-.-",
            ],
        ),
    ],
)  # fmt: skip
def test_a_list_may_hold_what_the_deploy_setting_may(
    name: str, setting: str, values: list[str]
) -> None:
    def is_deployed(value: str) -> bool:
        context = {"destination": "lake", "applicationIds": "a", "auth": "iam", setting: value}
        try:
            DeploySettings.from_context(context)
        except DeploySettingsError:
            return False
        return True

    def is_run(value: str) -> bool:
        try:
            set_environment({name: value}, Path(), "http://127.0.0.1:8080")
        except StartError:
            return False
        return True

    assert [is_run(value) for value in values] == [is_deployed(value) for value in values]
    assert {*map(is_run, values)} == {True, False}


@pytest.mark.parametrize(
    ("settings", "said"),
    [
        ({"DESTINATION": "lake"}, "DESTINATION lake needs ENDPOINT_TABLE: the name of"),
        ({"DESTINATION": "local,stream"}, "DESTINATION stream needs KINESIS_STREAM_ARN: the ARN"),
        (
            {"DESTINATION": "local,bus", "EVENT_BUS_ARN": "", "BUS_EVENT_TYPES": "a"},
            "EVENT_BUS_ARN should be the name or ARN of an EventBridge bus, such as default",
        ),
        ({"DESTINATION": "local,stream", "KINESIS_STREAM_ARN": "x"}, "docs/live-page.md#send"),
        ({"TRUST_ARRIVAL": "perhaps"}, "TRUST_ARRIVAL should be true or false, not 'perhaps'."),
        ({"DESTINATION": "lake", "AWS_PROFILE": "nobody"}, "The config profile (nobody)"),
        ({"AWS_CONFIG_FILE": "torn"}, "Unable to parse config file"),
    ],
)
def test_what_a_destination_lacks_is_one_sentence(
    tmp_path: Path, settings: dict[str, str], said: str
) -> None:
    torn = tmp_path / "torn"
    torn.write_text("[default\n")
    settings = {name: str(torn) if v == "torn" else v for name, v in settings.items()}
    assert said in start_and_fail(tmp_path / "data", **settings)


def test_what_has_no_effect_is_told() -> None:
    given = {"PINPOINT_AUTH": "x", "AWS_ENDPOINT_URL_EVENTS": "http://x", "EVENT_BUS_ARN": "a"}

    assert without_effect(given, ["local", "bus"]) == [
        "PINPOINT_AUTH has no effect: without pinpoint in DESTINATION.",
        "AWS_ENDPOINT_URL_EVENTS has no effect: the SDKs read AWS_ENDPOINT_URL_EVENTBRIDGE.",
    ]
    assert without_effect(given, ["pinpoint", "bus"])[1:] == []


def test_every_variable_has_a_sentence() -> None:
    """Those that `make run` sets itself, or looks at before, are never wrong here."""
    known = {"APPLICATION_IDS", "CORS_ORIGINS", "CORS_HEADERS", "RETRY_QUEUE_URL",
             "DEAD_LETTER_QUEUE_URL", "PINPOINT_REGION", "PINPOINT_API_KEY_SECRET"}  # fmt: skip
    models: list[type[Environment]] = [
        Settings, LakeSettings, StreamSettings, BusSettings, PinpointSettings
    ]  # fmt: skip
    fields = {name.upper() for model in models for name in model.model_fields}

    assert fields - known == {*SHOULD}


def test_it_says_how_many_accepted_events_are_queued(start_gateway: StartGateway) -> None:
    url = "http://127.0.0.1:9"
    gateway = start_gateway(DESTINATION="pinpoint", AWS_ENDPOINT_URL_PINPOINT=url)
    gateway.put_events(put_events_body({"1": EVENT, "2": EVENT, "bad": {}}))

    gateway.wait_for(r"/events  202  2 accepted \(2 of them queued\), 1 rejected: Missing")


@pytest.mark.parametrize(
    ("body", "request_id", "queue", "counted"),
    [
        ('{"EventsRequest":{"BatchItem":{"a":{"Events":{"1":{},"2":{}}}}}}', "mine", "queue", 2),
        ('{"EventsRequest":{"BatchItem":{"a":{"Events":{"1":{}}}}}}', "another", "queue", 0),
        ('{"EventsRequest":{"BatchItem":{"a":{"Events":{"1":{}}}}}}', "mine", "dead-letters", 0),
        ('{"EventsRequest":{"BatchItem":{"a":{"Events":5}}}}', "mine", "queue", 0),
        ("[" * 100_000, "mine", "queue", 0),
        ("no json", "mine", "queue", 0),
    ],
)
def test_only_messages_of_a_request_that_is_being_answered_count(
    body: str, request_id: str, queue: str, counted: int
) -> None:
    queued = QueuedEvents({"mine"}.__contains__)
    attributes = {"RequestId": {"DataType": "String", "StringValue": request_id}}
    queued.sent(queue, ["id", "id"], [NewMessage(body, attributes), NewMessage(body, {})])

    assert [sum(queued.take(id_).values()) for id_ in ("mine", "mine", "another")] == [
        counted,
        0,
        0,
    ]


def test_it_says_where_events_go_that_do_not_stay(start_gateway: StartGateway) -> None:
    url = "http://127.0.0.1:9/elsewhere"
    shown = start_gateway(DESTINATION="pinpoint", AWS_ENDPOINT_URL_PINPOINT=url).lines
    assert shown[2].endswith(f"events go to  PutEvents at {url}")
    assert "retries wait  " in shown[3]
    assert shown[3].endswith("putevents.db")


def test_a_gateway_that_forwards_to_itself_does_not_start(tmp_path: Path) -> None:
    sentence = start_and_fail(
        tmp_path,
        PORT="18080",
        DESTINATION="pinpoint",
        AWS_ENDPOINT_URL_PINPOINT="http://localhost:18080",
    )

    assert "AWS_ENDPOINT_URL_PINPOINT is this gateway itself" in sentence


def test_it_is_healthy_as_long_as_the_store_can_be_written(start_gateway: StartGateway) -> None:
    gateway = start_gateway()
    well, _ = gateway.ask("GET", "/health")
    shutil.rmtree(gateway.data_dir)
    ill, answer = gateway.ask("GET", "/health")

    assert (well, ill) == (200, 503)
    assert "putevents.db cannot be written" in answer["Message"]


def test_nothing_is_accepted_into_a_folder_that_was_removed(start_gateway: StartGateway) -> None:
    gateway = start_gateway()
    shutil.rmtree(gateway.data_dir)

    answer = gateway.put_events(put_events_body(endpoint={"OptOut": "NONE"}))

    item = answer["Results"]["device"]
    assert item["EventsItemResponse"]["1"]["StatusCode"] == 500
    assert item["EndpointItemResponse"]["StatusCode"] == 500
