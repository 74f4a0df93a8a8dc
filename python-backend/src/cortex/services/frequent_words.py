"""The words of a language that are too frequent to tell what a text is about."""

from __future__ import annotations

import importlib.util
from functools import lru_cache
from pathlib import Path

_TAKEN = 200
"""Words from the beginning of a list, which is ordered by frequency: further down stand places and professions."""
_LISTS = {
    "af": "Afrikaans", "bg": "Bulgarian", "bn": "Bengali", "ca": "Catalan", "cs": "Czech", "cy": "Welsh",
    "da": "Danish", "de": "German", "el": "Greek", "eo": "Esperanto", "es": "Spanish", "et": "Estonian",
    "eu": "Basque", "fa": "Persian", "fi": "Finnish", "fr": "French", "ga": "Irish", "gl": "Galician",
    "he": "Hebrew", "hi": "Hindi", "hr": "Croatian", "hu": "Hungarian", "hy": "Armenian", "id": "Indonesian",
    "is": "Icelandic", "it": "Italian", "ka": "Georgian", "kk": "Kazakh", "ko": "Korean", "la": "Latin",
    "lt": "Lithuanian", "lv": "Latvian", "mk": "Macedonian", "ms": "Malay", "nb": "Norwegian_Bokmal",
    "nl": "Dutch", "nn": "Norwegian_Nynorsk", "no": "Norwegian_Bokmal", "pl": "Polish", "pt": "Portuguese",
    "ro": "Romanian", "ru": "Russian", "sk": "Slovak", "sl": "Slovenian", "sr": "Serbian", "sv": "Swedish",
    "sw": "Swahili", "ta": "Tamil", "te": "Telugu", "tr": "Turkish", "uk": "Ukrainian", "ur": "Urdu",
    "vi": "Vietnamese", "ar": "Arabic", "az": "Azerbaijani", "be": "Belarusian", "bs": "Bosnian",
}  # fmt: skip


@lru_cache(maxsize=16)
def frequent_words(language: str | None) -> frozenset[str]:
    """The most frequent words of a language (ISO 639-1), in lower case; none for one that is not known.

    Source: jusText's lists, read as files: importing the package would bring lxml into this process.
    """
    name = _LISTS.get((language or "").lower())
    spec = importlib.util.find_spec("justext") if name else None
    if spec is None or not spec.submodule_search_locations:
        return frozenset()
    file = Path(spec.submodule_search_locations[0]) / "stoplists" / f"{name}.txt"
    if not file.is_file():
        return frozenset()
    return frozenset(word.lower() for word in file.read_text(encoding="utf-8").split()[:_TAKEN])
