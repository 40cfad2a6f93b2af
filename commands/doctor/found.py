"""What a finder hands over: a use of Pinpoint in one file."""

from dataclasses import dataclass
from enum import StrEnum


class Role(StrEnum):
    """What a use is in its file; an import says nothing new beside the client that it is for."""

    CLIENT = "client"
    CALL = "call"  # name: an operation, as are those of the next two
    PERMISSION = "permission"
    COMMAND = "command"
    RESOURCE = "resource"  # name: a resource's type
    PACKAGE = "package"  # name: a package
    LOCKED = "locked"  # the same, in a lock file
    IMPORT = "import"
    SETTING = "setting"
    CONSUMER = "consumer"  # of a stream: it counts where Pinpoint's event stream is configured


@dataclass(frozen=True)
class Found:
    """A use; it holds names that the tables know and nothing else of the file."""

    line: int
    role: Role
    subject: str = ""  # a table of libraries.toml
    name: str = ""
    pointed: bool = False  # an address stands beside it
    weak: bool = False  # told by its name alone: it needs another use in the project
    unless: tuple[str, ...] = ()  # clients that make an import say nothing new
