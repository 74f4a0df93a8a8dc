"""Everything that ships and that others made: Python, Rust and npm packages, and libraries of the system."""

from __future__ import annotations

import json
import re
import subprocess
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from importlib import metadata
from pathlib import Path
from typing import Any

import environment
from bundling import licences
from bundling.licences import BOOTLOADER
from bundling.places import ROOT

_TEXTS = re.compile(r"(licen[cs]e|copying|notice|copyright|ofl|unlicense|thirdpartynotices)", re.IGNORECASE)
_SYSTEM = {
    # of the interpreter that Cortex was frozen with
    "libpython": ("python", "PSF-2.0"),
    "libssl": ("openssl", "Apache-2.0"),
    "libcrypto": ("openssl", "Apache-2.0"),
    "libsqlite3": ("sqlite", "blessing"),
    "libz": ("zlib", "Zlib"),
    "liblzma": ("xz", "0BSD"),
    "libbz2": ("bzip2", "bzip2-1.0.6"),
    "libffi": ("libffi", "MIT"),
    "libuuid": ("util-linux-libuuid", "BSD-3-Clause"),
    "libexpat": ("expat", "MIT"),
    "libmpdec": ("mpdecimal", "BSD-2-Clause"),
    "libstdc++": ("libstdc++", "GPL-3.0-or-later WITH GCC-exception-3.1"),
    "libgcc_s": ("libgcc", "GPL-3.0-or-later WITH GCC-exception-3.1"),
}
_STATED = {
    # what their metadata leaves open, read from their files
    "pypdfium2": "Apache-2.0 AND BSD-3-Clause",
    "pysqlite3": "Zlib AND blessing",
}


@dataclass(frozen=True)
class Component:
    """One package of others. `licence` is an SPDX expression."""

    kind: str
    """`pypi`, `cargo`, `npm`, or `generic` for a library of the system."""
    name: str
    version: str
    licence: str
    texts: tuple[str, ...] = field(default=(), compare=False)
    """The files in which its makers state the licence."""

    @property
    def purl(self) -> str:
        """The package URL, by which lists of vulnerabilities know it."""
        name = self.name.replace("@", "%40") if self.kind == "npm" else self.name
        return f"pkg:{self.kind}/{name}" + (f"@{self.version}" if self.version else "")


def python_packages(site_packages: Path, parts: Iterable[str]) -> list[Component]:
    """The installed packages that any of the frozen `parts` (paths of files) came from."""
    shipped = set(parts)
    found = []
    for distribution in metadata.distributions(path=[str(site_packages)]):
        files = distribution.files or []
        if any(str(site_packages / file) in shipped for file in files if ".dist-info" not in str(file)):
            found.append(_python_package(distribution))
    return found


def _python_package(distribution: metadata.Distribution) -> Component:
    fields = distribution.metadata
    name = re.sub(r"[-_.]+", "-", fields["Name"]).lower()
    texts = [
        Path(str(distribution.locate_file(file))).read_text(encoding="utf-8", errors="replace")
        for file in distribution.files or []
        if _is_text(file)
    ]
    return Component("pypi", name, distribution.version, licence_of(name, fields), tuple(texts))


def _is_text(file: metadata.PackagePath) -> bool:
    if len(file.parts) > 2 and file.parts[0].endswith(".dist-info") and file.parts[1] == "licenses":
        return "android" not in file.parts
    return bool(_TEXTS.match(file.stem)) and file.suffix in ("", ".txt", ".md", ".rst") and len(file.parts) < 4


def licence_of(name: str, fields: Any) -> str:
    """What the metadata of a Python package says, as an SPDX expression; empty where it says nothing that is known."""
    if name in _STATED:
        return _STATED[name]
    if stated := (fields.get("License-Expression") or "").strip():
        return str(stated)
    old = (fields.get("License") or "").strip()
    if licences.is_expression(old):
        return str(old)
    classified = [line for line in fields.get_all("Classifier") or [] if line.startswith("License ::")]
    read = [licences.named(line) for line in classified] or [licences.named(old[:200])]
    return " AND ".join(sorted({identifier for identifier in read if identifier}))


