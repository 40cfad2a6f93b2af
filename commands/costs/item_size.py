"""How many bytes an item takes in DynamoDB, by the rules of its page "Item sizes and formats".

https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/CapacityUnitCalculations.html
"""

from base64 import b64decode
from typing import Any

_CONTAINER, _ELEMENT = 3, 1


def item_size(item: dict[str, Any]) -> int:
    """The bytes of names and values of an item in DynamoDB's JSON, or as botocore has it."""
    return sum(len(name.encode()) + _size(value) for name, value in item.items())


def _size(attribute: dict[str, Any]) -> int:
    [(kind, value)] = attribute.items()
    match kind:
        case "S":
            return len(value.encode())
        case "B":
            return len(value if isinstance(value, bytes) else b64decode(value))
        case "N":  # a byte for two digits, and one more
            return (len(value.strip("-0.").replace(".", "")) + 1) // 2 + 1
        case "L":
            return _CONTAINER + sum(_ELEMENT + _size(part) for part in value)
        case "M":
            sizes = (_ELEMENT + len(name.encode()) + _size(part) for name, part in value.items())
            return _CONTAINER + sum(sizes)
    raise ValueError(kind)
