"""A page whose tree is too deep or too large to walk, as paragraphs: one pass over its tags, no tree at all."""

from __future__ import annotations

import re

# Neither alternative can run past the next angle bracket, so the pass is linear whatever the page does.
_TAG = re.compile(r"<!--|-->|<(/?)([a-zA-Z][a-zA-Z0-9]{0,20})[^<>]*>")
_SKIPPED = frozenset(
    (
        "script", "style", "template", "noscript", "svg", "iframe", "textarea", "select", "title", "button", "canvas",
        "object", "audio", "video",
    )
)  # fmt: skip
_INLINE = frozenset(
    (
        "a", "abbr", "b", "bdi", "bdo", "big", "cite", "code", "del", "dfn", "em", "font", "i", "ins", "kbd", "mark",
        "q", "s", "samp", "small", "span", "strike", "strong", "sub", "sup", "time", "tt", "u", "var", "wbr", "img",
    )
)  # fmt: skip
_CELLS = frozenset(("td", "th"))


def flatten(html: str) -> str:
    """`html` with paragraphs and line breaks as its only markup; what was code, a form or a drawing is left out."""
    parts: list[str] = []
    position = 0
    skipping: str | None = None
    for found in _TAG.finditer(html):
        closing, name = found.group(1), (found.group(2) or found.group()).lower()
        if skipping is not None:
            if name == skipping and (closing or name == "-->"):
                skipping, position = None, found.end()
            continue
        parts.append(html[position : found.start()])
        position = found.end()
        if name == "<!--":
            skipping = "-->"
        elif name in _SKIPPED and not closing:
            skipping = name
        elif name == "br":
            parts.append("<br>")
        elif name in _CELLS:
            parts.append(" ")
        elif name not in _INLINE and name != "-->":
            parts.append("<p>")
    if skipping is None:
        parts.append(html[position:])
    return "".join(parts)
