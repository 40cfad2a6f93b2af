"""Whatever a file holds, the doctor ends well, tells lines that there are, and prints no secret."""

import tempfile
from pathlib import Path

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from commands.doctor.doctor_report import as_json, page
from commands.doctor.examine import examine
from commands.doctor.file_kinds import Kind
from commands.doctor.project_files import Walk
from commands.doctor.without_comments import without_comments
from tests.commands.doctor_projects.unpacked import FOLDER, PROJECTS, files

FILES = [
    file
    for name in PROJECTS
    for file in files((FOLDER / f"{name}.txt").read_text().partition("== expected ==")[0])
]
QUICK = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
SPLICES = st.sampled_from(
    ['"', "'", "`", '"""', "/*", "*/", "//", "#", "{", "}", "(", ")", "[", "]", "\n", "\r", "\\",
     "\0", "<", "&a", "*a", "!x", "<<EOT\n", "${", "\ufeff", "\U0001f600", "pinpoint", ":", "\t"]
)  # fmt: skip


@st.composite
def mutated(draw: st.DrawFn) -> tuple[str, bytes]:
    """A file of a project with parts cut, doubled and put in, maybe under another file's name."""
    _, text = draw(st.sampled_from(FILES))
    path, _ = draw(st.sampled_from(FILES))
    for _ in range(draw(st.integers(0, 6))):
        start = draw(st.integers(0, len(text)))
        end = draw(st.integers(start, min(len(text), start + 80)))
        text = text[:start] + draw(SPLICES) * draw(st.integers(0, 3)) + text[end:]
    encoded = text.encode(draw(st.sampled_from(["utf-8", "utf-16", "utf-16-be"])))
    flipped = draw(st.integers(0, len(encoded)))
    return path, encoded[:flipped] + draw(st.binary(max_size=2)) + encoded[flipped:]


@QUICK
@given(mutated())
def test_no_file_stops_it(file: tuple[str, bytes]) -> None:
    path, data = file
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_bytes(data)
        seen = examine(Walk(folder))

    assert seen.unread == []
    lines = data.count(b"\n") + data.count(b"\r") + 1
    assert all(1 <= advice.line <= lines for advice in seen.advice)
    assert "SECRET" not in page(seen, everything=True) + as_json(seen)


@QUICK
@given(st.sampled_from(Kind), st.text(st.sampled_from("\"'`/*#\\\n()=[]<!->ax ")))
def test_a_text_without_comments_keeps_its_lines(kind: Kind, text: str) -> None:
    bare = without_comments(kind, text)

    assert len(bare) == len(text)
    assert [*map(len, bare.split("\n"))] == [*map(len, text.split("\n"))]
    assert all(a in (b, " ") for a, b in zip(bare, text, strict=True))
