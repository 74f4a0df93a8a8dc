"""A stored page as it looked, made fit to be shown in a frame: nothing in it runs, and nothing in it asks anybody."""

from __future__ import annotations

import re
from collections.abc import Callable

SHOWN_POLICY = (
    "sandbox; default-src 'none'; style-src 'unsafe-inline'; img-src data:; font-src data:; media-src data:; "
    "frame-ancestors 'self'; base-uri 'none'; form-action 'none'"
)
"""What a browser must hold to while it shows the page: this alone would do, what is taken out before spares reports."""

_GONE = frozenset((
    "script", "iframe", "frame", "frameset", "object", "embed", "applet", "noscript", "noembed", "noframes",
    "template", "base", "portal", "xmp", "plaintext", "title", "animate", "set", "animatetransform", "animatemotion",
))  # fmt: skip
_PAGE = frozenset((
    "a", "abbr", "acronym", "address", "area", "article", "aside", "b", "bdi", "bdo", "big", "blockquote", "br",
    "caption", "center", "cite", "code", "col", "colgroup", "data", "dd", "del", "details", "dfn", "dir", "div", "dl",
    "dt", "em", "fieldset", "figcaption", "figure", "font", "footer", "h1", "h2", "h3", "h4", "h5", "h6", "header",
    "hgroup", "hr", "i", "img", "ins", "kbd", "label", "legend", "li", "main", "map", "mark", "menu", "nav", "ol", "p",
    "picture", "pre", "q", "rp", "rt", "ruby", "s", "samp", "section", "small", "span", "strike", "strong", "style",
    "sub", "summary", "sup", "table", "tbody", "td", "tfoot", "th", "thead", "time", "tr", "tt", "u", "ul", "var",
    "wbr",
))  # fmt: skip
_ANYWHERE = {"class", "id", "style", "dir", "lang", "title", "align", "valign", "width", "height", "bgcolor", "hidden"}
_ATTRIBUTES = {
    "*": _ANYWHERE,
    "a": {"href", "name"},
    "img": {"src", "alt"},
    "font": {"color", "face", "size"},
    "col": {"span"},
    "colgroup": {"span"},
    "ol": {"start", "type", "reversed"},
    "li": {"value", "type"},
    "table": {"border", "cellpadding", "cellspacing"},
    "td": {"colspan", "rowspan"},
    "th": {"colspan", "rowspan", "scope"},
    "details": {"open"},
    "time": {"datetime"},
}
_INLINED_IMAGE = re.compile(r"data:image/(?:png|jpe?g|gif|webp|avif|bmp|x-icon|svg\+xml)[;,]", re.IGNORECASE)
_WEB = re.compile(r"(?:https?://|mailto:)", re.IGNORECASE)
_URL = re.compile(r"url\(\s*(?:\"[^\"]*\"|'[^']*'|[^)]*)\)", re.IGNORECASE)
_ASKS = re.compile(r"@import|url\s*\(|image-set\s*\(|image\s*\(|\\|expression\s*\(|<", re.IGNORECASE)
_DECLARATION_END = re.compile(r"(?<=[;{}])")
_STYLE = re.compile(r"(<style[^>]*>)(.*?)(</style>)", re.IGNORECASE | re.DOTALL)


def page_to_show(html: str, inlined: Callable[[str], str | None] = lambda source: None) -> str:
    """`html` with its own look (styles, inlined images) but without scripts, frames, forms, and remote addresses.

    Links keep where they lead. `inlined` gives the `data:` address of an image that was fetched, by what its `src`
    says; one that was neither fetched nor saved with the page stays as its description.
    """
    import nh3

    def attribute(tag: str, name: str, value: str) -> str | None:
        if name == "src" and tag == "img" and not _INLINED_IMAGE.match(value):
            value = inlined(value) or ""
        return _attribute(tag, name, value)

    cleaned = nh3.clean(
        html,
        tags=set(_PAGE),
        clean_content_tags=set(_GONE),
        attributes={tag: set(names) for tag, names in _ATTRIBUTES.items()},
        attribute_filter=attribute,
        url_schemes={"http", "https", "mailto", "data"},
        # A link opens no window from a frame without that right; without a window it would lead the frame away.
        set_tag_attribute_values={"a": {"target": "_blank"}},
        link_rel="noopener noreferrer",
        strip_comments=True,
    )
    body = _STYLE.sub(lambda found: found[1] + without_requests(found[2]) + found[3], cleaned)
    return f'<!doctype html><html><head><meta charset="utf-8"></head><body>{body}</body></html>'


def without_requests(css: str) -> str:
    """`css` without what would ask another host; what is written in escapes counts as asking."""
    return "".join(
        # What ends a declaration stays when it goes, or the braces would no longer pair.
        part if not _ASKS.search(part) else part[-1] if part[-1] in ";{}" else ""
        for part in _DECLARATION_END.split(_URL.sub("none", css))
    )


def _attribute(tag: str, name: str, value: str) -> str | None:
    if name == "src":
        return value if tag == "img" and _INLINED_IMAGE.match(value) else None
    if name == "href":
        return value if _WEB.match(value) else None
    if name == "style":
        return without_requests(value)
    return value