def system_libraries(parts: Iterable[str], site_packages: Path) -> list[Component]:
    """The libraries that came from the system or the interpreter. Raises SetupError for one that is not known here."""
    found = {}
    for part in parts:
        library = re.match(r"(lib[^.-]+)[^/]*\.(so|dylib|dll)", Path(part).name)
        # what wheels bring along is covered by their own papers
        if library is None or not Path(part).is_absolute() or Path(part).is_relative_to(site_packages):
            continue
        name = "libpython" if library[1].startswith("libpython") else library[1]
        if name not in _SYSTEM:
            raise environment.SetupError(f"{part} would ship, and its licence is not known (bundling/components.py).")
        component, licence = _SYSTEM[name]
        found[component] = Component("generic", component, "", licence)
    return list(found.values())


def npm_packages(ui: Path) -> list[Component]:
    """What the interface is built from, without its tools: the lock knows which is which."""
    lock = json.loads((ui / "package-lock.json").read_text(encoding="utf-8"))
    found = {}
    for place, entry in lock["packages"].items():
        name = place.rpartition("node_modules/")[2]
        # types are not in what is built, and optional packages are for Node alone
        if (
            not name
            or name == place
            or name.startswith("@types/")
            or any(entry.get(k) for k in ("dev", "link", "optional"))
        ):
            continue
        folder = ui / place
        texts = tuple(_read(file) for file in sorted(folder.glob("*")) if file.is_file() and _TEXTS.match(file.name))
        licence = str(entry.get("license", ""))
        found[name, entry["version"]] = Component("npm", name, entry["version"], licence, texts)
    return list(found.values())


def rust_packages(manifest: Path, *, env: dict[str, str]) -> list[Component]:
    """What the window's program is linked from: neither build scripts' nor tests' packages. Raises SetupError."""
    host = subprocess.run(["rustc", "-vV"], capture_output=True, text=True, env=env).stdout
    target = next((line.partition(" ")[2] for line in host.splitlines() if line.startswith("host:")), "")
    command = ["cargo", "metadata", "--locked", "--offline", "--format-version", "1", "--filter-platform", target]
    answer = subprocess.run([*command, "--manifest-path", str(manifest)], capture_output=True, text=True, env=env)
    if answer.returncode != 0:
        raise environment.SetupError(f"cargo cannot say what the window is made of: {answer.stderr.strip()[:400]}")
    said = json.loads(answer.stdout)
    packages = {package["id"]: package for package in said["packages"]}
    root = said["resolve"]["root"]
    return [_rust_package(packages[each]) for each in _linked(said["resolve"], root, packages) if each != root]


def _linked(resolve: dict[str, Any], root: str, packages: dict[str, Any]) -> Iterator[str]:
    nodes = {node["id"]: node for node in resolve["nodes"]}
    seen, waiting = {root}, [root]
    while waiting:
        package = waiting.pop()
        yield package
        if any("proc-macro" in target["kind"] for target in packages[package]["targets"]):
            continue  # it runs in the compiler, with all that it needs
        for dependency in nodes[package]["deps"]:
            normal = any(kind["kind"] is None for kind in dependency["dep_kinds"])
            if normal and dependency["pkg"] not in seen:
                seen.add(dependency["pkg"])
                waiting.append(dependency["pkg"])


def _rust_package(package: dict[str, Any]) -> Component:
    folder = Path(package["manifest_path"]).parent
    texts = tuple(_read(file) for file in sorted(folder.glob("*")) if file.is_file() and _TEXTS.match(file.name))
    return Component("cargo", package["name"], package["version"], package["license"] or "", texts)


def beside_packages(site_packages: Path) -> list[Component]:
    """What ships and is no package: the embedded model, and the program that PyInstaller puts around what it froze."""
    apache = (ROOT / "LICENSE").read_text(encoding="utf-8")
    freezer = next(iter(metadata.distributions(name="pyinstaller", path=[str(site_packages)])))
    texts = _python_package(freezer).texts
    return [
        Component("generic", "all-MiniLM-L6-v2", "", "Apache-2.0", (apache,)),
        Component("generic", "pyinstaller-bootloader", freezer.version, BOOTLOADER, texts),
    ]


def _read(file: Path) -> str:
    return file.read_text(encoding="utf-8", errors="replace")
