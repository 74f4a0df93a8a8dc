"""What a web page says of itself: JSON-LD, OpenGraph, meta elements, `time`, `html@lang`, canonical link."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING

from cortex.domain.document import DocumentMetadata
from cortex.services.extraction.characters import collapse, shorten
from cortex.services.extraction.dates import published_date
from cortex.services.extraction.language import language_code
from cortex.services.extraction.links import absolute_url

if TYPE_CHECKING:
    from lxml import etree

_ARTICLE_TYPES = (
    "article", "newsarticle", "blogposting", "reportagenewsarticle", "scholarlyarticle", "techarticle", "report",
    "opinionnewsarticle", "analysisnewsarticle", "liveblogposting", "advertisercontentarticle", "satiricalarticle",
    "socialmediaposting", "webpage", "recipe", "review", "howto", "question", "book", "videoobject", "podcastepisode",
)  # fmt: skip
_TITLE = ("og:title", "twitter:title", "dc.title", "dcterm:title", "citation_title", "parsely-title", "title")
_AUTHOR = (
    "author", "article:author_name", "parsely-author", "sailthru.author", "dc.creator", "dcterms.creator",
    "citation_author", "byl", "twitter:creator_name", "article:author",
)  # fmt: skip
_SITE = ("og:site_name", "application-name", "citation_journal_title", "twitter:site_name")
_DATE = (
    "article:published_time", "datepublished", "dc.date.issued", "dcterms.created", "citation_publication_date",
    "parsely-pub-date", "sailthru.date", "pubdate", "publish-date", "publication_date", "og:published_time",
    "dc.date", "dcterms.date", "date", "article.published",
)  # fmt: skip
_DESCRIPTION = ("og:description", "description", "twitter:description", "dc.description", "dcterms.description")
_SEPARATOR = re.compile(r"\s+[|\-–—\\/>»·:]\s+")
_BYLINE = re.compile(r"^\s*(?:by|von|par|por|di|door|af|av)[:\s]\s*", re.IGNORECASE)
_JSON_LIMIT = 500_000
_NODES = 2000


def page_metadata(tree: etree._Element, url: str | None) -> DocumentMetadata:
    """Metadata of a parsed page. The title may be None; the language is only what the page declares."""
    metas = _metas(tree)
    linked = _json_ld(tree)

    def first(names: tuple[str, ...], limit: int) -> str | None:
        for name in names:
            value = collapse(metas.get(name, ""))
            if value:
                return shorten(value, limit)
        return None

    site = first(_SITE, 200) or _name(linked.get("publisher"))
    title = _title(_text(linked.get("headline")), first(_TITLE, 1000), _element_title(tree), site)
    dates = (
        linked.get("datePublished"),
        *(metas.get(name) for name in _DATE),
        *_times(tree),
        linked.get("dateCreated"),
    )
    return DocumentMetadata(
        title=title,
        author=_author(_name(linked.get("author") or linked.get("creator")) or first(_AUTHOR, 300) or _byline(tree)),
        site_name=site,
        published_at=next((found for value in dates if (found := published_date(value))), None),
        language=language_code(tree.get("lang") or tree.get("{http://www.w3.org/XML/1998/namespace}lang"))
        or language_code(metas.get("content-language") or metas.get("og:locale")),
        canonical_url=_canonical(tree, metas, url),
        description=first(_DESCRIPTION, 1000) or _text(linked.get("description")),
    )


def _metas(tree: etree._Element) -> dict[str, str]:
    found: dict[str, str] = {}
    for meta in tree.iter("meta"):
        content = meta.get("content")
        if content:
            for attribute in ("property", "name", "itemprop", "http-equiv"):
                for name in (meta.get(attribute) or "").lower().split():
                    found.setdefault(name, content)
    return found


def _json_ld(tree: etree._Element) -> dict[str, object]:
    """The first JSON-LD node that describes an article or page; several descriptions fill each other's gaps."""
    merged: dict[str, object] = {}
    for script in tree.iter("script"):
        text = script.text or ""
        if "ld+json" not in (script.get("type") or "").lower() or not text.strip() or len(text) > _JSON_LIMIT:
            continue
        text = re.sub(r"^\s*<!(?:--|\[CDATA\[)|(?:-->|\]\]>)\s*$", "", text)
        try:
            document = json.loads(text, strict=False)
        except (ValueError, RecursionError):
            # Pages break their own JSON now and then; the other sources of metadata are still there.
            continue
        for node in _nodes(document):
            kinds = node.get("@type")
            names = {str(kind).lower() for kind in (kinds if isinstance(kinds, list) else [kinds])}
            if names & set(_ARTICLE_TYPES):
                weak = names <= {"webpage", "videoobject"}
                for key, value in node.items():
                    if not weak or key not in ("author", "headline"):
                        merged.setdefault(str(key), value)
    return merged


