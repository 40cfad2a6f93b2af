"""The columns of the lake's tables; tests compare written records with them."""

import re
from typing import NamedTuple


class Column(NamedTuple):
    """A column of a Glue table; `type` is a Hive type."""

    name: str
    type: str
    meaning: str


DAY = Column("day", "string", "the day of arrival, UTC, yyyy-MM-dd")
PARTITIONS = [
    Column("application_id", "string", "the application that the event was sent to"),
    DAY,
]

RAW_EVENTS = [
    Column("event_type", "string", "`EventType` of the event"),
    Column("event_timestamp", "bigint", "`Timestamp` of the event, Unix time in ms"),
    Column("arrival_timestamp", "bigint", "when the gateway took the event, Unix time in ms"),
    Column("event_version", "string", '"3.0", the version of Pinpoint\'s event stream'),
    Column("event_id", "string", "the client's id of the event"),
    Column("request_id", "string", "the request (or the queue message) that brought it"),
    Column(
        "application",
        "struct<app_id:string,package_name:string,sdk:struct<name:string,version:string>,"
        "title:string,version_name:string,version_code:string,cognito_identity_pool_id:string>",
        "the app: its id here, `AppPackageName`, `SdkName`, `ClientSdkVersion`, `AppTitle`, the "
        "endpoint's `AppVersion`, `AppVersionCode`, the identity pool of the caller",
    ),
    Column(
        "client",
        "struct<client_id:string,cognito_id:string>",
        "the endpoint id, and the caller's id in Cognito Identity",
    ),
    Column(
        "device",
        "struct<locale:struct<code:string,country:string,language:string>,make:string,"
        "model:string,platform:struct<name:string,version:string>>",
        "the stored endpoint's `Demographic`; the platform in lower case",
    ),
    Column(
        "session",
        "struct<session_id:string,start_timestamp:bigint,stop_timestamp:bigint,duration:bigint>",
        "the session, Unix time in ms and a duration in ms",
    ),
    Column("attributes", "map<string,string>", "`Attributes` of the event"),
    Column("metrics", "map<string,double>", "`Metrics` of the event"),
    Column(
        "endpoint",
        "struct<id:string,address:string,attributes:map<string,array<string>>,"
        "channeltype:string,cohortid:string,creationdate:string,"
        "demographic:struct<appversion:string,locale:string,make:string,model:string,"
        "modelversion:string,platform:string,platformversion:string,timezone:string>,"
        "effectivedate:string,endpointstatus:string,"
        "location:struct<city:string,country:string,latitude:double,longitude:double,"
        "postalcode:string,region:string>,metrics:map<string,double>,optout:string,"
        "requestid:string,user:struct<userattributes:map<string,array<string>>,userid:string>>",
        "the endpoint as it was stored when the event came, its update in the same request merged",
    ),
]


def _column(name: str) -> Column:
    return next(column for column in RAW_EVENTS if column.name == name)


# The columns of `events` and `recent_events`: two more that most queries start from.
VIEW = [
    *RAW_EVENTS,
    *PARTITIONS,
    Column("endpoint_id", "string", "`client.client_id`"),
    Column("event_time", "timestamp", "`event_timestamp` as a timestamp, UTC"),
]

_NOTHING = "null: nothing that the gateway takes has it"
# The columns of `pinpoint_events`: those that tables over Pinpoint's stream had, in their types.
PINPOINT_VIEW = [
    *RAW_EVENTS[:4],
    Column(
        "application",
        "struct<app_id:string,cognito_identity_pool_id:string,package_name:string,"
        "sdk:map<string,string>,title:string,version_name:string,version_code:string>",
        "as in `raw_events`, `sdk` as a map of `name` and `version`",
    ),
    _column("client"),
    Column(
        "device",
        "struct<locale:struct<code:string,country:string,language:string>,make:string,"
        "model:string,platform:map<string,string>>",
        "as in `raw_events`, `platform` as a map of `name` and `version`",
    ),
    Column(
        "session",
        "map<string,string>",
        "`session_id`, `start_timestamp`, `stop_timestamp`, `duration`; null where there is none",
    ),
    _column("attributes"),
    _column("metrics"),
    _column("endpoint"),
    Column("client_context", "struct<custom:map<string,string>>", _NOTHING),
    Column("awsaccountid", "string", _NOTHING),
    Column(
        "facets",
        "struct<email_channel:struct<mail_event:struct<mail:struct<message_id:string,"
        "message_send_timestamp:bigint,from_address:string,destination:array<string>>>>>",
        _NOTHING,
    ),
    _column("event_id"),
    PARTITIONS[0],
    Column("ingest_timestamp", "timestamp", "`day` as a timestamp, UTC"),
]
VIEWS = {"events": VIEW, "recent_events": VIEW, "pinpoint_events": PINPOINT_VIEW}

REJECTED_EVENTS = [
    Column("application_id", "string", "the application that it was sent to"),
    Column("endpoint_id", "string", "the endpoint that sent it"),
    Column("event_id", "string", "the client's id of the event; null if the endpoint was rejected"),
    Column("arrival_timestamp", "bigint", "when the gateway took it, Unix time in ms"),
    Column("request_id", "string", "the request (or the queue message) that brought it"),
    Column("rule", "string", "the rule that it broke, the same text for all that broke it"),
    Column("message", "string", "what the client was answered: the rule and the offending key"),
    Column("event", "string", "the event (or endpoint) as it came, as JSON"),
]


def trino_type(hive: str) -> str:
    """Return a Hive type as Athena's engine spells it."""
    text = re.sub(r"(\w+):", r"\1 ", hive)
    for hive_name, trino_name in {"string": "varchar", "timestamp": "timestamp(3)"}.items():
        text = re.sub(rf"\b{hive_name}\b", trino_name, text)
    for opening in ("struct<", "map<", "array<"):
        text = text.replace(opening, opening.replace("struct", "row").replace("<", "("))
    return text.replace(">", ")")
