"""Reading HTML is small and inert, and the text is exactly what its elements show at their offsets."""

from __future__ import annotations

import lxml.html
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import etree

from cortex.domain.document import Document, DocumentMetadata
from cortex.services.extraction.html import read_fragment
from cortex.services.extraction.reading_document import finish
from cortex.services.extraction.reading_text import content, read_text

BASE = "https://example.org/dir/page"


def read(html: str) -> Document:
    return finish(read_fragment(html, BASE).root, DocumentMetadata())


def assert_consistent(document: Document) -> None:
    """Blocks in order, white space between them, and each element's content at its offset."""
    position = 0
    for block in document.blocks:
        assert document.text[position : block.start].strip() == ""
        assert document.text[block.start : block.end].strip()
        position = block.end
    assert document.text[position:] == ""
    root = lxml.html.fragment_fromstring(document.html)
    again, blocks, images = read_text(root)
    assert (again, tuple(blocks), tuple(dict.fromkeys(images))) == (document.text, document.blocks, document.images)
    for element in root.iter("p", "h1", "h2", "h3", "h4", "h5", "h6", "li", "pre", "td", "th"):
        if element.get("data-start") is not None:
            start = int(element.get("data-start"))
            text = content(element)
            assert document.text[start : start + len(text)] == text


def test_inline_markup_stays_and_white_space_collapses() -> None:
    document = read("<p>One   <b>two</b>\n three<br>four <i> </i>five</p>")
    assert document.html == '<article><p data-start="0">One <strong>two</strong> three<br>four five</p></article>'
    assert document.text == "One two three\nfour five"


def test_lists_are_lines_and_blocks_are_apart() -> None:
    document = read(
        "<h2>Head</h2><ul><li>a<ul><li>b</li></ul></li><li><p>c</p></li></ul>tail<blockquote>q</blockquote>"
    )
    assert document.text == "Head\n\na\nb\nc\n\ntail\n\nq"
    assert [block.kind for block in document.blocks] == [
        "heading", "list_item", "list_item", "list_item", "paragraph", "quote",
    ]  # fmt: skip
    assert document.blocks[0].level == 2
    assert_consistent(document)


def test_code_is_verbatim() -> None:
    source = "def f(x):\n    return  x < 1  # <b>\n\nprint(f(2))"
    escaped = source.replace("&", "&amp;").replace("<", "&lt;")
    document = read(f'<div class="highlight highlight-source-python"><pre>\n{escaped}\n</pre></div>')
    assert document.text == source
    assert document.blocks[0].kind == "code"
    assert '<code class="language-python">' in document.html


def test_tables_of_data_stay_tables_and_layout_tables_go() -> None:
    data = read("<table><tr><th>a</th><th>b</th></tr><tr><td>1</td><td><p>2</p></td></tr></table>")
    assert data.text == "a | b\n1 | 2"
    assert data.blocks[0].kind == "table"
    layout = read("<table><tr><td><table><tr><td>left</td></tr></table></td><td><p>right</p></td></tr></table>")
    assert layout.text == "left\n\nright"
    assert "<table" not in layout.html
    assert_consistent(data)


def test_links_are_absolute_and_images_do_not_load() -> None:
    document = read('<p><a href="../x">in</a> <a href="jAva\tscript:alert(1)">bad</a> <img src="/a.png" alt="A"> t</p>')
    assert 'href="https://example.org/x"' in document.html
    assert "script" not in document.html
    assert '<img data-src="https://example.org/a.png" alt="A">' in document.html
    assert document.images[0].url == "https://example.org/a.png"


@pytest.mark.parametrize("gone", ["script", "style", "iframe", "form-less button", "template", "svg", "noscript"])
def test_what_acts_or_hides_is_dropped(gone: str) -> None:
    tag = gone.rsplit(maxsplit=1)[-1]
    assert read(f"<p>kept</p><{tag}>lost</{tag}>").text == "kept"


def test_hidden_elements_are_dropped() -> None:
    assert read('<p hidden>a</p><p style="display: none">b</p><p>c</p>').text == "c"


TAGS = (
    "<p>", "</p>", "<div>", "</div>", "<b>", "</b>", "<a href='/x'>", "</a>", "<ul>", "<ol>", "<li>", "</li>", "</ul>",
    "<table>", "<tr>", "<td>", "<th>", "</td>", "</tr>", "</table>", "<pre>", "</pre>", "<code>", "</code>", "<br>",
    "<h1>", "</h3>", "<blockquote>", "</blockquote>", "<img src='/i'>", "<dl>", "<dt>", "<dd>", "<figure>", "<svg>",
    "<figcaption>", "</figure>", "<caption>", "<script>", "</script>", "<!--", "-->", "<math>", "<td hidden>", " ",
)  # fmt: skip
MARKUP = st.lists(st.one_of(st.sampled_from(TAGS), st.text(max_size=12)), max_size=40)


@settings(max_examples=300, deadline=None)
@given(MARKUP)
def test_any_markup_gives_a_consistent_document(parts: list[str]) -> None:
    assert_consistent(read("<body>x" + "".join(parts)))


def test_output_holds_only_the_vocabulary() -> None:
    document = read("<marquee onclick=x>a</marquee><custom-tag>b</custom-tag><p id=i class=c style=s>c</p>")
    root = lxml.html.fragment_fromstring(document.html)
    assert {str(element.tag) for element in root.iter()} == {"article", "p"}
    assert all(set(element.attrib) <= {"data-start"} for element in root.iter())
    assert isinstance(root, etree._Element)


@pytest.mark.parametrize("span", ["0100999", "101", "-2", "1e2", "²", ""])
def test_no_cell_spans_more_than_a_table_has(span: str) -> None:
    html = f'<table><tr><th colspan="{span}">a</th><th>b</th></tr><tr><td>c</td><td>d</td></tr></table>'
    assert "colspan" not in read(html).html


def test_a_cell_spans_what_it_says() -> None:
    html = '<table><tr><th colspan="02">a</th></tr><tr><td>c</td><td>d</td></tr></table>'
    assert 'colspan="2"' in read(html).html
