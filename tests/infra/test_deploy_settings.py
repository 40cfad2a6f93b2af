"""The deploy settings: what is taken, and the one sentence about what is not."""

import json
from collections import Counter
from pathlib import Path
from typing import Any

import pytest
from cfnlint.schema import PROVIDER_SCHEMA_MANAGER

from infra.deploy_settings import DeploySettings, DeploySettingsError
from infra.settings.log_settings import LogRetention

ROOT = Path(__file__).parents[2]


def load(**options: Any) -> DeploySettings:
    return DeploySettings.from_context({"applicationIds": ["my-app"], **options})


def refusal(**options: Any) -> str:
    with pytest.raises(DeploySettingsError) as caught:
        load(**options)
    return str(caught.value)


def test_the_options_of_cdk_json_are_good_as_they_are() -> None:
    context = json.loads((ROOT / "cdk.json").read_text())["context"]

    settings = DeploySettings.from_context(context)

    assert settings.application_ids == ("my-app",)
    assert settings.auth == "iam"
    assert settings.destination == ("lake",)


def test_the_application_ids_alone_suffice() -> None:
    settings = load()

    assert settings.auth == "iam"  # whatever is left out, nothing gets in without a key
    assert settings.destination == ("lake",)
    assert settings.architecture == "arm64"
    assert settings.cors_origins == ()
    assert settings.pinpoint_endpoint_url is None
    assert settings.log_retention_days is LogRetention.ONE_MONTH


def test_pinpoint_needs_an_address_since_amazons_own_has_ended() -> None:
    sentence = refusal(destination="pinpoint")

    assert "pinpointEndpointUrl" in sentence
    assert "destination=pinpoint" in sentence
    assert "2026-10-30" in sentence
    assert "write aws to use it" in sentence
    insisting = load(destination="pinpoint", pinpointEndpointUrl="aws")
    assert insisting.pinpoint_endpoint_url == "aws"


def test_alarms_tell_an_address_or_a_topic_and_not_both() -> None:
    topic = "arn:aws:sns:eu-west-1:123456789012:on-call"
    sentence = refusal(alarmEmail="ops@example.com", alarmTopicArn=topic)

    assert topic in sentence
    assert "in place of alarmEmail, or nothing" in sentence
    assert load(alarmTopicArn=topic).alarm_topic_arn == topic


def test_aws_may_be_spelled_in_capitals() -> None:
    settings = load(destination="pinpoint", pinpointEndpointUrl="AWS")

    assert settings.pinpoint_endpoint_url == "aws"


def test_a_traced_stage_has_a_name_that_a_sampling_rule_takes() -> None:
    """X-Ray knows it as `<stack>/prod`, of at most 64 characters in CloudFormation's schema."""
    options = {"destination": "pinpoint", "pinpointEndpointUrl": "aws", "tracing": "stage"}
    rule = PROVIDER_SCHEMA_MANAGER.get_resource_schema("us-east-1", "AWS::XRay::SamplingRule")
    most = rule.schema["definitions"]["SamplingRule"]["properties"]["ServiceName"]["maxLength"]
    longest = "a" * (most - len("/prod"))

    assert load(**options, stackName=longest).stack_name == longest
    assert "with tracing=stage at most 59" in refusal(**options, stackName=f"{longest}a")
    load(**{**options, "tracing": "functions"}, stackName=f"{longest}a")


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("pinpointApiKeySecret", "schl\N{LATIN SMALL LETTER U WITH DIAERESIS}ssel"),
        ("userPoolId", "arn:aws:cognito-idp:a:\N{ARABIC-INDIC DIGIT ONE}23456789012:userpool/a_b"),
        ("alarmTopicArn", "arn:aws:sns:eu-west-1:\N{ARABIC-INDIC DIGIT ONE}23456789012:ops"),
        ("lakeReaders", "arn:aws:iam::123456789012:role/\N{LATIN SMALL LETTER U WITH DIAERESIS}"),
    ],
)  # fmt: skip
def test_letters_and_digits_are_those_of_ascii(name: str, value: str) -> None:
    beside = {
        "destination": "pinpoint", "pinpointEndpointUrl": "https://events.example.com",
        "pinpointAuth": "api-key", "pinpointApiKeySecret": "key", "lakeFormation": True,
    }  # fmt: skip

    assert refusal(**{**beside, name: value}).startswith(f"The deploy setting {name} is ")


@pytest.mark.parametrize(
    "given", [["a", "b.c_D-1"], "a,b.c_D-1", '["a", "b.c_D-1"]', " a , b.c_D-1,", "a,b.c_D-1,a"]
)
def test_a_list_may_be_json_or_text_with_commas(given: object) -> None:
    assert load(applicationIds=given).application_ids == ("a", "b.c_D-1")


