"""Which client can do which `auth` is in one table, and other pages say the same."""

import re

import pytest

from tests.structure.source_files import ROOT

AUTHS = ("none", "api-key", "cognito", "jwt", "iam")


def rows(page: str, mark: str) -> list[list[str]]:
    """The cells of a marked table, without its head; links are their text."""
    text = (ROOT / page).read_text().split(f"<!-- {mark} -->\n")[1].split("<!-- end -->")[0]
    return [plain(line) for line in text.splitlines()[2:]]


def plain(line: str) -> list[str]:
    line = re.sub(r"\[([^]]*)\]\([^)]*\)", r"\1", line)
    return [cell.strip() for cell in line.strip("| ").split(" | ")]


def matrix() -> dict[str, set[str]]:
    """The `auth` that each client can do, by docs/clients.md."""
    found = {}
    for client, none, key, token, iam in rows("docs/clients.md", "clients and auth"):
        cells = {"none": none, "api-key": key, "cognito": token, "jwt": token, "iam": iam}
        name = client.replace("`", "")
        found[name] = {auth for auth, cell in cells.items() if cell.startswith("yes")}
    return found


def test_the_pages_about_access_and_about_clients_agree() -> None:
    told = dict[str, set[str]]()
    for _, auth, clients, *_ in rows("docs/access.md", "auth and clients"):
        name = auth.split("`")[1]
        told[name] = set()
        for client in clients.replace("`", "").split("; "):
            other = client.removeprefix("those of ")
            told[name] |= told[other] if other != client else {client}

    can = matrix()
    assert {*told} == {*AUTHS}
    assert told == {auth: {c for c, auths in can.items() if auth in auths} for auth in AUTHS}


def of_readme(text: str) -> set[str]:
    named = set(re.findall(r"`([a-z-]+)`", text))
    return {*AUTHS} - named if text.startswith("all") else named


@pytest.mark.parametrize("client", matrix())
def test_the_readme_agrees(client: str) -> None:
    """Its table's last column; `; the service worker ...` is the second client of its row."""
    table = (ROOT / "README.md").read_text().split("| your client | works? |")[1].split("\n\n")[0]
    first = client.partition(",")[0].removesuffix(" with the fetch wrapper")
    name = first.removesuffix(" with the service worker")
    found = [plain(line) for line in table.splitlines()[2:]]
    told = [cells for cells in found if name in cells[0].replace("`", "") or name in cells[2]]
    if not told or "Android" in client:
        return  # of the plugins README tells the sink's
    wrapper, _, worker = told[0][-1].partition(";")
    assert of_readme(worker if first != name else wrapper) == matrix()[client]
