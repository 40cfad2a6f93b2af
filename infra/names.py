"""The names that a stack's name leads to, so that no two stacks of an account share one.

CloudFormation takes letters, digits and `-` in a stack's name. So `.` ends it without doubt: what
starts with `<stack>.` belongs to that stack, whatever an application or another stack is called.
"""

from hashlib import sha256

DEFAULT_STACK = "PutEventsGateway"
# Every account has an Athena workgroup `primary`; Glue has a database `default` and Athena a schema
# `information_schema`; the CDK's own stack is CDKToolkit. In any capitals: Glue folds them.
TAKEN = ("primary", "default", "information-schema", "cdktoolkit")
# By which a stack in an account is known as a gateway's.
STACK_DESCRIPTION = "PutEvents Gateway"
STACK_TAG = "putevents-gateway"  # its value is the stack's name
# One `-` between words: two would stand for the `__` of `database`.
STACK = r"^[A-Za-z][A-Za-z0-9]*(-[A-Za-z0-9]+)*$"
PRINCIPAL = r"^arn:aws[a-z-]*:iam::[0-9]{12}:(role|user)/[A-Za-z0-9_+=,.@/-]+$"
MAX_STREAM_CHARACTERS = 64
# Of an application's id, beside the stack's name in that of a delivery stream.
MAX_LAKE_ID_CHARACTERS = 40
# Limits of AWS: a function has 4 KB of environment variables, a role 10 KB of policy.
MAX_APPLICATIONS = 75
MAX_APPLICATION_CHARACTERS = 2500
# What each destination after the first takes of the environment: an ARN or a URL, and names.
FOLLOWER_CHARACTERS = 300
# X-Ray knows the stage as `<stack>/prod`, and takes 64 characters in a sampling rule.
MAX_TRACED_CHARACTERS = 59
# A part of a path; `.` and `..` would name another path.
SEGMENT = r"^(\.{0,2}[A-Za-z0-9_-]|\.{3})[A-Za-z0-9._-]*$"
_SEPARATOR = "."


def stream_prefix(stack: str) -> str:
    """Return what the names of the stack's event streams start with, and no others."""
    return f"{stack}{_SEPARATOR}"


def event_stream(stack: str, application_id: str) -> str:
    """Return the name of an application's delivery stream."""
    return f"{stream_prefix(stack)}{application_id}"


def room(destinations: int) -> int:
    """How many characters of the environment application ids and other lists may take."""
    return MAX_APPLICATION_CHARACTERS - FOLLOWER_CHARACTERS * (destinations - 1)


def database(stack: str) -> str:
    """Return the name of the Glue database.

    Glue's names are in lower case, those of stacks are not: a hash tells `Events` from `events`.
    """
    plain = stack.lower().replace("-", "_")
    if stack in (DEFAULT_STACK, stack.lower()):
        return plain
    return f"{plain}__{sha256(stack.encode()).hexdigest()[:8]}"


def is_taken(stack: str) -> bool:
    """Whether something of the name is there already, or would be the default stack's too.

    The default's name in other capitals would lead to the same database.
    """
    return stack.lower() in TAKEN or (
        stack != DEFAULT_STACK and stack.lower() == DEFAULT_STACK.lower()
    )