def test_the_text_of_the_command_line_becomes_what_the_option_is() -> None:
    settings = load(
        throttleRate="50", throttleBurst="60", queueConcurrency="2", logRetentionDays="7",
        retryDelaySeconds="0", alarmEmail="", pinpointEndpointUrl="", userPoolId="", corsOrigins="",
    )  # fmt: skip

    assert (settings.throttle_rate, settings.throttle_burst) == (50, 60)
    assert settings.queue_concurrency == 2
    assert settings.log_retention_days is LogRetention.ONE_WEEK
    assert settings.retry_delay_seconds == 0
    assert settings.alarm_email is settings.pinpoint_endpoint_url is settings.user_pool_id is None
    assert settings.cors_origins == ()


@pytest.mark.parametrize(
    "origins",
    [
        "*",
        "https://app.example.com",
        "http://localhost:3000,capacitor://localhost",
        ["https://a"],
        "https://*.example.dev,https://app.example.com",
        "https://shop-*.example.dev:8443",
        "http://*.localhost:3000",
    ],
)
def test_an_origin_is_taken_as_browsers_write_it(origins: object) -> None:
    listed = origins.split(",") if isinstance(origins, str) else origins

    assert load(corsOrigins=origins).cors_origins == tuple(listed)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    "pool", ["eu-west-1_aB1", "arn:aws:cognito-idp:eu-west-1:123456789012:userpool/eu-west-1_aB1"]
)
def test_a_user_pool_is_named_by_id_or_arn(pool: str) -> None:
    assert load(auth="cognito", userPoolId=pool).user_pool_id == pool


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("destination", "kinesis"),
        ("destination", ""),
        ("pinpointEndpointUrl", "ftp://example.com"),
        ("pinpointEndpointUrl", "https://example.com/?a=b"),
        ("pinpointEndpointUrl", "example.com"),
        ("pinpointEndpointUrl", f"https://{'a' * 193}"),
        ("alarmTopicArn", "on-call"),
        ("alarmTopicArn", "arn:aws:sqs:eu-west-1:123456789012:on-call"),
        ("alarmTopicArn", "arn:aws:sns:eu-west-1:123456789012:on-call.fifo"),
        ("alarmTopicArn", "arn:aws:sns:eu-west-1:123456789012:on-call:a-subscription"),
        ("quietAlarmHours", "169"),
        ("quietAlarmHours", "-1"),
        ("applicationIds", ""),
        ("applicationIds", []),
        ("applicationIds", "a b"),
        ("applicationIds", "."),
        ("applicationIds", "a,.."),
        ("applicationIds", '["a"'),
        ("applicationIds", "\N{LATIN SMALL LETTER A WITH DIAERESIS}"),
        ("pinpointEndpointUrl", "https://pinpoint.us-east-1.amazonaws.com"),
        ("pinpointEndpointUrl", "https://Pinpoint.US-East-1.amazonaws.com/"),
        ("pinpointEndpointUrl", "https://pinpoint-fips.us-gov-west-1.amazonaws.com"),
        ("pinpointEndpointUrl", "https://pinpoint.cn-north-1.amazonaws.com.cn"),
        ("pinpointEndpointUrl", "https://b\N{LATIN SMALL LETTER U WITH DIAERESIS}cher.example"),
        ("alarmEmail", "\N{LATIN SMALL LETTER O WITH DIAERESIS}ps@example.com"),
        ("existingLakeBucket", "my..bucket"),
        ("existingLakeBucket", "192.168.5.4"),
        ("existingLakeBucket", "xn--bucket"),
        ("existingLakeBucket", "lake-s3alias"),
        ("existingLakeBucket", "lake--ol-s3"),
        ("existingLakeBucket", "La"),
        ("corsOrigins", "https://."),
        ("corsOrigins", "https://a..b"),
        ("corsOrigins", "https://*.-.-"),
        ("applicationIds", "*"),
        ("applicationIds", ["a", 5]),
        ("applicationIds", "x" * 2501),
        ("applicationIds", ",".join(f"app-{number}" for number in range(76))),
        ("auth", "oauth"),
        ("auth", "IAM"),
        ("userPoolId", "not-a-pool"),
        ("corsOrigins", "https://app.example.com/"),
        ("corsOrigins", "https://app.example.com/path"),
        ("corsOrigins", "https://App.example.com"),
        ("corsOrigins", "app.example.com"),
        ("corsOrigins", "https://*"),
        ("corsOrigins", "https://*.dev"),
        ("corsOrigins", "https://*example.dev"),
        ("corsOrigins", "https://*.*.example.dev"),
        ("corsOrigins", "https://**.example.dev"),
        ("corsOrigins", "https://app.*.dev"),
        ("corsOrigins", "*.example.dev"),
        ("corsOrigins", "https://*.example.dev:*"),
        ("corsHeaders", "x a"),
        ("corsHeaders", "x:y"),
        ("corsHeaders", "*"),
        ("corsHeaders", "x" * 201),
        ("trustArrival", "perhaps"),
        ("corsOrigins", "*,https://app.example.com"),
        ("corsOrigins", "https://a'b"),
        ("corsOrigins", "null"),
        ("corsOrigins", f"https://{'a' * 493}"),
        ("pinpointAuth", "aws"),
        ("pinpointApiArn", "arn:aws:execute-api:eu-west-1:1234:abc"),
        ("pinpointApiArn", "arn:aws:execute-api:eu-west-1:123456789012:abc/prod/GET"),
        ("pinpointApiKeySecret", "a key"),
        ("pinpointApiKeySecret", "arn:aws:secretsmanager:eu-west-1:123456789012:secret:key"),
        ("endpointReads", "perhaps"),
        ("apiKeyRate", "0"),
        ("apiKeyBurst", "many"),
        ("apiKeyQuota", "5000"),
        ("apiKeyQuota", "0/day"),
        ("apiKeyQuota", "5/year"),
        ("domainName", "localhost"),
        ("domainName", "https://events.example.com"),
        ("domainName", "Events.example.com"),
        ("certificateArn", "0a1b2c3d"),
        ("hostedZoneId", "example.com"),
        ("basePath", "a/b"),
        ("disableExecuteApiEndpoint", "maybe"),
        ("architecture", "arm"),
        ("throttleRate", "0"),
        ("throttleRate", "many"),
        ("throttleBurst", "1.5"),
        ("queueConcurrency", "1"),
        ("apiReservedConcurrency", "-1"),
        ("queueReservedConcurrency", "4"),
        ("retryDelaySeconds", "901"),
        ("existingEndpointTable", "no"),
        ("existingEndpointTable", "a table"),
        ("existingEndpointTable", "arn:aws:s3:::table/endpoints"),
        ("existingEndpointTable", "arn:aws:dynamodb:eu-west-1:123456789012:table/a/index/b"),
        ("tableDeletionProtection", "sometimes"),
        ("tableBackupDays", "36501"),
        ("tableMaxWrites", "1000001"),
        ("tableMaxReads", "-1"),
        ("tableWarmWrites", "3999"),
        ("tableWarmReads", "11999"),
        ("tableWarmReads", "1000001"),
        ("monthlyBudgetUsd", "0.5"),
        ("budgetScope", "region"),
        ("logRetentionDays", "31"),
        ("alarmEmail", "nobody"),
        ("alarmEmail", "a@b.com,c@d.com "),
        ("removalPolicy", "snapshot"),
        ("apiLogRole", "none"),
    ],
)
def test_a_wrong_value_is_one_sentence_with_its_name_itself_and_what_is_allowed(
    name: str, value: object
) -> None:
    sentence = refusal(**{name: value})

    field = next(f for f in DeploySettings.model_fields.values() if f.alias == name)
    shown = value if isinstance(value, str) else json.dumps(value)
    assert sentence == f"The deploy setting {name} is '{shown}', but must be {field.description}."


