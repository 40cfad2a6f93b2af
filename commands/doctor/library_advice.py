"""The verdict on a client, a library, a package or a setting, by what the project calls."""

from collections import defaultdict
from dataclasses import dataclass

from commands.doctor.doctor_project import Project, Use
from commands.doctor.found import Found, Role
from commands.doctor.knowledge import Library, State, Verdict, libraries

AWAY = "An address stands beside it: with this gateway's, it does not get to AWS."
_TWO_CLIENTS = (
    "The same code calls what lives on at AWS: make a second client for that, without the address."
)
_ONE_CLIENT = (
    "This project also calls what lives on at AWS, which the variable takes away from there: give"
    " the address to one client in its place."
)
_NOT_SEEN = (
    "AWS_ENDPOINT_URL_PINPOINT is set in this project; whether for this process is not seen. An"
    " address beside the client is."
)
_NOT_READ = "This SDK does not read AWS_ENDPOINT_URL_PINPOINT, which this project sets."
_NOT_SET = "It gets no address in this line."
_BORROWED = (
    "What its file calls with it lives on at AWS, but another file, which makes no client, calls"
    " what this gateway serves: if with this one, make a second client, with the address."
)
_MADE = "See where its client is made."
_NEEDED = "Another package needs it; what that does with it is not seen."
_HERE = frozenset([Verdict.WORKS, Verdict.RELEASE, Verdict.LIBRARY])  # it is to be moved here
# Of several clients, the one that asks for most.
_ORDER = (
    Verdict.WORKS, Verdict.RELEASE, Verdict.LIBRARY, Verdict.UNSURE, Verdict.ENDED,
    Verdict.POINTED, Verdict.LIVES,
)  # fmt: skip


@dataclass(frozen=True)
class Decided:
    """A verdict, and what to say with it."""

    verdict: Verdict
    note: str
    change: str = ""
    away: bool = False  # it lives on at AWS, and is sent elsewhere
    told: bool = False  # what is to be done is told elsewhere


class Libraries:
    """Where a project makes its clients, and what that says of everything else."""

    def __init__(self, project: Project, uses: list[Use]) -> None:
        """Decide on the clients first."""
        self.project = project
        self._made: dict[str, set[Verdict]] = defaultdict(set)
        self._in_file: dict[str, set[Verdict]] = defaultdict(set)
        self._clients = clients = {use.subject for _, use in uses if use.role == Role.CLIENT}
        for file, use in uses:
            made = use.role == Role.IMPORT and use.subject not in clients
            if use.role == Role.CLIENT or made:
                verdict = self._made_here(file, use).verdict
                self._made[use.subject].add(verdict)
                if libraries()[use.subject].client:
                    self._in_file[file].add(verdict)

    @property
    def settled(self) -> bool:
        """Whether every client that is seen points elsewhere or may stay."""
        return self._settled(set[Verdict]().union(*self._made.values()))

    def settled_in(self, file: str) -> bool:
        """The same for the clients of a file, or of the project if it makes none itself."""
        found = self._in_file.get(file)
        return self._settled(found) if found else self.settled

    def _settled(self, verdicts: set[Verdict]) -> bool:
        moved = self.project.wrapped or Verdict.POINTED in verdicts
        return moved and not verdicts & {*_HERE, Verdict.UNSURE}

    def maybe_in(self, file: str) -> bool:
        """Whether only the variable may point them elsewhere."""
        found = self._in_file.get(file) or set[Verdict]().union(*self._made.values())
        return self.project.everywhere and not found & _HERE

    def decide(self, file: str, use: Found) -> Decided:
        """Decide on any of them."""
        library = libraries()[use.subject]
        made = self._made.get(use.subject)
        if use.role == Role.LOCKED:
            lives = library.verdict == Verdict.LIVES
            return Decided(Verdict.LIVES if lives else Verdict.UNSURE, _NEEDED, told=True)
        if use.role == Role.PACKAGE and made:
            verdict = next(verdict for verdict in _ORDER if verdict in made)
            native = library.native if self.project.is_native(file) else None
            return Decided(native or verdict, _MADE, told=True)
        if use.role == Role.IMPORT and library.client and use.subject in self._clients:
            verdict = next(verdict for verdict in _ORDER if verdict in self._made[use.subject])
            return Decided(verdict, _MADE, told=True)
        if use.subject == "environment" and not use.pointed:
            return Decided(Verdict.UNSURE, _NOT_SET, told=True)
        if use.subject == "environment" and self.project.lasting:
            return Decided(library.verdict, f"{library.hint} {_ONE_CLIENT}", away=True)
        if use.subject == "config-analytics" and self.settled:
            return Decided(Verdict.POINTED, library.hint, library.line)
        return self._made_here(file, use)

    def _made_here(self, file: str, use: Found) -> Decided:
        library = libraries()[use.subject]
        if library.client:
            return self._client(file, use, library)
        native = library.native if self.project.is_native(file) else None
        verdict = native or library.verdict
        pointed = use.pointed or (use.subject == "amplify-js" and self.project.wrapped)
        if pointed and verdict in (Verdict.WORKS, Verdict.RELEASE):
            return Decided(Verdict.POINTED, library.hint)
        return Decided(verdict, library.hint, library.line)

    def _client(self, file: str, use: Found, library: Library) -> Decided:
        """By what is called in its file, or else anywhere in the project."""
        called = self.project.called_by(file)
        if called and not called & {State.SERVED, State.OFF}:
            if State.LIVES in called:
                if self.project.borrowed & {State.SERVED, State.OFF} and not use.pointed:
                    return Decided(Verdict.UNSURE, _BORROWED, library.line)
                note = "What is called with it lives on at AWS: leave it without an address."
                return Decided(Verdict.LIVES, AWAY if use.pointed else note, away=use.pointed)
            verdict = Verdict.ENDED if called == {State.ENDED} else Verdict.UNSURE
            return Decided(verdict, "See the operations that are called with it.")
        both = State.LIVES in called
        if use.pointed:
            return Decided(Verdict.POINTED, _TWO_CLIENTS if both else library.hint)
        if self.project.everywhere and library.variable:
            return Decided(Verdict.UNSURE, _NOT_SEEN, library.line)
        other = _NOT_READ if self.project.everywhere else library.hint
        return Decided(Verdict.WORKS, _TWO_CLIENTS if both else other, library.line)
