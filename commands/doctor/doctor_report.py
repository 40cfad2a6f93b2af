"""What the doctor found, as a page for people and as JSON for CI."""

import json
import os
from collections.abc import Iterator
from itertools import groupby

from commands.doctor.advice import Advice
from commands.doctor.examine import CANNOT_SEE, Examination
from commands.doctor.knowledge import Verdict
from commands.plain_text import printable
from commands.terminal import table

SCHEMA = 1  # of --json; a field may be added to it, none changes its meaning
PLACES = 10  # of a use that are listed without --all
MEANING = {
    Verdict.WORKS: ("works here", "one line points it at this gateway"),
    Verdict.RELEASE: ("needs an app release", "apps that are installed call Pinpoint until then"),
    Verdict.LIBRARY: (
        "needs another library",
        "it takes no address: another library or a changed build, and an app release",
    ),
    Verdict.ENDED: ("ended", "with Pinpoint on 30 October 2026"),
    Verdict.UNSURE: ("look yourself", "AWS does not say, or it depends on what it is for"),
    Verdict.POINTED: ("points elsewhere already", "nothing, if that is this gateway"),
    Verdict.LIVES: ("lives on at AWS", "leave it there, without another address"),
}

_MOVED = frozenset([Verdict.WORKS, Verdict.RELEASE])
# What stands in a line that the doctor prints, and where its reader finds it.
ADDRESSES = {
    "https://YOUR-GATEWAY/prod": (
        "the stack's output ApiUrl, which `make deploy` prints, such as"
        " https://ID.execute-api.REGION.amazonaws.com/prod; on this machine http://127.0.0.1:8080"
    ),
    "https://YOUR-DOMAIN": (
        "the output ApiUrl of a gateway with a domain name of its own, since we do not know whether"
        " this library keeps a path such as /prod (docs/custom-domain.md)"
    ),
}


def page(seen: Examination, everything: bool) -> str:
    """The summary first, then each use with its places, then what was not seen."""
    return "\n".join(_lines(seen, everything))


def _lines(seen: Examination, everything: bool) -> Iterator[str]:
    if seen.advice:
        files = {advice.file for advice in seen.advice}
        to_do = sum(advice.to_do for advice in seen.advice)
        yield (
            f"{_count(len(seen.advice), 'use')} of Pinpoint in {_count(len(files), 'file')},"
            f" {to_do:,} to do:"
        )
        yield ""
        yield table(["", "uses", "files", ""], _summary(seen.advice), [1, 2])
    else:
        yield f"No use of Pinpoint in {_count(seen.searched, 'file')}."
    for verdict, (title, _) in MEANING.items():
        uses = [advice for advice in seen.advice if advice.verdict == verdict]
        if uses:
            yield f"\n{title.upper()}"
            yield from _uses(uses, everything)
    yield from _addresses(seen)
    yield ""
    yield from _searched(seen, everything)
    yield "\nNot seen by this command:"
    yield from (f"  - {what}" for what in CANNOT_SEE)


def _summary(uses: list[Advice]) -> Iterator[list[str]]:
    for verdict, (title, meaning) in MEANING.items():
        files = [advice.file for advice in uses if advice.verdict == verdict]
        if files:
            yield [title, f"{len(files):,}", f"{len({*files}):,}", meaning]


def _uses(uses: list[Advice], everything: bool) -> Iterator[str]:
    def told(advice: Advice) -> tuple[str, str, str, str]:
        return advice.what, advice.change, advice.note, advice.link

    for (what, *more), group in groupby(sorted(uses, key=told), told):
        yield f"  {what}"
        yield from (f"      {line}" for line in more if line)
        places = [f"{printable(advice.file)}:{advice.line}" for advice in group]
        shown = places if everything else places[:PLACES]
        yield from (f"    {place}" for place in shown)
        if len(places) > len(shown):
            yield f"    and {len(places) - len(shown):,} more: --all lists them"


def _addresses(seen: Examination) -> Iterator[str]:
    if any(advice.change and advice.verdict in _MOVED for advice in seen.advice):
        yield "\nWith any `auth` but none a client needs a few lines more, if it can do that one:"
        yield "docs/clients.md#which-auth-can-your-client-use"
    for placeholder, meaning in ADDRESSES.items():
        if any(placeholder in advice.change for advice in seen.advice):
            yield f"\n{placeholder} is {meaning}."


def _searched(seen: Examination, everything: bool) -> Iterator[str]:
    yield (
        f"{_count(seen.searched, 'file')} searched. Skipped: {seen.skipped_folders:,} folders of"
        f" what was installed or built, {seen.ignored:,} ignored by Git,"
        f" {_count(seen.links, 'link')}."
    )
    for what, paths in (
        ("Not read", [f"{path} ({why})" for path, why in seen.unread]),
        ("Searched as plain text", [f"{path} ({why})" for path, why in seen.plainly]),
        ("Searched up to 4 MB", seen.cut),
        ("Minified, skipped", seen.minified),
    ):
        shown = paths if everything else paths[:PLACES]
        if paths:
            more = f" and {len(paths) - len(shown):,} more" if len(paths) > len(shown) else ""
            yield f"{what}: {', '.join(map(printable, shown))}{more}."


def as_json(seen: Examination) -> str:
    """The same for a program; docs/doctor.md has its fields."""
    counts = {
        str(verdict): sum(advice.verdict == verdict for advice in seen.advice)
        for verdict in Verdict
    }
    uses = [
        {
            "file": _name(advice.file), "line": advice.line, "what": advice.what,
            "verdict": str(advice.verdict), "to_do": advice.to_do, "change": advice.change,
            "note": advice.note, "link": advice.link,
        }
        for advice in seen.advice
    ]  # fmt: skip
    told = {
        "schema": SCHEMA,
        "to_do": sum(advice.to_do for advice in seen.advice),
        "verdicts": counts,
        "uses": uses,
        "files": {
            "searched": seen.searched,
            "unread": [{"file": _name(path), "why": why} for path, why in seen.unread],
            "plain_text": [{"file": _name(path), "why": why} for path, why in seen.plainly],
            "cut": [*map(_name, seen.cut)],
            "minified": [*map(_name, seen.minified)],
            "ignored": seen.ignored,
            "links": seen.links,
            "skipped_folders": seen.skipped_folders,
        },
        "cannot_see": CANNOT_SEE,
        "addresses": ADDRESSES,
    }
    return json.dumps(told, indent=2)


def _name(path: str) -> str:
    """A file's name as text, though a name may be any bytes."""
    return os.fsencode(path).decode("utf-8", "backslashreplace")


def _count(number: int, what: str) -> str:
    return f"{number:,} {what}{'' if number == 1 else 's'}"