def test_cognito_without_a_user_pool_asks_for_one() -> None:
    assert refusal(auth="cognito") == (
        "The deploy setting userPoolId is '', but must be the id or ARN of a Cognito user pool; "
        "auth=cognito needs it."
    )


@pytest.mark.parametrize("auth", ["none", "api-key", "cognito"])
def test_arrivals_are_trusted_of_known_callers_only(auth: str) -> None:
    assert load(auth="iam", trustArrival="true").trust_arrival
    assert refusal(auth=auth, userPoolId="eu-west-1_aB1", trustArrival="true") == (
        "The deploy setting trustArrival is 'true', but must be false; or true, which needs "
        "auth=iam, if all callers are gateways of your own."
    )


@pytest.mark.parametrize("auth", ["none", "api-key", "cognito"])
def test_endpoints_are_read_by_callers_that_iam_knows_only(auth: str) -> None:
    assert load(auth="iam", endpointReads="true").endpoint_reads
    assert refusal(auth=auth, userPoolId="eu-west-1_aB1", endpointReads="true") == (
        "The deploy setting endpointReads is 'true', but must be false; or true, which needs "
        "auth=iam."
    )


@pytest.mark.parametrize(
    "option", [{"apiKeyRate": "5"}, {"apiKeyBurst": "5"}, {"apiKeyQuota": "5/day"}]
)
def test_only_an_api_key_can_be_limited(option: dict[str, str]) -> None:
    [name] = option
    load(auth="api-key", **option)
    assert refusal(auth="iam", **option).startswith(f"The deploy setting {name} is ")


