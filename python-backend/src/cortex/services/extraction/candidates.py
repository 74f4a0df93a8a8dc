"""Three extractors' views of a page's main content, as text."""

from __future__ import annotations

import logging
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

    from lxml import etree

# trafilatura needs 0.4 CPU seconds for 0.5 MB, 1.7 for 1 MB and over 60 for 5 MB: its cost is not linear.
SLOW_EXTRACTOR_LIMIT = 1_000_000
# Their cost also grows with elements and, being recursive, ends at a depth.
_ELEMENT_LIMIT = 60_000
_DEPTH_LIMIT = 150

logger = logging.getLogger(__name__)


def trafilatura_text(html: str) -> str:
    import trafilatura

    return str(trafilatura.extract(html, include_comments=False) or "")


def readability_text(html: str) -> str:
    import lxml.html
    from readability import Document

    summary = Document(html).summary(html_partial=True)
    return "\n".join(str(text) for text in lxml.html.fromstring(summary).itertext()) if summary else ""


def resiliparse_text(html: str) -> str:
    from resiliparse.extract.html2text import extract_plain_text

    return str(extract_plain_text(html, main_content=True, preserve_formatting=True))


def main_texts(html: str, size: TreeSize) -> dict[str, str]:
    """What each extractor takes for the main content; those that a page of this size or depth would choke are left out.

    An extractor that fails on a page has no say about it.
    """
    extractors: dict[str, Callable[[str], str]] = {"resiliparse": resiliparse_text}
    if len(html) <= SLOW_EXTRACTOR_LIMIT and size.elements <= _ELEMENT_LIMIT and size.depth <= _DEPTH_LIMIT:
        extractors |= {"trafilatura": trafilatura_text, "readability": readability_text}
    texts: dict[str, str] = {}
    for name, extract in extractors.items():
        try:
            texts[name] = extract(html)
        except MemoryError:
            raise
        except Exception as error:  # noqa: BLE001 - third-party parsers raise anything on hostile pages; the others still vote
            logger.info("extractor %s gave up on a page: %s", name, type(error).__name__)
    return texts


@dataclass(frozen=True, slots=True)
class TreeSize:
    """How many elements a tree has, and how deep they are nested."""

    elements: int
    depth: int


def tree_size(tree: etree._Element) -> TreeSize:
    from lxml import etree as lxml_tree

    elements = depth = deepest = 0
    for event, _ in lxml_tree.iterwalk(tree, events=("start", "end")):
        if event == "start":
            elements, depth = elements + 1, depth + 1
            deepest = max(deepest, depth)
        else:
            depth -= 1
    return TreeSize(elements, deepest)
