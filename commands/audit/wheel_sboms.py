"""What a wheel says of itself to hold: C libraries and Rust crates, from its bills of materials.

https://peps.python.org/pep-0770/ has their place. No scanner finds them by Python's metadata.
"""

import json
from pathlib import Path
from typing import Any

# The rest is of the machine that built the wheel: paths, flags, references inside of its own bill.
_KEPT = ("type", "name", "version", "purl", "licenses", "hashes")
# By which advisories about it are found; a `generic` package URL is known to nobody.
_OPENSSL = "pkg:generic/openssl@"


def held_by(part: dict[str, Any], wheels: Path) -> list[dict[str, Any]]:
    """Return the components inside of a dependency, each once, in the order of their names."""
    name = f"{part['name'].lower().replace('-', '_')}-{part['version']}.dist-info"
    bills = [json.loads(file.read_text()) for file in (wheels / name / "sboms").glob("*.json")]
    held = {one["purl"]: _plain(one) for bill in bills for one in bill["components"]}
    return [held[purl] for purl in sorted(held)]


def _plain(component: dict[str, Any]) -> dict[str, Any]:
    plain = {name: component[name] for name in _KEPT if name in component}
    purl, _, _ = component["purl"].partition("?")  # what follows is where it was on that machine
    if purl.startswith(_OPENSSL):
        plain["cpe"] = f"cpe:2.3:a:openssl:openssl:{component['version']}:*:*:*:*:*:*:*"
    return {**plain, "purl": purl}
