"""The deploy settings that a released template leaves open, and what stands for each until then.

A template is synthesised with these values; `plain_template` puts a parameter where it finds one.
"""

from typing import Any, NamedTuple

from infra.names import MAX_LAKE_ID_CHARACTERS, SEGMENT, database
from infra.settings.forwarding_settings import AMAZONS, HOST, MAX_URL_CHARACTERS, PATH
from infra.settings.jwt_settings import MAX_AUDIENCES, MAX_ISSUER_CHARACTERS

STACK = "Stand-In-Stack"
DATABASE = database(STACK)  # lower case, which CloudFormation cannot make of the stack's name
TOPIC = "arn:aws:sns:us-east-1:111122223333:stand-in-topic"
_TOPIC_PATTERN = r"^(arn:aws[a-z-]*:sns:[a-z0-9-]+:[0-9]{12}:[A-Za-z0-9_-]{1,256})?$"
# It is put into JSON as it is: no quotes and no backslash, which the setting may have.
_AUDIENCE = r"[!#-+\--Z^-~]{1,200}"


class StandIn(NamedTuple):
    """A value that stands for a parameter of the template."""

    setting: str
    value: str | int
    name: str
    parameter: dict[str, Any]
    is_list: bool = False  # a,b: each stands in quotes of its own where the value stands in quotes

    @property
    def reference(self) -> dict[str, Any]:
        """What stands in the template for the value."""
        parameter = {"Ref": self.name}
        if self.is_list:
            return {"Fn::Join": ['","', {"Fn::Split": [",", parameter]}]}
        return parameter


def _text(description: str, **more: Any) -> dict[str, Any]:
    return {"Type": "String", "Description": description, **more}


ALWAYS = (
    StandIn(
        "applicationIds",
        "open-application",
        "ApplicationId",
        _text(
            "The id of the application that sends events: a Pinpoint project's id, or one of your "
            "own.",
            AllowedPattern=SEGMENT,
            MaxLength=MAX_LAKE_ID_CHARACTERS,
        ),
    ),
    StandIn(
        "alarmTopicArn",
        TOPIC,
        "AlarmTopicArn",
        _text(
            "The ARN of an SNS topic for alarms, or nothing.",
            Default="",
            AllowedPattern=_TOPIC_PATTERN,
        ),
    ),
    StandIn(
        "throttleRate",
        71717,
        "ThrottleRate",
        {
            "Type": "Number",
            "Description": "Requests a second.",
            "Default": 1000,
            "MinValue": 1,
            "MaxValue": 100_000,
        },
    ),
    StandIn(
        "throttleBurst",
        72727,
        "ThrottleBurst",
        {
            "Type": "Number",
            "Description": "Requests at once.",
            "Default": 2000,
            "MinValue": 1,
            "MaxValue": 100_000,
        },
    ),
)
# Those of one value of a setting: `(setting, value)`.
SOMETIMES = {
    ("auth", "cognito"): (
        StandIn(
            "userPoolId",
            "us-east-1_standIn00",
            "UserPoolId",
            _text(
                "The id of a Cognito user pool of this account and region.",
                AllowedPattern=r"^[a-z0-9-]+_[A-Za-z0-9]+$",
            ),
        ),
    ),
    ("auth", "jwt"): (
        StandIn(
            "jwtIssuer",
            "https://stand-in.example/issuer",
            "JwtIssuer",
            _text(
                "The https URL of an OpenID Connect issuer, as the tokens' iss has it.",
                AllowedPattern=r"^https://[A-Za-z0-9.-]+(:[0-9]{1,5})?(/[A-Za-z0-9._~/-]*)?$",
                MaxLength=MAX_ISSUER_CHARACTERS,
            ),
        ),
        StandIn(
            "jwtAudience",
            "stand-in-audience",
            "JwtAudience",
            _text(
                f"A token's aud must be this, or one of at most {MAX_AUDIENCES}: a,b.",
                AllowedPattern=rf"^{_AUDIENCE}(,{_AUDIENCE}){{0,{MAX_AUDIENCES - 1}}}$",
            ),
            is_list=True,
        ),
    ),
    ("destination", "pinpoint"): (
        StandIn(
            "pinpointEndpointUrl",
            "https://stand-in.example/next",
            "PinpointEndpointUrl",
            _text(
                "The https URL of another PutEvents server, not of Amazon's own, which ended.",
                AllowedPattern=rf"^(?!(?i:{AMAZONS}))https://{HOST}+(/{PATH}*)?$",
                MaxLength=MAX_URL_CHARACTERS,
            ),
        ),
    ),
}


def stand_ins(settings: dict[str, Any]) -> tuple[StandIn, ...]:
    """Return those that a template of these settings needs, without what the settings name."""
    needed = list(ALWAYS)
    for (name, value), more in SOMETIMES.items():
        if value in str(settings.get(name, "")).split(","):
            needed += more
    return tuple(one for one in needed if one.setting not in settings)
