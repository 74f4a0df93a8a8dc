"""One address for one page."""

from __future__ import annotations

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from cortex.exceptions import ValidationError
from cortex.services.urls import parse_address

SAME = {
    "https://example.com/article": [
        "https://example.com/article",
        "http://example.com/article",
        "HTTPS://EXAMPLE.COM/article",
        "https://www.example.com/article",
        "https://example.com/article/",
        "https://example.com/article?",
        "https://example.com/article#section-2",
        "https://example.com/article#:~:text=found",
        "https://example.com:443/article",
        "http://example.com:80/article",
        "https://example.com./article",
        "https://user:secret@example.com/article",
        "https://example.com/article?utm_source=x&utm_medium=y&UTM_Campaign=z",
        "https://example.com/article?gclid=1&fbclid=2&msclkid=3&mc_eid=4&igshid=5&yclid=6&_ga=7",
        "https://m.example.com/article",
        "https://mobile.example.com/article",
        "https://amp.example.com/article",
        "https://example.com/article/amp",
        "https://example.com/article/amp/",
        "https://example.com/article.amp",
        "https://example.com/article?amp=1",
        "https://example.com/article?outputType=amp",
        "https://www.google.com/amp/s/example.com/article",
        "https://www.google.com/amp/s/www.example.com/article/amp/",
        "https://example-com.cdn.ampproject.org/c/s/example.com/article",
        "https://example-com.cdn.ampproject.org/v/s/example.com/article/amp?amp_js_v=0.1&usqp=mq331",
        "https://example.com/x/../article",
        "https://example.com/./article",
        "https://example.com/%61rticle",
        "https://example.com/article;jsessionid=A1B2",
        "example.com/article",
        "//example.com/article",
        "  https://example.com/article\n",
        "https:example.com/article",
        "https://example.com/art\nicle",
    ],
    "https://example.com/": ["https://example.com", "http://www.example.com/#top", "example.com?utm_source=a"],
    "https://example.com/?a=1&b=2": ["https://example.com/?b=2&a=1", "http://example.com?a=1&&b=2&"],
    "https://example.com/?q=a%20b": ["https://example.com/?q=a+b", "https://example.com/?q=a b"],
    "https://example.com/?q=%C3%A9": ["https://example.com/?q=é", "https://example.com/?q=%c3%a9"],
    "https://xn--bcher-kva.example/": ["https://bücher.example", "https://BÜCHER.example/", "http://xn--bcher-kva.example"],
    "https://en.wikipedia.org/wiki/Caf%C3%A9": [
        "https://en.m.wikipedia.org/wiki/Café", "en.wikipedia.org/wiki/Caf%c3%a9#X"
    ],
    "https://youtube.com/watch?v=dQw4w9WgXcQ": [
        "https://www.youtube.com/watch?v=dQw4w9WgXcQ&t=42s",
        "https://youtu.be/dQw4w9WgXcQ?si=abc",
        "https://m.youtube.com/watch?app=desktop&v=dQw4w9WgXcQ&feature=share",
        "https://www.youtube.com/shorts/dQw4w9WgXcQ",
        "https://www.youtube.com/embed/dQw4w9WgXcQ",
    ],
    "https://x.com/a/status/1": ["https://twitter.com/a/status/1?s=20&t=abc", "https://mobile.twitter.com/a/status/1"],
    "https://example.com/app#!/inbox/3": ["https://example.com/app#!/inbox/3"],
    "https://example.com/#/route?x=1": ["https://www.example.com/#/route?x=1"],
    "http://example.com:8080/x": ["http://example.com:8080/x", "http://www.example.com:8080/x/"],
    "http://[::1]:8080/x": ["http://[0:0:0:0:0:0:0:1]:8080/x"],
}  # fmt: skip

DIFFERENT = [
    ("https://example.com/a", "https://example.com/b"),
    ("https://example.com/A", "https://example.com/a"),
    ("https://example.com/?id=1", "https://example.com/?id=2"),
    ("https://example.com/?ref=master", "https://example.com/?ref=main"),
    ("https://example.com/?source=a", "https://example.com/?source=b"),
    ("https://a.example.com/", "https://b.example.com/"),
    ("https://example.com/a%2Fb", "https://example.com/a/b"),
    ("https://example.com/?q=a%2Bb", "https://example.com/?q=a+b"),
    ("https://example.com/?q=a%26b", "https://example.com/?q=a&b"),
    ("http://example.com:8080/", "https://example.com:8080/"),
    ("https://www.com/", "https://com/"),
    ("https://amp.dev/x", "https://dev/x"),
    ("https://example.com/#!/a", "https://example.com/#!/b"),
    ("https://example.com/amplifier", "https://example.com/"),
    ("https://youtube.com/watch?v=aaaaaaaaaaa", "https://youtube.com/watch?v=bbbbbbbbbbb"),
    ("https://example.com/?t=1", "https://example.com/?t=2"),
]