@pytest.mark.parametrize("option", [{"apiKeyRate": "1001"}, {"apiKeyBurst": "2001"}])
def test_a_key_is_not_let_in_more_often_than_the_stage_lets_anybody(option: dict[str, str]) -> None:
    [name] = option
    assert refusal(auth="api-key", **option).startswith(f"The deploy setting {name} is ")


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("tableDeletionProtection", "true"),
        ("tableMaxWrites", "500"),
        ("tableMaxReads", "500"),
        ("tableWarmWrites", "4000"),
        ("tableWarmReads", "12000"),
    ],
)
def test_a_table_that_exists_keeps_its_own_settings(name: str, value: str) -> None:
    load(**{name: value})
    assert "without existingEndpointTable" in refusal(existingEndpointTable="old", **{name: value})


def test_a_table_is_not_warmed_beyond_its_own_limit() -> None:
    load(tableMaxWrites=4000, tableWarmWrites=4000, tableWarmReads=12000)
    assert "tableMaxWrites is '3999'" in refusal(tableMaxWrites="3999", tableWarmWrites=4000)
    assert "tableMaxReads is '11999'" in refusal(tableMaxReads="11999", tableWarmReads=12000)


def test_no_less_is_reserved_for_the_queue_than_it_uses() -> None:
    load(queueConcurrency=20, queueReservedConcurrency=20)
    assert "queueReservedConcurrency is '19'" in refusal(
        queueConcurrency=20, queueReservedConcurrency="19"
    )


def test_a_budget_needs_somebody_to_tell() -> None:
    load(monthlyBudgetUsd=25, alarmEmail="ops@example.com")
    load(monthlyBudgetUsd=25, alarmTopicArn="arn:aws:sns:eu-west-1:123456789012:on-call")
    assert refusal(monthlyBudgetUsd="25") == (
        "The deploy setting monthlyBudgetUsd is '25', but must be US dollars a month, with "
        "alarmEmail or alarmTopicArn; or 0 for no budget."
    )


def test_missing_application_ids_are_asked_for() -> None:
    with pytest.raises(DeploySettingsError, match=r"^The deploy setting applicationIds is ''"):
        DeploySettings.from_context({})


@pytest.mark.parametrize(
    ("name", "meant"),
    [
        ("aplicationIds", " Did you mean applicationIds?"),
        ("throttle-rate", " Did you mean throttleRate?"),
        ("application_ids", " Did you mean applicationIds?"),
        ("Auth", " Did you mean auth?"),
        ("tls13", ""),
    ],
)
def test_an_unknown_name_is_answered_with_the_nearest_one(name: str, meant: str) -> None:
    sentence = refusal(**{name: "x"})

    assert sentence == (
        f"There is no deploy setting {name}.{meant} docs/settings.md lists all of them."
    )


@pytest.mark.parametrize(
    "name",
    ["aws:cdk:enable-path-metadata", "@aws-cdk/core:anything", "cli-telemetry",
     "availability-zones:account=1:region=eu-west-1", "acknowledged-issue-numbers"],
)  # fmt: skip
def test_what_the_cdk_keeps_in_the_context_is_no_option(name: str) -> None:
    load(**{name: "x"})


def test_no_group_takes_a_setting_or_a_check_of_another() -> None:
    """Of two checks with one name the model would run one."""
    named = Counter(
        name
        for group in DeploySettings.groups()
        for name in [*group.__annotations__, *group.__pydantic_decorators__.model_validators]
        if name in group.__annotations__ or name in vars(group)
    )

    assert [name for name, times in named.items() if times > 1] == []


def test_every_option_says_what_it_allows() -> None:
    assert [f.alias for f in DeploySettings.model_fields.values() if not f.description] == []


SWITCHES = [
    str(field.alias)
    for field in DeploySettings.model_fields.values()
    if isinstance(field.default, bool)
]


@pytest.mark.parametrize("name", SWITCHES)
@pytest.mark.parametrize("value", ["yes", "on", "t", "1", "True", "", 1, 0, None])
def test_a_switch_is_false_or_true_and_nothing_like_it(name: str, value: object) -> None:
    assert f"The deploy setting {name} is " in refusal(**{name: value})
