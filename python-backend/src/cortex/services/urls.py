"""One address for one page: what a person saved, and the form that tells whether it was saved before.

The canonical form is for recognising, never for fetching. It takes `http` and `https` as the same (on their
default ports), drops `www.` and the hosts that serve phones, AMP wrappers, tracking parameters, credentials and
fragments (except those that choose what an application shows, `#!` and `#/`), and orders parameters by name.
Applying it again changes nothing.
"""

from __future__ import annotations

import ipaddress
import re
from dataclasses import dataclass
from urllib.parse import SplitResult, unquote, urlsplit

import idna

from cortex.exceptions import ValidationError
from cortex.services.tracking import is_tracking

LONGEST = 16_384
"""Characters of an address; longer ones carry a document, not a place."""

_SCHEME = re.compile(r"^([a-zA-Z][a-zA-Z0-9+.-]*):(?!\d)")
_PLAIN_HOST = re.compile(r"^[a-z0-9_]([a-z0-9_-]*[a-z0-9_])?(\.[a-z0-9_]([a-z0-9_-]*[a-z0-9_])?)*$")
_ESCAPE = re.compile(r"%([0-9a-fA-F]{2})")
_UNRESERVED = frozenset(b"abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-._~")
_PATH_SAFE = _UNRESERVED | frozenset(b"/!$&'()*+,;=:@%")
_QUERY_SAFE = _UNRESERVED | frozenset(b"/!$'()*,;:@%?")
_ALIAS_LABELS = ("www.", "m.", "mobile.", "amp.")
_HOST_ALIASES = {
    "twitter.com": "x.com",
    "old.reddit.com": "reddit.com",
    "new.reddit.com": "reddit.com",
    "np.reddit.com": "reddit.com",
    "music.youtube.com": "youtube.com",
}
_SESSION = re.compile(r";(jsessionid|phpsessid)=[^/;]*", re.IGNORECASE)
_AMP_CACHE = re.compile(r"^/[acirv]/(s/)?(?P<rest>[^/]+\..*)$")
_AMP_VIEWER = re.compile(r"^/amp/(s/)?(?P<rest>[^/]+\..*)$")
_AMP_PATH = re.compile(r"(/amp|\.amp)$|(?<=[^/])\.amp(?=\.html?$)")
_YOUTUBE_PATH = re.compile(r"^/(shorts|embed|live|v)/(?P<video>[A-Za-z0-9_-]{6,20})$")


@dataclass(frozen=True, slots=True)
class Address:
    """A web address that was understood."""

    url: str
    """As it was given, tidied: with a scheme, without credentials. This is what is opened and fetched."""
    canonical: str
    """The form by which duplicates are recognised."""
    site: str
    """The host without `www.`, lower case, readable (not in punycode)."""


def parse_address(text: str) -> Address:
    """Understand a web address. A bare `example.org/x` counts as https.

    Raises ValidationError when it is none, is too long, or has a scheme other than http and https.
    """
    url = _tidied(text)
    canonical = url
    for _ in range(20):  # one step may uncover another (an AMP page inside an AMP cache); few take more than two
        following = _simplified(canonical)
        if following == canonical:
            break
        canonical = following
    host = urlsplit(canonical).hostname or ""
    return Address(url, canonical, _readable(host))


def _invalid(message: str) -> ValidationError:
    return ValidationError(message, details=[{"loc": ["body", "url"], "msg": message, "type": "url"}])


def _tidied(text: str) -> str:
    url = "".join(character for character in text.strip() if ord(character) >= 32 and character != "\x7f").strip()
    if len(url) > LONGEST:
        raise _invalid(f"The address has {len(url):,} characters; at most {LONGEST:,} can be saved.")
    scheme = _SCHEME.match(url)
    if scheme is None:
        url = "https:" + url if url.startswith("//") else "https://" + url
    elif scheme[1].lower() not in ("http", "https"):
        raise _invalid(f"Only http and https addresses can be saved, not {scheme[1][:30].lower()}:.")
    elif not url[scheme.end() :].startswith("//"):
        url = f"{scheme[1]}://{url[scheme.end() :].lstrip('/')}"
    parts = _split(url)
    host, port = _host(parts), _port(parts)
    path = parts.path or "/"
    query = f"?{parts.query}" if parts.query else ""
    fragment = f"#{parts.fragment}" if parts.fragment else ""
    tail = _escaped(path, _PATH_SAFE | {ord("\\")}) + _escaped(query, _QUERY_SAFE | frozenset(b"?&=+[]{}|\\^`"))
    return f"{parts.scheme.lower()}://{host}{port}{tail}{_escaped(fragment, _QUERY_SAFE | frozenset(b'#&=+'))}"


def _split(url: str) -> SplitResult:
    # Browsers read a backslash before the path as a slash; reading it otherwise would name another host than they open.
    head, mark, tail = url.partition("?")
    try:
        return urlsplit(head.replace("\\", "/") + mark + tail)
    except ValueError:
        raise _invalid("This is not an address that can be opened.") from None


