"""`docs`: the documentation as a site, built on this machine from the same pages."""

import shutil
import subprocess
import sys
from pathlib import Path

import click

from commands.exit_codes import RejectedError, StoppedError

SITE = Path(".build/docs/site")
_SECONDS = 300  # it takes about four
EPILOG = """With make:  make docs
            make docs SITE_URL=https://docs.example.com/

\b
Exit code:
    0  built
    1  a link leads nowhere, or the site would load something from elsewhere
    2  an option is wrong
    3  Zensical is missing (make docs installs it) or hangs
"""


@click.command(epilog=EPILOG)
@click.option(
    "--site-url", default="", metavar="URL",
    help="The address at which the site will stand; its page for wrong addresses needs it.",
)  # fmt: skip
def docs(site_url: str) -> None:
    """Write llms.txt and build the documentation into .build/docs/site.

    Every link is checked, also those to headings and to files of the project. Nothing in the site
    comes from elsewhere, so it works without a network.
    """
    from commands.site.foreign_parts import foreign_parts
    from commands.site.llms_text import FILE, llms_text
    from commands.site.navigation import ROOT, entries
    from commands.site.page_links import broken_links
    from commands.site.same_reading import differences
    from commands.site.search_index import order_search
    from commands.site.site_source import lay_out

    if site_url and not site_url.startswith(("https://", "http://")):
        raise click.BadParameter("begin it with https://", param_hint="--site-url")
    missing = [entry.path for entry in entries() if not (ROOT / entry.path).is_file()]
    _stop_for([f"docs/site/zensical.toml: {path} does not exist" for path in missing])
    _stop_for(broken_links(ROOT, [entry.path for entry in entries()]))
    FILE.write_text(llms_text())
    site = ROOT / SITE
    shutil.rmtree(site.parent, ignore_errors=True)
    lay_out(site.parent, site_url)
    _build(site.parent)
    order_search(site / "search.json")
    _stop_for(foreign_parts(site))
    _stop_for(differences(site, ROOT, [entry.path for entry in entries()]))
    _add_texts(site)
    click.echo(f"Written: {SITE}/index.html and llms.txt ({len(entries())} pages).")
    click.echo(f"To read it: python3 -m http.server --bind 127.0.0.1 --directory {SITE} 8000")


def _build(folder: Path) -> None:
    zensical = Path(sys.executable).with_name("zensical")
    try:
        done = subprocess.run(  # noqa: S603 - our own arguments
            [zensical, "build", "--strict"], cwd=folder, check=False, timeout=_SECONDS,
            capture_output=True, text=True, env={"NO_COLOR": "1"},
        )  # fmt: skip
    except FileNotFoundError:
        raise StoppedError("Zensical is not installed here; make docs installs it.") from None
    except subprocess.TimeoutExpired:
        raise StoppedError(f"Zensical has not finished in {_SECONDS} seconds.") from None
    if done.returncode:
        raise RejectedError(f"Zensical stopped.\n{done.stdout}\n{done.stderr}")


def _add_texts(site: Path) -> None:
    """Put the pages' own texts beside them, where llms.txt links to."""
    from commands.site.llms_text import FILE
    from commands.site.navigation import ROOT, entries

    for path in [FILE.name, *(entry.path for entry in entries())]:
        (site / path).parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(ROOT / path, site / path)


def _stop_for(faults: list[str]) -> None:
    if faults:
        raise RejectedError("\n".join(faults))
