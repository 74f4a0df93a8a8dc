"""The last gate before stored HTML reaches a page: an allowlist, applied at render time."""

from __future__ import annotations

import re

_TAGS = frozenset((
    "article", "section", "p", "h1", "h2", "h3", "h4", "h5", "h6", "ul", "ol", "li", "dl", "dt", "dd",
    "blockquote", "pre", "code", "em", "strong", "sub", "sup", "del", "ins", "mark", "kbd", "q", "a", "br",
    "img", "figure", "figcaption", "table", "caption", "thead", "tbody", "tfoot", "tr", "td", "th", "hr",
))  # fmt: skip
# Their text goes with them: it is code, a form or another document, never something to read.
_WITH_CONTENT = frozenset((
    "script", "style", "template", "iframe", "object", "embed", "noscript", "noembed", "noframes", "svg",
    "math", "title", "textarea", "select", "option", "button", "xmp", "plaintext",
))  # fmt: skip
_START = {"data-start"}
_ATTRIBUTES = {
    **dict.fromkeys(_TAGS, _START),
    "a": {"href"},
    "img": {"data-src", "alt"},
    "code": {"class"},
    "td": {"data-start", "colspan", "rowspan"},
    "th": {"data-start", "colspan", "rowspan"},
    "section": {"data-start", "data-page"},
}
_LANGUAGE_CLASS = re.compile(r"language-[a-z0-9+#.-]{1,24}")
_NUMBER = re.compile(r"[0-9]{1,9}")
_WEB = re.compile(r"https?://[^\s]", re.IGNORECASE)


def sanitize_html(html: str) -> str:
    """`html` with only what reading HTML is made of.

    Links lead to http, https or mailto and carry `rel="noopener noreferrer"`; images keep `data-src` and `alt`, so
    nothing loads by itself; `data-start` and a code block's `language-…` class stay; ids, styles and event handlers
    go, and so does everything that is not on the list.
    """
    import nh3

    return nh3.clean(
        html,
        tags=set(_TAGS),
        clean_content_tags=set(_WITH_CONTENT),
        attributes=_ATTRIBUTES,
        attribute_filter=_attribute,
        url_schemes={"http", "https", "mailto"},
        link_rel="noopener noreferrer",
        strip_comments=True,
    )


def _attribute(tag: str, name: str, value: str) -> str | None:
    """Attributes with a shape: anything else in them is dropped."""
    if name in ("data-start", "data-page", "colspan", "rowspan"):
        return value if _NUMBER.fullmatch(value) else None
    if name == "class":
        return value if _LANGUAGE_CLASS.fullmatch(value) else None
    if name == "data-src":
        return value if _WEB.match(value) else None
    if name == "href":
        # A relative link would lead into Cortex itself.
        return value if _WEB.match(value) or value.lower().startswith("mailto:") else None
    return value