def _nodes(document: object) -> list[dict[str, object]]:
    found: list[dict[str, object]] = []
    queue: list[object] = [document]
    while queue and len(found) < _NODES:
        node = queue.pop(0)
        if isinstance(node, list):
            queue.extend(node[:_NODES])
        elif isinstance(node, dict):
            found.append(node)
            queue.extend(node[key] for key in ("@graph", "mainEntity", "mainEntityOfPage") if key in node)
    return found


def _text(value: object) -> str | None:
    if isinstance(value, list):
        value = value[0] if value else None
    if isinstance(value, dict):
        value = value.get("@value")
    text = collapse(_unescape(value)) if isinstance(value, str) else ""
    return shorten(text, 1000) or None


def _unescape(text: str) -> str:
    import html

    return html.unescape(text) if "&" in text else text


def _name(value: object) -> str | None:
    """Names of people or organisations, comma-separated, as JSON-LD gives them."""
    values = value if isinstance(value, list) else [value]
    names: list[str] = []
    for entry in values[:10]:
        name = _text(entry.get("name") if isinstance(entry, dict) else entry)
        if name and not name.startswith(("http:", "https:", "#", "@")) and name not in names:
            names.append(name)
    return ", ".join(names) or None


def _author(name: str | None) -> str | None:
    if not name or "://" in name:
        return None
    name = _BYLINE.sub("", name).strip(" ,;|")
    return shorten(name, 300) if len(name) > 1 and not name.isdigit() else None


def _content(element: etree._Element) -> str:
    return "".join(str(text) for text in element.itertext())


def _byline(tree: etree._Element) -> str | None:
    for element in tree.iter("a", "span", "div", "p", "address", "strong", "cite"):
        marks = f"{element.get('rel') or ''} {element.get('itemprop') or ''}".split()
        classes = (element.get("class") or "").lower()
        if "author" in marks or re.search(r"(?:^|[\s_-])(?:byline|author[-_]?name|p-author)(?:$|[\s_-])", classes):
            text = collapse(_content(element))
            if 1 < len(text) < 100:
                return text
    return None


def _times(tree: etree._Element) -> list[str]:
    marked: list[str] = []
    plain: list[str] = []
    for element in tree.iter("time", "abbr", "span"):
        value = element.get("datetime") or (element.get("content") if element.get("itemprop") else None)
        if value:
            is_published = element.get("itemprop") == "datePublished" or element.get("pubdate") is not None
            (marked if is_published else plain).append(value)
    return marked + plain[:1]


def _element_title(tree: etree._Element) -> str | None:
    for element in tree.iter("title"):
        parent = element.getparent()
        if parent is not None and parent.tag == "svg":
            continue
        text = collapse(_content(element))
        if text:
            return shorten(text, 1000)
    return None


def _title(headline: str | None, meta: str | None, element: str | None, site: str | None) -> str | None:
    """The article's title without the site's name around it."""
    title = headline or meta or element
    if not title:
        return None
    if site:
        for pattern in (
            r"\s+[|\-–—\\/>»·:]+\s+" + re.escape(site) + r"\s*$",
            r"^\s*" + re.escape(site) + r"\s+[|\-–—\\/>»·:]+\s+",
        ):
            shorter = re.sub(pattern, "", title, flags=re.IGNORECASE)
            if shorter:
                title = shorter
    elif title == element:
        parts = _SEPARATOR.split(title)
        if len(parts) > 1 and len(parts[0].split()) >= 4 and len(parts[-1].split()) <= 4:
            title = title[: title.rindex(parts[-1])].rstrip(" |-–—\\/>»·:")
    return title


def _canonical(tree: etree._Element, metas: dict[str, str], url: str | None) -> str | None:
    links = [
        link.get("href") or "" for link in tree.iter("link") if "canonical" in (link.get("rel") or "").lower().split()
    ]
    for value in [*links, metas.get("og:url", "")]:
        absolute = absolute_url(value, url, ("http", "https"))
        if absolute:
            return absolute
    return None
