"""Pictures inside of a book or a letter: their bytes stay in the original, what they show is told in words."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from cortex.services.extraction.characters import collapse, shorten

if TYPE_CHECKING:
    from lxml import etree

_LONGEST = 1000
_FILE = re.compile(r"[\w.-]+\.(?:jpe?g|png|gif|svg|webp|tiff?|emf|wmf)", re.IGNORECASE)


def name_pictures(body: etree._Element) -> None:
    """Puts `[what it shows]` in the place of each picture whose author wrote that down in more than one word."""
    for picture in list(body.iter("img")):
        alternative = shorten(collapse(picture.get("alt") or ""), _LONGEST)
        if " " in alternative and not _FILE.fullmatch(alternative):
            picture.tag = "span"
            picture.attrib.clear()
            picture.text = f"[{alternative}]"
