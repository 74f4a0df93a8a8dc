"""Nothing that could run, load or lead astray survives the sanitiser."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from resiliparse.parse.html import HTMLTree

from cortex.security.sanitize import sanitize_html

PAYLOADS = [
    "<script>alert(1)</script>",
    "<img src=x onerror=alert(1)>",
    "<a href='java\tscript:alert(1)'>x</a>",
    "<a href='//evil.example'>x</a>",
    "<svg><style><img src=x onerror=alert(1)></style></svg>",
    "<math><mtext><table><mglyph><style><!--</style><img title='--&gt;&lt;img src=1 onerror=alert(1)&gt;'>",
    "<noscript><p title='</noscript><img src=x onerror=alert(1)>'>",
    "<p data-start='1\" onclick=alert(1)'>x</p>",
    "<code class='language-x evil'>x</code>",
    "<iframe srcdoc='<script>alert(1)</script>'></iframe><form action=x><input autofocus onfocus=alert(1)>",
    "<img data-src='javascript:alert(1)' srcset='https://evil.example 1x'>",
]
ACTIVE = {"script", "style", "iframe", "svg", "math", "object", "embed", "form", "input", "link", "meta", "base"}


def assert_inert(html: str) -> None:
    body = HTMLTree.parse(html).body
    assert body is not None
    for element in body.query_selector_all("*"):
        assert element.tag not in ACTIVE, html
        for name in element.attrs:
            value = (element[name] or "").lower()
            assert not name.startswith("on"), html
            assert name not in ("src", "srcset", "style", "id", "background", "xlink:href"), html
            if name in ("href", "data-src"):
                assert value.startswith(("https://", "http://", "mailto:")), html


@pytest.mark.parametrize("payload", PAYLOADS)
def test_payloads(payload: str) -> None:
    assert_inert(sanitize_html(payload))


@pytest.mark.shared
def test_known_payloads(shared: Path) -> None:
    cases = json.loads((shared / "data" / "hostile" / "xss-dompurify.json").read_text())
    assert len(cases) > 200
    for case in cases:
        assert_inert(sanitize_html(case["payload"]))


def test_reading_html_passes_unchanged() -> None:
    html = (
        '<article><h1 data-start="0">T</h1><p data-start="3">a '
        '<a href="https://example.org/" rel="noopener noreferrer">'
        'b</a><br><img data-src="https://example.org/a.png" alt="c"></p><pre data-start="9"><code class="language-c++">'
        'd</code></pre><table data-start="12"><tbody><tr><td data-start="12" colspan="2">e</td></tr></tbody></table>'
        '<section data-page="2"><blockquote><p data-start="15">f</p></blockquote></section></article>'
    )
    assert sanitize_html(html) == html
