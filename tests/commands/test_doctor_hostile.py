"""Files made to stop the doctor's parsers, or to make them do what they should not."""

from pathlib import Path

import pytest

from tests.commands.test_doctor_files import CLIENT, SERVED, examined, files, write

LAUGHS = "\n".join(
    ["a: &a [mobiletargeting:PutEvents]"]
    + [
        f"{b}: &{b} [{','.join(f'*{a}' for _ in range(10))}]"
        for a, b in zip("abcdefgh", "bcdefghi", strict=True)
    ]
)
ENTITIES = (
    '<!DOCTYPE p [<!ENTITY a "mobiletargeting:PutEvents">'
    + "".join(
        f'<!ENTITY {b} "{f"&{a};" * 10}">' for a, b in zip("abcdefgh", "bcdefghi", strict=True)
    )
    + "]><p>&i;</p>"
)
DEEP = 100_000
HOSTILE = {
    "laughs.yaml": LAUGHS,
    "entities.xml": ENTITIES,
    "deep.json": "[" * DEEP + '"mobiletargeting:PutEvents"' + "]" * DEEP,
    "deep.yaml": "[" * DEEP + "mobiletargeting:PutEvents" + "]" * DEEP,
    "deep.xml": "<a>" * DEEP + "mobiletargeting:PutEvents" + "</a>" * DEEP,
    "deep.toml": f"a = {'[' * DEEP}'mobiletargeting:PutEvents'{']' * DEEP}",
    "deep.tf": f"a = {'[' * 5_000}\"mobiletargeting:PutEvents\"{']' * 5_000}",
    "deep.py": "(" * DEEP + "'mobiletargeting:PutEvents'" + ")" * DEEP,
    "unary.py": "-" * DEEP + "1 # pinpoint",
    "added.py": "x = 'mobiletargeting:PutEvents'" + "+1" * DEEP,
    "attributes.py": "x = 'mobiletargeting:PutEvents'" + ".a" * DEEP,
    "quotes.kt": '"mobiletargeting:PutEvents"' + '"' * DEEP,
    "escapes.ts": "'mobiletargeting:PutEvents'\n" + "`" + ("\\`" * 5_000 + "\n") * 20,
    "comments.java": '"mobiletargeting:PutEvents"' + "/*" * DEEP,
    "regexes.ts": "'mobiletargeting:PutEvents'\n" + "(/[a\n" * DEEP,
    "named.ts": "'mobiletargeting:PutEvents'\nf(`" + "new AWS.Pinpoint()\n" * 20_000 + "`)",
    "brackets.ts": "new Pinpoint(\n" * 10_000,
    "words.sh": "aws pinpoint " * 5_000 + "\n" + "aws " + "--a b " * DEEP + "pinpoint put-events",
    "one.tf": 'resource "aws_pinpoint_app" ' * 1_000,
}  # fmt: skip


@pytest.mark.timeout(120)
@pytest.mark.parametrize("name", HOSTILE)
def test_a_file_made_to_stop_a_parser_stops_nothing(name: str, tmp_path: Path) -> None:
    write(tmp_path, a_dot_py=CLIENT)
    (tmp_path / name).write_text(HOSTILE[name])
    seen = examined(tmp_path)

    assert "a.py" in files(seen)
    assert (seen.searched, seen.unread) == (2, [])
    if "mobiletargeting:PutEvents" in HOSTILE[name]:
        assert name in files(seen)


def test_no_entity_of_xml_is_read(tmp_path: Path) -> None:
    write(tmp_path, a_dot_xml='<!DOCTYPE p [<!ENTITY a "pinpoint">]><p>&a;</p>')

    assert examined(tmp_path).plainly == [("a.xml", "no xml: ValueError")]


def test_a_tag_of_yaml_makes_nothing(tmp_path: Path) -> None:
    write(
        tmp_path,
        a_dot_yaml=f"x: !!python/object/apply:os.system ['touch {tmp_path}/made']\n{SERVED}\n",
    )

    assert files(examined(tmp_path)) == ["a.yaml"]
    assert not (tmp_path / "made").exists()
