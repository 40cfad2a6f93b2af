"""The verdict on each use: by the tables, and by what else the project does."""

from dataclasses import dataclass

from commands.doctor.doctor_project import Project, Use, meaningful
from commands.doctor.found import Found, Role
from commands.doctor.knowledge import (
    Fate,
    Library,
    State,
    Verdict,
    libraries,
    operations,
    resource_key,
    resources,
)
from commands.doctor.library_advice import AWAY, Decided, Libraries

_BY_STATE = {
    State.SERVED: Verdict.WORKS, State.OFF: Verdict.WORKS, State.LIVES: Verdict.LIVES,
    State.UNSURE: Verdict.UNSURE, State.ENDED: Verdict.ENDED,
}  # fmt: skip
# What is to be done; what points elsewhere already or lives on may stay as it is.
_TO_DO = frozenset([Verdict.WORKS, Verdict.RELEASE, Verdict.LIBRARY, Verdict.UNSURE, Verdict.ENDED])
_AWAY_ALL = "With AWS_ENDPOINT_URL_PINPOINT, which this project sets, it does not get to AWS."
_PERMISSION = "This gateway asks for none of Pinpoint's permissions: see its output ClientPolicy."


@dataclass(frozen=True)
class Advice:
    """A use with its verdict."""

    file: str
    line: int
    what: str
    verdict: Verdict
    to_do: bool
    change: str  # the line that points it here
    note: str
    link: str


def advise(found: list[Use]) -> list[Advice]:
    """Decide on every use of a project."""
    uses = meaningful(found)
    known = Libraries(Project.of(found), uses)
    return [_advice(file, use, known) for file, use in uses]


def _advice(file: str, use: Found, known: Libraries) -> Advice:
    if use.role == Role.RESOURCE:
        fate = _resource(use.name)
        what, link, decided = use.name, fate.link, Decided(_BY_STATE[fate.state], fate.hint)
    elif use.subject:
        library = libraries()[use.subject]
        what, link, decided = _named(use, library), library.link, known.decide(file, use)
    else:
        fate = operations()[use.name]
        what, link, decided = _named(use), fate.link, _operation(file, use, fate, known)
    to_do = decided.away or (decided.verdict in _TO_DO and not decided.told)
    return Advice(
        file, use.line, what, decided.verdict, to_do, decided.change, decided.note, link
    )  # fmt: skip


def _named(use: Found, library: Library | None = None) -> str:
    if use.role == Role.CALL:
        return f"call of {use.name}"
    if use.role == Role.PERMISSION:
        return f"permission mobiletargeting:{use.name}"
    if use.role == Role.COMMAND:
        return f"AWS CLI: {use.name}"
    if use.role in (Role.PACKAGE, Role.LOCKED) or library is None:
        return f"package {use.name}"
    return library.what


def _resource(name: str) -> Fate:
    unknown = Fate(State.UNSURE, "Not in this command's table.", "docs/doctor.md")
    return resources().get(resource_key(name), unknown)


def _operation(file: str, use: Found, fate: Fate, known: Libraries) -> Decided:
    verdict = _BY_STATE[fate.state]
    if fate.state in (State.SERVED, State.OFF):
        if use.role == Role.COMMAND:
            verdict = Verdict.POINTED if use.pointed else verdict
            return Decided(verdict, fate.hint, "--endpoint-url https://YOUR-GATEWAY/prod")
        pointed = known.settled_in(file) if use.role == Role.CALL else known.settled
        if pointed:
            verdict = Verdict.POINTED
        elif use.role == Role.CALL and known.maybe_in(file):
            verdict = Verdict.UNSURE
        if use.role == Role.PERMISSION:
            return Decided(verdict, _PERMISSION)
        return Decided(verdict, f"{fate.hint} The line goes to where the client is made.")
    if fate.state == State.LIVES and use.pointed:
        return Decided(verdict, f"{fate.hint} {AWAY}", away=True)
    if fate.state == State.LIVES and known.project.everywhere and use.role != Role.PERMISSION:
        return Decided(verdict, f"{fate.hint} {_AWAY_ALL}", away=True)
    return Decided(verdict, fate.hint)
