"""Text as the word index takes it: folded, scripts that write no spaces split into pairs of characters."""

from __future__ import annotations

import re
import unicodedata

# Han, kana, Bopomofo, Thai, Lao, Myanmar, Khmer, Tai: no spaces between words.
UNSPACED = (
    "\u3005-\u3007\u3021-\u3029\u3040-\u30ff\u3105-\u312f\u31a0-\u31bf\u31f0-\u31ff\u3400-\u4dbf\u4e00-\u9fff"
    "\uf900-\ufaff\uff66-\uff9f\U00020000-\U0003ffff\u0e00-\u0e7f\u0e80-\u0eff\u1000-\u109f\u1780-\u17ff\u1950-\u19df"
)
UNSPACED_RUN = re.compile(f"[{UNSPACED}]+")
_ACCENTS = re.compile("(?<=[A-Za-z\u0370-\u03ff\u1f00-\u1fff])[\u0300-\u036f]+")
FIRST_UNSPACED = "\u0e00"


def folded(text: str) -> str:
    """Compatibility forms made plain (full-width letters, ligatures), Latin and Greek accents and NUL removed."""
    text = text.replace("\x00", " ")
    if text.isascii():
        return text
    return unicodedata.normalize("NFC", _ACCENTS.sub("", unicodedata.normalize("NFKD", text)))


def index_text(text: str) -> str:
    """What is written into the word index for a text: a run without spaces becomes its pairs of characters."""
    text = folded(text)
    if text.isascii() or max(text, default="") < FIRST_UNSPACED:
        return text
    return UNSPACED_RUN.sub(lambda match: " " + " ".join(pairs(match.group())) + " ", text)


def pairs(run: str) -> list[str]:
    """Overlapping pairs, and the last character alone: every character begins a token."""
    return [run[place : place + 2] for place in range(len(run))]
