"""Checks what Cortex is made of: the lock, its versions and licences, and what starts by itself in `.venv`.

    .venv/bin/python scripts/supply_chain.py

Prints one line per problem and ends with 1 when there is any. Needs no network.
"""

from __future__ import annotations

import re
import sys
import sysconfig
import tomllib
from collections.abc import Iterable, Iterator
from importlib import metadata
from pathlib import Path
from typing import Any

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name
from packaging.version import Version

ROOT = Path(__file__).resolve().parent.parent

# Below these a known vulnerability applies. They hold for packages that are not (yet) in the lock, too.
FLOORS = {
    "starlette": "1.3.0",
    "python-multipart": "0.0.30",
    "mcp": "1.28.1",
    "litellm": "1.83.9",
    "langchain-core": "1.3.3",
    "langgraph-checkpoint": "4.1.1",
    "langgraph-checkpoint-sqlite": "3.0.1",
    "lxml-html-clean": "0.4.5",
    "pyinstaller": "6.0.0",
}
BUNDLE = "bundle"
"""The dependency group that only the environment of the frozen program has."""
# The same for the crates of the desktop window.
CRATE_FLOORS = {"tauri": "2.11.1"}
OWN_CRATE = "cortex-shell"
CRATES_FROM = "registry+https://github.com/rust-lang/crates.io-index"

# Published with malicious code in them.
FORBIDDEN = {"litellm": {"1.82.7", "1.82.8"}}

# A .pth file may run code in every process that uses .venv, so each one is known by name.
KNOWN_PTH = {
    "_editable_impl_cortex.pth": "puts python-backend/src on the path",
    "distutils-precedence.pth": "setuptools, which ensurepip brings on Python 3.11",
}


def locked(text: str) -> dict[str, list[tuple[Version, int]]]:
    """Every pin of the lock: canonical name -> its versions (one per platform where they differ), each with the
    number of its hashes."""
    pins: dict[str, list[tuple[Version, int]]] = {}
    for entry in re.split(r"(?<!\\)\n", text):
        if found := re.match(r"([A-Za-z0-9._-]+)==(\S+)", entry):
            name = canonicalize_name(found[1])
            pins.setdefault(name, []).append((Version(found[2]), entry.count("--hash=sha256:")))
    return pins


def wanted(project: dict[str, Any]) -> Iterator[Requirement]:
    """Every requirement pyproject.toml states for work on Cortex: of the program, of its tools, of its build."""
    yield from (Requirement(line) for line in project["project"]["dependencies"])
    yield from (Requirement(line) for line in project["build-system"]["requires"])
    for name, group in project["dependency-groups"].items():
        if name != BUNDLE:
            yield from (Requirement(line) for line in group if isinstance(line, str))


def shipped(project: dict[str, Any]) -> Iterator[Requirement]:
    """Every requirement of the frozen program: its own, and of what freezes it."""
    yield from (Requirement(line) for line in project["project"]["dependencies"])
    yield from (Requirement(line) for line in project["dependency-groups"][BUNDLE])


def apart_problems(text: str, bundled: str) -> Iterator[str]:
    """Packages of which the bundle's lock has another version than the one that is tested."""
    tested = locked(text)
    for name, versions in locked(bundled).items():
        known = {version for version, _ in tested.get(name, [])}
        if other := known and {version for version, _ in versions} - known:
            yield f"the bundle would ship {name} {', '.join(map(str, other))}; tested is {', '.join(map(str, known))}"


def lock_problems(text: str, requirements: Iterable[Requirement]) -> Iterator[str]:
    """What is missing from a lock, or should not be in it."""
    pins = locked(text)
    for requirement in requirements:
        versions = pins.get(canonicalize_name(requirement.name), [])
        if not any(requirement.specifier.contains(version, prereleases=True) for version, _ in versions):
            yield f"the lock does not satisfy {requirement}: compile it again (CONTRIBUTING.md)"
    for name, versions in pins.items():
        for version, hashes in versions:
            if hashes == 0:
                yield f"{name}=={version} has no hash"
            if name in FLOORS and version < Version(FLOORS[name]):
                yield f"{name}=={version} has a known vulnerability; {FLOORS[name]} is the oldest without"
            if str(version) in FORBIDDEN.get(name, set()):
                yield f"{name}=={version} was published with malicious code"
    for number, line in enumerate(text.splitlines(), 1):
        if "://" in line or re.match(r"\s*(--(?!hash=)|-[a-z]\b)", line) or " @ " in line:
            yield f"the lock names a place (line {number}): {line.strip()[:60]}"


def crate_problems(text: str) -> Iterator[str]:
    """What is wrong with the crates that `Cargo.lock` pins: all but our own come from crates.io, with a checksum."""
    for crate in tomllib.loads(text)["package"]:
        name, version, source = crate["name"], crate["version"], crate.get("source")
        if name in CRATE_FLOORS and Version(version) < Version(CRATE_FLOORS[name]):
            yield f"{name} {version} has a known vulnerability; {CRATE_FLOORS[name]} is the oldest without"
        if source is None:
            if name != OWN_CRATE:
                yield f"{name} {version} is taken from a folder, not from crates.io"
        elif source != CRATES_FROM:
            yield f"{name} {version} is taken from elsewhere than crates.io: {source}"
        elif not re.fullmatch(r"[0-9a-f]{64}", crate.get("checksum", "")):
            yield f"{name} {version} has no checksum"


def pth_problems(site_packages: Path) -> Iterator[str]:
    """Files that run in every process of the environment and that nobody has vouched for."""
    for file in sorted(site_packages.glob("*.pth")):
        if file.name not in KNOWN_PTH:
            yield f"unknown file {file.name} in site-packages: it can run code at every start; find out whose it is"


def licence_problems() -> Iterator[str]:
    """Installed packages under the AGPL, or under the GPL alone."""
    for distribution in metadata.distributions():
        fields = distribution.metadata
        stated = " ".join(fields.get_all("License-Expression") or [])
        classifiers = [c for c in fields.get_all("Classifier") or [] if c.startswith("License ::")]
        if not stated:
            stated = " OR ".join(classifiers) or " ".join(fields.get_all("License") or [])[:80]
        alternatives = re.split(r"\s+OR\s+", stated)
        if stated and all(re.search(r"AGPL|Affero|(?<!L)GPL|(?<!Lesser )General Public", a) for a in alternatives):
            yield f"{fields['Name']} {distribution.version} is under {stated}"


def main() -> int:
    """Run every check; 0 when nothing is wrong."""
    text = (ROOT / "requirements.lock").read_text(encoding="utf-8")
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    bundled = (ROOT / "requirements-bundle.lock").read_text(encoding="utf-8")
    problems = [
        *lock_problems(text, wanted(project)),
        *lock_problems(bundled, shipped(project)),
        *apart_problems(text, bundled),
        *crate_problems((ROOT / "src-tauri" / "Cargo.lock").read_text(encoding="utf-8")),
        *pth_problems(Path(sysconfig.get_path("purelib"))),
        *licence_problems(),
    ]
    for problem in problems:
        print(problem)
    print(f"{len(locked(text) | locked(bundled))} packages locked, {len(problems)} problems")
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main())
