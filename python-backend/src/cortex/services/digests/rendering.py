"""Digests as Markdown and as one HTML page. Saved words are data in both: nothing of them is a link, markup or script.

Links lead to the saved copies within Cortex alone; neither form names anything that a reader would fetch.
"""

from __future__ import annotations

import html
import re
from collections.abc import Callable, Iterator

from cortex.domain.digest import EXTRACTIVE, Digest, DigestBody, DigestCitation, DigestLine, DigestSentence
from cortex.services.digests.days import Days
from cortex.services.digests.records import body_from_json
from cortex.services.extraction.characters import collapse

_SPECIAL = re.compile(r"[\\`*_{}\[\]()<>#|~!@&$^=]")
_ADDRESS = re.compile(r"(?<=[A-Za-z]):(?=//)|(?<=\bwww)\.", re.IGNORECASE)
_OPENING = re.compile(r"^([-+]|\d{1,9}[.)])(?=\s|$)")
_ITEM_ID = re.compile(r"[A-Za-z0-9_]{1,80}")
_STYLE = (
    "body{font:16px/1.5 system-ui,sans-serif;max-width:66ch;margin:2rem auto;padding:0 1rem;color:#1f1d1a;"
    "background:#fbfaf8}small{color:#5e5a53}a{color:#1f5fa8}li{margin:.6rem 0}"
    "@media(prefers-color-scheme:dark){body{color:#e9e6e0;background:#171614}small{color:#a8a297}a{color:#8ab8f0}}"
)
_SECTIONS: tuple[tuple[str, Callable[[DigestBody], tuple[DigestLine, ...]]], ...] = (
    ("Connected with what you have", lambda body: body.connected),
    ("Worth another look", lambda body: body.forgotten),
    ("To read next", lambda body: body.unread),
    ("To do", lambda body: body.tasks),
    ("Dead links", lambda body: body.dead_links),
)


def to_markdown(digest: Digest, days: Days | None = None) -> str:
    """The digest as CommonMark. One that is not ready says so."""
    title, body = _title(digest, days or Days()), _body(digest)
    parts = [f"# {title}"]
    if body is None:
        return "\n\n".join([*parts, _escaped(_unready(digest))]) + "\n"
    parts += [_sentence_in_markdown(one, body) for one in body.introduction]
    for theme in body.themes:
        parts.append(f"## {_escaped(theme.heading)}")
        if theme.sentence is not None:
            parts.append(_sentence_in_markdown(theme.sentence, body))
        parts.append(_list_in_markdown(theme.lines, theme.more))
    for heading, lines in _SECTIONS:
        if lines(body):
            parts += [f"## {heading}", _list_in_markdown(lines(body))]
    parts.append("\n".join(f"*{_escaped(note)}*  " for note in _notes(digest, body)))
    return "\n\n".join(part for part in parts if part) + "\n"


def to_html(digest: Digest, days: Days | None = None) -> str:
    """The digest as one page that needs nothing else and runs nothing."""
    title, body = _title(digest, days or Days()), _body(digest)
    parts: list[str] = []
    if body is None:
        parts.append(f"<p>{html.escape(_unready(digest))}</p>")
    else:
        parts += [_sentence_in_html(one, body) for one in body.introduction]
        for theme in body.themes:
            parts.append(f"<h2>{html.escape(theme.heading)}</h2>")
            if theme.sentence is not None:
                parts.append(_sentence_in_html(theme.sentence, body))
            parts.append(_list_in_html(theme.lines, theme.more))
        for heading, lines in _SECTIONS:
            if lines(body):
                parts += [f"<h2>{heading}</h2>", _list_in_html(lines(body))]
        parts += [f"<p><small>{html.escape(note)}</small></p>" for note in _notes(digest, body)]
    return (
        '<!doctype html><html lang="en"><head><meta charset="utf-8">'
        f'<meta name="viewport" content="width=device-width"><title>{html.escape(title)}</title>'
        f"<style>{_STYLE}</style></head><body><h1>{html.escape(title)}</h1>{''.join(parts)}</body></html>"
    )


