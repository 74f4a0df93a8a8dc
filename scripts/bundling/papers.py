"""The two papers of a bundle: the licences of all that it holds, and the bill of materials (CycloneDX 1.6)."""

from __future__ import annotations

import hashlib
import json
import uuid
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import environment
import interface
import shell
from bundling import components, sidecar
from bundling.components import Component
from bundling.licences import may_ship
from bundling.places import BUILD, ROOT

LICENCES = "LICENCES.txt"
MATERIALS = "cortex.cdx.json"
_LINE = "=" * 100


def build(version: str) -> Path:
    """The directory of both papers, about what was frozen and the window. Raises SetupError."""
    parts = json.loads(sidecar.PARTS.read_text(encoding="utf-8"))
    site_packages = next(sidecar.VENV.rglob("site-packages"))
    held = [
        *components.python_packages(site_packages, parts),
        *components.system_libraries(parts, site_packages),
        *components.npm_packages(interface.UI),
        *components.rust_packages(shell.SHELL / "Cargo.toml", env=shell.variables()),
        *components.beside_packages(site_packages),
    ]
    folder = BUILD / "papers"
    write(folder, held, version=version, own_licence=(ROOT / "LICENSE").read_text(encoding="utf-8"))
    return folder


def write(folder: Path, held: Sequence[Component], *, version: str, own_licence: str) -> None:
    """Write both papers. Raises SetupError, naming every package whose licence does not let it ship."""
    refused = [
        f"{each.name} {each.version}: {each.licence or 'says nothing'}" for each in held if not may_ship(each.licence)
    ]
    if refused:
        raise environment.SetupError("These may not ship under their licences:\n  " + "\n  ".join(refused))
    folder.mkdir(parents=True, exist_ok=True)
    ordered = sorted(held, key=lambda each: (each.kind, each.name, each.version))
    (folder / LICENCES).write_text(licence_list(ordered, own_licence), encoding="utf-8", newline="\n")
    materials = json.dumps(bill_of_materials(ordered, version), indent=1, ensure_ascii=False) + "\n"
    (folder / MATERIALS).write_text(materials, encoding="utf-8", newline="\n")


def licence_list(held: Sequence[Component], own_licence: str) -> str:
    """Who made what, under which licence; then each text once, with the packages that come with it."""
    holders: dict[str, list[str]] = {}
    for each in held:
        for text in each.texts:
            holders.setdefault(text.strip().replace("\r\n", "\n"), []).append(f"{each.name} {each.version}".strip())
    width = max(len(f"{each.name} {each.version}") for each in held)
    listed = [f"{f'{each.name} {each.version}'.strip():<{width}}  {each.licence}" for each in held]
    parts = ["Cortex is under the Apache License 2.0. It holds the work of many others:", "", *listed]
    parts += ["", _LINE, "Cortex", _LINE, own_licence.strip()]
    for text, names in holders.items():
        parts += ["", _LINE, ", ".join(dict.fromkeys(names)), _LINE, text]
    return "\n".join(parts) + "\n"


def bill_of_materials(held: Sequence[Component], version: str) -> dict[str, Any]:
    """The same for programs. Its serial number follows from what it lists, so that equal bundles have equal papers."""
    listed = [_entry(each) for each in held]
    serial = uuid.UUID(hashlib.sha256(json.dumps(listed).encode()).hexdigest()[:32], version=4)
    return {
        "$schema": "http://cyclonedx.org/schema/bom-1.6.schema.json",
        "bomFormat": "CycloneDX",
        "specVersion": "1.6",
        "serialNumber": f"urn:uuid:{serial}",
        "version": 1,
        "metadata": {
            "component": {
                "type": "application",
                "bom-ref": "cortex",
                "name": "Cortex",
                "version": version,
                "licenses": [{"license": {"id": "Apache-2.0"}}],
            }
        },
        "components": listed,
        "dependencies": [{"ref": "cortex", "dependsOn": sorted({entry["bom-ref"] for entry in listed})}],
    }


def _entry(each: Component) -> dict[str, Any]:
    return {
        "type": "library",
        "bom-ref": each.purl,
        "name": each.name,
        **({"version": each.version} if each.version else {}),
        "licenses": [{"expression": each.licence.replace("/", " OR ")}],
        "purl": each.purl,
    }
