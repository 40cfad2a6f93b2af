"""A project as a whole: every file searched, and what could not be."""

from collections.abc import Callable
from dataclasses import dataclass, field

from commands.doctor.advice import Advice, advise
from commands.doctor.found import Found
from commands.doctor.project_files import Walk
from commands.doctor.scan import scan

# What no reader of files can see.
CANNOT_SEE = (
    "apps that are installed: they call Pinpoint until they are updated",
    "names that a program puts together as it runs: a client made of a variable",
    "AWS_ENDPOINT_URL and an AWS config file's `services`, which move Pinpoint's calls as well",
    "the AWS CLI under another name, such as a variable",
    "servers, functions and pipelines whose source is elsewhere",
    "consumers of Pinpoint's event stream in another project than the stream, and those without a"
    " program: delivery streams, event source mappings, Athena tables (docs/stream.md)",
    "what ran through bundlers: minified files are skipped",
    "what Git ignores, what was installed or built, and what a link points to",
    "pages for people: Markdown, HTML and the like",
)


@dataclass
class Examination:
    """What was found, and what was not read."""

    advice: list[Advice] = field(default_factory=list)
    searched: int = 0
    minified: list[str] = field(default_factory=list)
    plainly: list[tuple[str, str]] = field(default_factory=list)  # its parser could not read it
    cut: list[str] = field(default_factory=list)
    unread: list[tuple[str, str]] = field(default_factory=list)
    ignored: int = 0
    links: int = 0
    skipped_folders: int = 0


def examine(walk: Walk, on_file: Callable[[int], None] = lambda _: None) -> Examination:
    """Search every file of a walk; `on_file` hears how many there were."""
    seen = Examination()
    uses: list[tuple[str, Found]] = []
    for number, (path, relative, _) in enumerate(walk.files(), 1):
        on_file(number)
        try:
            scanned = scan(path, relative)
        except OSError as error:
            seen.unread.append((relative, error.strerror or type(error).__name__))
            continue
        seen.searched += scanned.searched
        uses += [(relative, use) for use in scanned.found]
        if scanned.minified:
            seen.minified.append(relative)
        if scanned.plainly:
            seen.plainly.append((relative, scanned.plainly))
        if scanned.cut:
            seen.cut.append(relative)
        if scanned.missed:
            seen.unread.append((relative, "Pinpoint may be named behind its first 4 MB"))
    seen.unread += walk.unread
    seen.ignored, seen.links = walk.ignored, walk.links
    seen.skipped_folders = walk.skipped_folders
    seen.advice = advise(uses)
    return seen
