"""The names that a stack's name leads to, so that no two stacks of an account share one.

CloudFormation takes letters, digits and `-` in a stack's name. So `.` ends it without doubt: what
starts with `<stack>.` belongs to that stack, whatever an application or another stack is called.
"""

from hashlib import sha256

DEFAULT_STACK = "PutEventsGateway"
# By which a stack in an account is known as a gateway's.
STACK_DESCRIPTION = "PutEvents Gateway"
STACK_TAG = "putevents-gateway"  # its value is the stack's name
# One `-` between words: two would stand for the `__` of `database`.
STACK = r"^[A-Za-z][A-Za-z0-9]*(-[A-Za-z0-9]+)*$"
BUCKET = r"^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$"
PRINCIPAL = r"^arn:aws[a-z-]*:iam::\d{12}:(role|user)/[\w+=,.@/-]+$"
MAX_STREAM_CHARACTERS = 64
_SEPARATOR = "."


def stream_prefix(stack: str) -> str:
    """Return what the names of the stack's event streams start with, and no others."""
    return f"{stack}{_SEPARATOR}"


def event_stream(stack: str, application_id: str) -> str:
    """Return the name of an application's delivery stream."""
    return f"{stream_prefix(stack)}{application_id}"


def database(stack: str) -> str:
    """Return the name of the Glue database.

    Glue's names are in lower case, those of stacks are not: a hash tells `Events` from `events`.
    """
    plain = stack.lower().replace("-", "_")
    if stack in (DEFAULT_STACK, stack.lower()):
        return plain
    return f"{plain}__{sha256(stack.encode()).hexdigest()[:8]}"


def is_respelled_default(stack: str) -> bool:
    """Whether a name is the default's in other capitals, whose database would be the same."""
    return stack != DEFAULT_STACK and stack.lower() == DEFAULT_STACK.lower()
