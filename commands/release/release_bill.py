"""A package's bill of materials as a release has it: of which version, and of which archives."""

import hashlib
import json
from pathlib import Path
from typing import Any
from uuid import NAMESPACE_URL, uuid5

LICENCE = "Apache-2.0"


def release_bill(bill: dict[str, Any], code: str, version: str, archives: list[Path]) -> str:
    """Return the bill with the component that it is of; its serial number follows from the rest."""
    name = f"putevents-gateway-{code}"
    described = {
        "type": "application",
        "bom-ref": f"{name}=={version}",
        "name": name,
        "version": version,
        "licenses": [{"license": {"id": LICENCE}}],
        "externalReferences": [_distribution(archive) for archive in sorted(archives)],
    }
    depends = {
        "ref": described["bom-ref"],
        "dependsOn": sorted(part["bom-ref"] for part in bill["components"]),
    }
    full = {
        **bill,
        "metadata": {**bill["metadata"], "component": described},
        "dependencies": [depends, *bill["dependencies"]],
    }
    serial = uuid5(NAMESPACE_URL, json.dumps(full, sort_keys=True))
    return f"{json.dumps({**full, 'serialNumber': serial.urn}, indent=2)}\n"


def _distribution(archive: Path) -> dict[str, Any]:
    digest = hashlib.sha256(archive.read_bytes()).hexdigest()
    return {
        "type": "distribution",
        "url": archive.name,
        "hashes": [{"alg": "SHA-256", "content": digest}],
    }