def _body(digest: Digest) -> DigestBody | None:
    return body_from_json(digest.body) if digest.status == "ready" and digest.body is not None else None


def _title(digest: Digest, days: Days) -> str:
    return f"Digest of {days.in_words(digest.until, digest.until)} {days.local(digest.until).year}"


def _unready(digest: Digest) -> str:
    if digest.status == "failed":
        return f"This digest could not be made. {digest.error or ''} What it would have told comes with the next one."
    return "This digest is still being made."


def _notes(digest: Digest, body: DigestBody) -> Iterator[str]:
    if digest.written_by == EXTRACTIVE:
        yield "Every line is quoted from what you saved; no language model wrote here."
    else:
        yield f"Sentences with sources under the headings were written by {digest.written_by} and checked."
    if body.links:
        yield body.links


def _target(one: DigestCitation) -> str | None:
    """Where a citation leads within Cortex; None for an id that is none of ours."""
    if not _ITEM_ID.fullmatch(one.item_id):
        return None
    return f"/item/{one.item_id}" + (f"?at={one.start}-{one.end}" if one.start is not None else "")


def _escaped(text: str) -> str:
    """Words that stay words in CommonMark and its common extensions."""
    text = _ADDRESS.sub(lambda found: f"\\{found.group()}", _SPECIAL.sub(r"\\\g<0>", collapse(text)))
    return _OPENING.sub(lambda found: f"{found[1][:-1]}\\{found[1][-1]}", text)


def _markdown_link(text: str, one: DigestCitation) -> str:
    target = _target(one)
    return f"[{_escaped(text)}]({target})" if target else _escaped(text)


def _markers_in_markdown(citations: tuple[DigestCitation, ...]) -> str:
    return "".join(f" {_markdown_link(f'[{one.n}]', one)}" for one in citations)


def _sentence_in_markdown(sentence: DigestSentence, body: DigestBody) -> str:
    return _escaped(sentence.text) + _markers_in_markdown(_cited(sentence, body))


def _list_in_markdown(lines: tuple[DigestLine, ...], more: int = 0) -> str:
    rows = []
    for line in lines:
        about = next((one for one in line.citations if one.item_id == line.item_id), None)
        title = _markdown_link(line.title, about) if about is not None else _escaped(line.title)
        said = "" if line.text == line.title else f": {_escaped(line.text)}"
        rows.append(f"- **{title}**{said}{_markers_in_markdown(line.citations)}  \n  *{_escaped(line.reason)}*")
    if more:
        rows.append(f"- and {more} more")
    return "\n".join(rows)


def _html_link(text: str, one: DigestCitation) -> str:
    target = _target(one)
    return f'<a href="{html.escape(target)}">{html.escape(text)}</a>' if target else html.escape(text)


def _markers_in_html(citations: tuple[DigestCitation, ...]) -> str:
    return "".join(f" {_html_link(f'[{one.n}]', one)}" for one in citations)


def _sentence_in_html(sentence: DigestSentence, body: DigestBody) -> str:
    return f"<p>{html.escape(sentence.text)}{_markers_in_html(_cited(sentence, body))}</p>"


def _list_in_html(lines: tuple[DigestLine, ...], more: int = 0) -> str:
    rows = []
    for line in lines:
        about = next((one for one in line.citations if one.item_id == line.item_id), None)
        title = _html_link(line.title, about) if about is not None else html.escape(line.title)
        said = "" if line.text == line.title else f": {html.escape(line.text)}"
        rows.append(
            f"<li><strong>{title}</strong>{said}{_markers_in_html(line.citations)}"
            f"<br><small>{html.escape(line.reason)}</small></li>"
        )
    if more:
        rows.append(f"<li>and {more} more</li>")
    return f"<ul>{''.join(rows)}</ul>"


def _cited(sentence: DigestSentence, body: DigestBody) -> tuple[DigestCitation, ...]:
    known = {one.n: one for line in body.lines for one in line.citations}
    return tuple(known[n] for n in sentence.citations if n in known)