REFUSED = [
    "", "   ", "https://", "http:///path", "javascript:alert(1)", "JAVASCRIPT:alert(1)", "data:text/html,x",
    "file:///etc/passwd", "ftp://example.com/", "mailto:a@example.com", "chrome://newtab", "about:blank",
    "blob:https://example.com/1", "view-source:https://example.com", "https://exa mple.com/", "https://exam<ple.com/",
    "https://example.com:99999/", "https://example.com:port/", "https://[::1/", "https://[nonsense]/",
    "https://..example.com/", "https://example..com/", "https://-/\ud800", "https://\ud800.com/",
    "https://" + "a" * 300,
    "https://example.com/" + "a" * 20_000, "https://%00.com/", "https://a%2Fb.com/",
]  # fmt: skip


@pytest.mark.parametrize(("canonical", "given_url"), [(key, url) for key, urls in SAME.items() for url in urls])
def test_the_same_page_has_one_canonical_address(canonical: str, given_url: str) -> None:
    assert parse_address(given_url).canonical == canonical


@pytest.mark.parametrize(("one", "other"), DIFFERENT)
def test_different_pages_keep_different_addresses(one: str, other: str) -> None:
    assert parse_address(one).canonical != parse_address(other).canonical


@pytest.mark.parametrize("url", REFUSED)
def test_what_is_no_web_address_is_refused(url: str) -> None:
    with pytest.raises(ValidationError) as refused:
        parse_address(url)
    assert refused.value.details


def test_what_is_opened_keeps_what_the_person_saved_but_no_credentials() -> None:
    address = parse_address("http://me:secret@www.Example.com/a?utm_source=x#part")
    assert address.url == "http://www.example.com/a?utm_source=x#part"
    assert address.site == "example.com"


def test_a_backslash_cannot_smuggle_in_another_host() -> None:
    assert parse_address("http://127.1.1.1:80\\@127.2.2.2:80/").site == "127.1.1.1"


def test_sites_are_readable() -> None:
    assert parse_address("https://www.xn--bcher-kva.example/").site == "bücher.example"


_PIECES = st.sampled_from(
    ["/", "..", ".", "amp", "a", "%2e", "%2F", "%", "%zz", ";jsessionid=1", "?", "&", "=", "#", "#!", "utm_source=1",
     "amp=1", "é", "+", " ", "\\", "@", ":", "m.", "www.", "x.amp", ".html", "//", "[", "|", "\ud800", "😀"]
)  # fmt: skip
_HOSTS = st.sampled_from(
    ["example.com", "www.m.example.com", "en.m.wikipedia.org", "youtu.be", "www.youtube.com", "twitter.com",
     "x.cdn.ampproject.org", "www.google.com", "bücher.example", "[::1]", "127.0.0.1:80", "localhost:8080", "u:p@a.b"]
)  # fmt: skip


@given(st.sampled_from(["http", "https"]), _HOSTS, st.lists(_PIECES, max_size=12))
@example("https", "www.google.com", ["/", "amp", "/", "www.google.com/amp/example.com"])
def test_canonicalising_twice_changes_nothing(scheme: str, host: str, tail: list[str]) -> None:
    try:
        address = parse_address(f"{scheme}://{host}/{''.join(tail)}")
    except ValidationError:
        return
    again = parse_address(address.canonical)
    assert again.canonical == address.canonical
    assert again.site == address.site
    assert parse_address(address.url).canonical == address.canonical
    assert parse_address(address.url).url == address.url


@given(st.text(max_size=200))
def test_any_text_is_an_address_or_refused(text: str) -> None:
    try:
        address = parse_address(text)
    except ValidationError:
        return
    assert address.canonical.startswith(("http://", "https://"))
    address.canonical.encode("ascii")
    assert parse_address(address.canonical).canonical == address.canonical
