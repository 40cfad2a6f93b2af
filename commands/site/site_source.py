"""Lay the pages and the files that they link to out for Zensical, each at its own path."""

import json
import re
import shutil
from pathlib import Path

from commands.site.list_indents import indented_by_four
from commands.site.navigation import CONFIG, ROOT, entries
from commands.site.page_links import linked_files
from commands.site.page_titles import titled_links

ICON = ROOT / "local/page/icon.svg"
_PICTURE = re.compile(r"!\[([^\]]*)\]\(([^)\s]+?)\.(png|svg)\)")
_PROJECT = "[project]\n"


def lay_out(folder: Path, url: str = "") -> None:
    """Fill a folder with the settings, the theme's changes and the pages; it must not be there."""
    source = folder / "source"
    pages = [entry.path for entry in entries()]
    for path in {*pages, *(file for page in pages for file in linked_files(ROOT, page))}:
        target = source / path
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(ROOT / path, target)
    for path in pages:
        _suit_the_site(source, path)
    shutil.copyfile(ICON, source / "icon.svg")
    shutil.copytree(CONFIG.parent / "overrides", folder / "overrides")
    (folder / CONFIG.name).write_text(_settings(url))


def _settings(url: str) -> str:
    """The settings, with the address at which the site will stand, if it is known."""
    before, mark, after = CONFIG.read_text().partition(_PROJECT)
    address = f"site_url = {json.dumps(url.rstrip('/') + '/')}\n" if url else ""
    return before + mark + address + after


def _suit_the_site(source: Path, path: str) -> None:
    """Indent lists, name pages by title, and show x-dark.png beside x.png with its colours."""
    page = source / path

    def both(found: re.Match[str]) -> str:
        alt, stem, ending = found.groups()
        dark = Path(path).parent / f"{stem}-dark.{ending}"
        if not (ROOT / dark).is_file():
            return found[0]
        (source / dark).parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(ROOT / dark, source / dark)
        light = f"![{alt}]({stem}.{ending}#only-light)"
        return f"{light}![{alt}]({stem}-dark.{ending}#only-dark)"

    text = titled_links(_PICTURE.sub(both, page.read_text()), path, ROOT)
    page.write_text(indented_by_four(text))
