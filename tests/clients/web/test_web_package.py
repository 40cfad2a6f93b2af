"""What is published of the client for web pages: its size, its build, its types, its files."""

import gzip
import json
import re
import shutil
import subprocess
from pathlib import Path

from tests.clients.programs import HERE, NODE, ROOT, SECONDS

WEB = ROOT / "clients/web"
PACKAGE = json.loads((WEB / "package.json").read_text())
MODULES = HERE / "node_modules"
NPM = ROOT / ".venv/npm/bin/npm-cli.js"
PATH = f"{MODULES / '.bin'}:{NODE.parent}:/usr/bin:/bin"


def _run(*command: str | Path, cwd: Path) -> str:
    done = subprocess.run(
        [str(part) for part in command], cwd=cwd, env={"PATH": PATH, "HOME": str(cwd)},
        capture_output=True, text=True, timeout=SECONDS, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def test_it_is_smaller_than_four_kilobytes() -> None:
    assert len(gzip.compress((WEB / "events.js").read_bytes(), mtime=0)) < 4096


def test_it_is_built_of_its_sources(tmp_path: Path) -> None:
    script = PACKAGE["scripts"]["build"].replace("=events.js", f"={tmp_path / 'events.js'}")

    _run("sh", "-c", script, cwd=WEB)

    assert (tmp_path / "events.js").read_text() == (WEB / "events.js").read_text(), (
        "make web-client"
    )


def test_it_says_its_packages_version() -> None:
    assert f"'{PACKAGE['version']}'" in (WEB / "events/shapes.js").read_text()


def test_its_types_say_what_compiles() -> None:
    options = [
        "--noEmit",
        "--strict",
        "--typeRoots",
        ".",
        "--lib",
        "es2022,dom",
        "--module",
        "nodenext",
    ]

    _run(NODE, MODULES / "typescript/bin/tsc", *options, "uses.ts", cwd=HERE / "web/types")


def test_its_types_name_every_option_and_every_call() -> None:
    types = (WEB / "events.d.ts").read_text()
    page = (ROOT / "docs/web-client.md").read_text()
    sources = "".join(path.read_text() for path in (WEB / "events").iterdir())
    options, calls = (
        re.findall(
            r"^  (\w+)[?(:]", types.partition(f"interface {name} {{")[2].partition("\n}")[0], re.M
        )
        for name in ("ClientOptions", "Client")
    )

    assert len(options) == 14
    assert len(calls) == 7
    assert [name for name in options if not re.search(rf"\b{name}\b", sources)] == []
    assert [name for name in [*options, *calls] if f"`{name}" not in page] == []


def test_its_package_holds_what_a_page_needs(tmp_path: Path) -> None:
    shutil.copytree(WEB, tmp_path / "clients/web")
    shutil.copy(ROOT / "LICENSE", tmp_path)

    told = _run(NODE, NPM, "pack", "--dry-run", "--json", "--silent", cwd=tmp_path / "clients/web")

    files = {file["path"] for file in json.loads(told)[0]["files"]}
    assert files == {"LICENSE", "README.md", "events.d.ts", "events.js", "package.json"}
