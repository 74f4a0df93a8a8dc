"""The language of a text as an ISO 639-1 code."""

from __future__ import annotations

import os
import re

_TAG = re.compile(r"^\s*([A-Za-z]{2,3})(?:[-_][A-Za-z0-9]{1,8})*\s*$")
_ISO_639_2 = {
    "eng": "en", "deu": "de", "ger": "de", "fra": "fr", "fre": "fr", "spa": "es", "ita": "it", "por": "pt",
    "nld": "nl", "dut": "nl", "rus": "ru", "zho": "zh", "chi": "zh", "jpn": "ja", "kor": "ko", "ara": "ar",
    "pol": "pl", "swe": "sv", "dan": "da", "fin": "fi", "ces": "cs", "cze": "cs", "tur": "tr", "ell": "el",
}  # fmt: skip
_SAMPLE = 4000
_LEAST = 40


def language_code(tag: str | None) -> str | None:
    """`de` of `de-AT`; None where `tag` names no language."""
    found = _TAG.match(tag or "")
    if not found:
        return None
    code = found.group(1).lower()
    return code if len(code) == 2 else _ISO_639_2.get(code)


def load_model() -> None:
    """Unpacks the identifier's model, which goes through a temporary file: to be done before files are forbidden."""
    # OpenBLAS reserves memory per thread, out of the little that the worker may have.
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
    import py3langid

    py3langid.classify("the language of this sentence")


def detect_language(text: str) -> str | None:
    """The language a text is written in; None for texts too short to tell."""
    sample = text[:_SAMPLE]
    if sum(character.isalpha() for character in sample) < _LEAST:
        return None
    import py3langid

    code, _ = py3langid.classify(sample)
    return language_code(str(code))
