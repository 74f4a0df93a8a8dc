"""The images that a page's reading HTML names."""

from __future__ import annotations

from html.parser import HTMLParser


def image_sources(html: str) -> tuple[str, ...]:
    """Where the images of reading HTML are, each once, in their order."""
    finder = _Finder(convert_charrefs=True)
    finder.feed(html)
    finder.close()
    return tuple(finder.found)


class _Finder(HTMLParser):
    def __init__(self, *, convert_charrefs: bool):
        super().__init__(convert_charrefs=convert_charrefs)
        self.found: dict[str, None] = {}

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Note where an image is."""
        if tag == "img":
            source = dict(attrs).get("data-src")
            if source:
                self.found[source] = None
