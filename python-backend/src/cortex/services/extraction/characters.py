"""Characters that may stand in a document's text: NFC, no NUL, no lone surrogates, no control characters."""

from __future__ import annotations

import re
import unicodedata

# C0 and C1 controls except tab and newline, lone surrogates, non-characters, byte order marks, interlinear anchors.
_FORBIDDEN = re.compile(
    "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x84\x86-\x9f\ud800-\udfff\ufdd0-\ufdef\ufeff\ufff9-\ufffb\ufffe\uffff]"
)
_BREAKS = re.compile("\r\n?|\x85|\u2028|\u2029")
_SOFT = str.maketrans("", "", "\u00ad\u200b\u2060")


def clean_characters(text: str) -> str:
    """`text` in NFC with `\\n` as the only line break and without characters that no text needs."""
    text = _BREAKS.sub("\n", text)
    text = _FORBIDDEN.sub("", text)
    return unicodedata.normalize("NFC", text)


def collapse(text: str) -> str:
    """One line: every run of white space becomes one space, soft hyphens and zero-width spaces go."""
    return " ".join(clean_characters(text).translate(_SOFT).split())


def shorten(text: str, limit: int) -> str:
    """At most `limit` code points, cut at a word where one ends in the last third, with an ellipsis."""
    if len(text) <= limit:
        return text
    cut = text[: limit - 1]
    space = cut.rfind(" ")
    return (cut[:space] if space > limit * 2 // 3 else cut).rstrip(" ,;:.-") + "…"
