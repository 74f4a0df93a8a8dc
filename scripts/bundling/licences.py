"""Which licences may ship, and how the many ways of stating one are read."""

from __future__ import annotations

import re

BOOTLOADER = "GPL-2.0-or-later WITH Bootloader-exception"
"""PyInstaller's: what it is put around stays under its own licence."""
ALLOWED = frozenset(
    {
        BOOTLOADER,
        "0BSD", "Apache-2.0", "BSD-2-Clause", "BSD-3-Clause", "BSL-1.0", "CC0-1.0", "CDLA-Permissive-2.0", "HPND",
        "ISC", "MIT", "MIT-0", "MIT-CMU", "MPL-2.0", "OFL-1.1", "PSF-2.0", "Unicode-3.0", "Unicode-DFS-2016",
        "Unlicense", "Zlib", "blessing", "bzip2-1.0.6", "CNRI-Python", "CC-BY-4.0", "MPL-1.1",
        "GPL-3.0-or-later WITH GCC-exception-3.1",  # the compiler's own libraries: programs that use them stay free
        "Apache-2.0 WITH LLVM-exception",
    }
)  # fmt: skip
"""By SPDX identifier: what may be passed on inside a program under Apache-2.0, with its text."""

_NAMES = (
    (r"GNU Lesser|LGPL", "LGPL-2.1-or-later"),
    (r"GNU Affero|AGPL", "AGPL-3.0-only"),
    (r"GNU General|GPL", "GPL-3.0-only"),
    (r"Apache", "Apache-2.0"),
    (r"Mozilla Public License 2|MPL[- ]?2", "MPL-2.0"),
    (r"3-Clause BSD|BSD[- ]3|New BSD|Modified BSD", "BSD-3-Clause"),
    (r"2-Clause BSD|BSD[- ]2|Simplified BSD", "BSD-2-Clause"),
    (r"BSD", "BSD-3-Clause"),
    (r"Python Software Foundation|\bPSF", "PSF-2.0"),
    (r"Historical Permission Notice|HPND", "HPND"),
    (r"ISC", "ISC"),
    (r"Unlicense", "Unlicense"),
    (r"\bMIT\b|Expat", "MIT"),
    (r"Zlib", "Zlib"),
)
_IDENTIFIER = re.compile(r"[A-Za-z0-9.+-]+(?: WITH [A-Za-z0-9.-]+)?")


def named(words: str) -> str | None:
    """The SPDX identifier of a licence that is given by its name, as a classifier or a metadata field gives it."""
    return next((identifier for pattern, identifier in _NAMES if re.search(pattern, words, re.IGNORECASE)), None)


def is_expression(words: str) -> bool:
    """Whether words are an SPDX expression made of identifiers that are known here, allowed or not."""
    parts = _parts(words)
    known = ALLOWED | {identifier for _, identifier in _NAMES}
    return bool(parts) and all(part in known or "GPL" in part for part in parts)


def may_ship(expression: str) -> bool:
    """Whether an SPDX expression leaves a way to pass a package on: one alternative whose every part is allowed.

    A slash, which old Rust packages write, means OR.
    """
    tokens = re.findall(r"\(|\)|/|[A-Za-z0-9.+-]+(?: WITH [A-Za-z0-9.-]+)?", expression)
    verdict, rest = _either(tokens)
    return verdict and not rest


def _parts(words: str) -> list[str]:
    found = _IDENTIFIER.findall(re.sub(r"[()/]", " ", words))
    return [part for token in found for part in [token.strip()] if part not in ("AND", "OR")]


def _either(tokens: list[str]) -> tuple[bool, list[str]]:
    verdict, tokens = _all(tokens)
    while tokens and tokens[0] in ("OR", "/"):
        other, tokens = _all(tokens[1:])
        verdict = verdict or other
    return verdict, tokens


def _all(tokens: list[str]) -> tuple[bool, list[str]]:
    verdict, tokens = _one(tokens)
    while tokens and tokens[0] == "AND":
        other, tokens = _one(tokens[1:])
        verdict = verdict and other
    return verdict, tokens


def _one(tokens: list[str]) -> tuple[bool, list[str]]:
    if not tokens:
        return False, []
    if tokens[0] == "(":
        verdict, rest = _either(tokens[1:])
        return verdict and rest[:1] == [")"], rest[1:]
    return tokens[0] in ALLOWED, tokens[1:]
