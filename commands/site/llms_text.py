"""Write llms.txt, the list of the pages for language models, in the form of llmstxt.org."""

from pathlib import Path

from commands.site.markdown_page import read_page
from commands.site.navigation import ROOT, Entry, entries

FILE = ROOT / "llms.txt"


def llms_text(root: Path = ROOT) -> str:
    """Return the text: a line a page, with the page's purpose."""
    lines: list[str] = []
    group = ""
    readme = read_page(root / "README.md")
    for entry in entries():
        if entry.group != group:
            group = entry.group
            lines += ["", f"## {group}", ""]
        lines.append(_line(root, entry))
    return "\n".join([f"# {readme.title}", "", f"> {readme.opening}", *lines, ""])


def _line(root: Path, entry: Entry) -> str:
    page = read_page(root / entry.path)
    name = entry.name or page.title
    return f"- [{name}]({entry.path}): {page.purpose or page.title}"
