"""Markdown with tables, footnotes and front matter; raw HTML in it is cleaned like any page's."""

from __future__ import annotations

import re
from collections.abc import Mapping

from cortex.domain.document import Document, DocumentMetadata
from cortex.exceptions import ExtractionError
from cortex.services.extraction.characters import clean_characters, collapse, shorten
from cortex.services.extraction.dates import published_date
from cortex.services.extraction.decoding import decode
from cortex.services.extraction.html import read_fragment
from cortex.services.extraction.language import detect_language, language_code
from cortex.services.extraction.links import absolute_url
from cortex.services.extraction.reading_document import finish
from cortex.services.extraction.text import text_tree

_FRONT_MATTER = re.compile(r"\A\ufeff?(---|\+\+\+)[ \t]*\n(.{0,65536}?)\n(?:\1|\.\.\.)[ \t]*(?:\n|\Z)", re.DOTALL)
# markdown-it needs about 1 CPU second per megabyte; beyond this a file is a dump rather than a document.
_FORMATTED_LIMIT = 3_000_000
_MOST_KEYWORDS = 50
_LONGEST_KEYWORD = 100


def parse_markdown(data: bytes, *, url: str | None = None, charset: str | None = None) -> Document:
    """A Markdown file. Raises ExtractionError (empty) when nothing but white space or front matter is in it."""
    source = clean_characters(decode(data, charset, markup=False))
    fields, source = split_front_matter(source)
    warnings = []
    if len(source) <= _FORMATTED_LIMIT:
        root = read_fragment(_render(source) or "<p></p>", url).root
    else:
        root = text_tree(source)
        warnings.append("This Markdown file is too long to be formatted; it is shown as plain text.")
    document = finish(root, DocumentMetadata(), warnings)
    if not document.text:
        raise ExtractionError("The file is empty: there is nothing to read.", reason="empty")
    return finish(root, _metadata(fields, document.text, url), warnings)


def split_front_matter(source: str) -> tuple[Mapping[str, object], str]:
    """The fields of a YAML or TOML head and the text after it; no fields where there is none that can be read."""
    found = _FRONT_MATTER.match(source)
    if not found:
        return {}, source
    import tomllib

    import yaml

    try:
        fields: object = tomllib.loads(found.group(2)) if found.group(1) == "+++" else yaml.safe_load(found.group(2))
    except (yaml.YAMLError, tomllib.TOMLDecodeError, ValueError, RecursionError):
        # What looks like front matter may be two rules around a paragraph: then it is text.
        return {}, source
    if not isinstance(fields, dict):
        return {}, source
    return {str(name).lower(): value for name, value in fields.items()}, source[found.end() :]


def _metadata(fields: Mapping[str, object], text: str, url: str | None) -> DocumentMetadata:
    def field(*names: str) -> str | None:
        for name in names:
            value = fields.get(name)
            values = value[:10] if isinstance(value, list) else [value]
            words = ", ".join(collapse(str(v)) for v in values if isinstance(v, str | int | float) and str(v).strip())
            if words:
                return shorten(words, 1000)
        return None

    dates = (fields.get(name) for name in ("date", "published", "published_at", "created", "pubdate"))
    link = field("canonical", "canonical_url", "url", "source", "link")
    return DocumentMetadata(
        title=field("title"),
        author=field("author", "authors"),
        site_name=field("site", "site_name", "publication"),
        published_at=next((found for value in dates if (found := published_date(value))), None),
        language=language_code(field("lang", "language")) or detect_language(text),
        canonical_url=absolute_url(link, url, ("http", "https")) if link else None,
        description=field("description", "summary", "excerpt", "subtitle"),
        keywords=_keywords(fields.get("tags") or fields.get("keywords") or fields.get("tag")),
    )


def _keywords(value: object) -> tuple[str, ...]:
    """A list, or a text with commas, or (as Obsidian allows) with spaces between `#tags`."""
    if isinstance(value, str):
        words: list[object] = [*(value.split(",") if "," in value or "#" not in value else value.split())]
    else:
        words = value[:_MOST_KEYWORDS] if isinstance(value, list) else []
    cleaned = (collapse(str(word)).lstrip("#").strip() for word in words if isinstance(word, str | int | float))
    return tuple(dict.fromkeys(word for word in cleaned if 0 < len(word) <= _LONGEST_KEYWORD))[:_MOST_KEYWORDS]


def _render(source: str) -> str:
    from markdown_it import MarkdownIt
    from mdit_py_plugins.footnote import footnote_plugin

    markdown = MarkdownIt("commonmark", {"html": True, "maxNesting": 40}).enable(["table", "strikethrough"])
    markdown.use(footnote_plugin)
    # Jump links need ids, and reading HTML has none: a footnote's number is enough to find it.
    markdown.add_render_rule("footnote_anchor", lambda self, tokens, index, options, env: "")
    return str(markdown.render(source))