def _port(parts: SplitResult) -> str:
    try:
        port = parts.port
    except ValueError:
        raise _invalid("The port in this address is not a number between 0 and 65535.") from None
    default = {"http": 80, "https": 443}[parts.scheme.lower()]
    return "" if port is None or port == default else f":{port}"


def _host(parts: SplitResult) -> str:
    host = unquote(parts.hostname or "").strip().rstrip(".").lower()
    if ":" in host:
        try:
            return f"[{ipaddress.IPv6Address(host).compressed}]"
        except ValueError:
            raise _invalid("The host in this address is not valid.") from None
    if not host.isascii():
        try:
            host = idna.encode(host, uts46=True).decode("ascii")
        except (idna.IDNAError, UnicodeError):
            raise _invalid("The host in this address is not valid.") from None
    if not _PLAIN_HOST.match(host) or len(host) > 253:
        raise _invalid("The host in this address is not valid.")
    return host


def _escaped(text: str, safe: frozenset[int]) -> str:
    """Every byte that needs no escape plain, every other one as an upper-case escape."""
    safe -= {ord("%")}
    out = []
    position = 0
    for escape in _ESCAPE.finditer(text):
        out.append(_quoted(text[position : escape.start()], safe))
        value = int(escape[1], 16)
        out.append(chr(value) if value in _UNRESERVED else f"%{value:02X}")
        position = escape.end()
    out.append(_quoted(text[position:], safe))
    return "".join(out)


def _quoted(text: str, safe: frozenset[int]) -> str:
    return "".join(chr(byte) if byte in safe else f"%{byte:02X}" for byte in text.encode("utf-8", "replace"))


def _simplified(url: str) -> str:
    """One pass towards the canonical form."""
    parts = _split(url)
    host = _host(parts)
    port = _port(parts)
    path = _clean_path(parts.path)
    unwrapped = _without_amp_host(host, path, parts.query)
    if unwrapped is not None:
        return unwrapped
    host = _without_alias(host)
    path = _AMP_PATH.sub("", path) or "/"
    if host == "youtu.be" and len(path) > 1:
        return f"https://youtube.com/watch?v={path.strip('/')}" + (f"&{parts.query}" if parts.query else "")
    if host == "youtube.com" and (video := _YOUTUBE_PATH.match(path)):
        return f"https://youtube.com/watch?v={video['video']}" + (f"&{parts.query}" if parts.query else "")
    query = _clean_query(host, parts.query)
    scheme = parts.scheme if port else "https"
    return f"{scheme}://{host}{port}{path}{query}{_clean_fragment(parts.fragment)}"


def _clean_path(path: str) -> str:
    kept: list[str] = []
    segments = _escaped(_SESSION.sub("", path), _PATH_SAFE).split("/")[1:]
    for segment in segments:
        if segment == "..":
            if kept:
                kept.pop()
        elif segment != ".":
            kept.append(segment)
    return "/" + "/".join(kept).strip("/")


def _without_amp_host(host: str, path: str, query: str) -> str | None:
    """The page behind an address of Google's AMP viewer or of an AMP cache."""
    inner = None
    if host.endswith(".cdn.ampproject.org") or host == "cdn.ampproject.org":
        inner = _AMP_CACHE.match(path)
    elif host in ("google.com", "www.google.com"):
        inner = _AMP_VIEWER.match(path)
    if inner is None:
        return None
    try:
        return _tidied(f"https://{inner['rest']}" + (f"?{query}" if query else ""))
    except ValidationError:
        return None


def _without_alias(host: str) -> str:
    """The main name of a site: `www.`, phone and AMP names are dropped, `en.m.wikipedia.org` is `en.wikipedia.org`."""
    if _is_address(host):
        return host
    for label in _ALIAS_LABELS:
        rest = host.removeprefix(label)
        if rest != host and "." in rest:
            return rest
    first, mark, rest = host.partition(".m.")
    if mark and "." not in first and "." in rest:
        host = f"{first}.{rest}"
    return _HOST_ALIASES.get(host, host)


def _is_address(host: str) -> bool:
    return host.startswith("[") or host.rpartition(".")[2].isdigit()


def _clean_query(host: str, query: str) -> str:
    kept = []
    for piece in query.split("&"):
        name, mark, value = piece.partition("=")
        plain = unquote(name.replace("+", " "))
        is_amp = (plain == "amp" and value in ("", "1", "true")) or (plain == "outputType" and value == "amp")
        if not piece or is_amp or is_tracking(host, plain):
            continue
        safe = _QUERY_SAFE | frozenset(b"=")
        kept.append((_escaped(name.replace("+", "%20"), _QUERY_SAFE), mark, _escaped(value.replace("+", "%20"), safe)))
    kept.sort(key=lambda parameter: parameter[0])
    return "?" + "&".join("".join(parameter) for parameter in kept) if kept else ""


def _clean_fragment(fragment: str) -> str:
    shown = fragment.partition(":~:")[0]
    if len(shown) > 1 and shown.startswith(("!", "/")):
        return "#" + _escaped(shown, _QUERY_SAFE | frozenset(b"&=+"))
    return ""


def _readable(host: str) -> str:
    if "xn--" not in host:
        return host.strip("[]")
    try:
        return idna.decode(host)
    except (idna.IDNAError, UnicodeError):
        return host
