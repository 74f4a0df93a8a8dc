"""One request to addresses that were vetted. Imported when something is first fetched: httpx takes a while to load."""

from __future__ import annotations

import functools
import re
import ssl
from collections.abc import Mapping
from email.message import Message

import httpcore
import httpx

from cortex import __version__
from cortex.exceptions import FetchError
from cortex.security.decompression import ACCEPTED, BoundedBody
from cortex.security.fetch_failures import not_fetchable
from cortex.security.fetched_page import ACCEPT_PAGES, REDIRECTS, FetchedPage, FetchLimits, Method
from cortex.security.pinned_network import PinnedNetwork, Traffic

_UNCLEAN = re.compile(r"[\x00-\x20\x7f\\]")
_CONNECT_S = 6.0
_USER_AGENT = f"Mozilla/5.0 (compatible; Cortex/{__version__}; personal library, saving one page for its reader)"


def parsed(url: str, *, base: httpx.URL | None = None) -> httpx.URL:
    """The address to fetch, without its fragment. Refuses whatever two programs could read differently."""
    text = url.strip(" \t\r\n")
    try:
        target = httpx.URL(text) if base is None else base.join(text)
    except (httpx.InvalidURL, ValueError, UnicodeError):
        raise not_fetchable(url) from None
    clean = not _UNCLEAN.search(text.partition("#")[0])
    if not clean or target.scheme not in ("http", "https") or not target.host or target.userinfo or target.port == 0:
        raise not_fetchable(url)
    return target.copy_with(fragment=None)


async def ask(
    url: httpx.URL,
    addresses: tuple[str, ...],
    traffic: Traffic,
    limits: FetchLimits,
    tls: ssl.SSLContext | None,
    method: Method = "GET",
    accept: str = ACCEPT_PAGES,
) -> FetchedPage:
    """Whatever stands at `url`, asked of `addresses` only; the body of a redirect is not read. Raises FetchError."""
    headers: dict[bytes | str, bytes | str] = {
        "Host": url.netloc.decode("ascii"),
        "User-Agent": _USER_AGENT,
        "Accept": accept,
        "Accept-Encoding": ACCEPTED,
        "Connection": "close",
    }
    timeouts = {"connect": _CONNECT_S, "read": limits.seconds, "write": limits.seconds, "pool": limits.seconds}
    target = httpcore.URL(scheme=url.raw_scheme, host=url.raw_host, port=url.port, target=url.raw_path)
    try:
        async with (
            httpcore.AsyncConnectionPool(
                ssl_context=(tls or _authorities()) if url.scheme == "https" else None,
                network_backend=PinnedNetwork(addresses, traffic),
            ) as pool,
            pool.stream(method, target, headers=headers, extensions={"timeout": timeouts}) as answer,
        ):
            received = {name.lower(): value for name, value in httpx.Headers(answer.headers).items()}
            if answer.status in REDIRECTS and "location" in received:
                return _page(url, answer.status, received, b"")
            body = BoundedBody(received.get("content-encoding", ""), limits.size)
            async for piece in answer.aiter_stream():
                body.feed(piece)
            return _page(url, answer.status, received, body.body)
    except (httpcore.NetworkError, httpcore.TimeoutException, httpcore.ProtocolError, ssl.SSLError) as error:
        raise _failed(url, error) from error


@functools.cache
def _authorities() -> ssl.SSLContext:
    """The certificate authorities, read once."""
    return httpx.create_ssl_context()


def _page(url: httpx.URL, status: int, headers: Mapping[str, str], body: bytes) -> FetchedPage:
    content_type = headers.get("content-type", "")
    declared = Message()
    declared["content-type"] = content_type
    return FetchedPage(
        url=str(url),
        status=status,
        headers=headers,
        media_type=content_type.partition(";")[0].strip().lower(),
        charset=declared.get_content_charset() if content_type else None,
        body=body,
    )


def _failed(url: httpx.URL, error: Exception) -> FetchError:
    if isinstance(error, ssl.SSLError) or isinstance(error.__cause__ or error.__context__, ssl.SSLError):
        return FetchError(f"{url.host} could not prove who it is (TLS: {error}). The address is kept.", reason="tls")
    if isinstance(error, httpcore.TimeoutException):
        return FetchError(
            f"{url.host} did not answer in time. The address is kept and tried again.", reason="timeout", waiting=True
        )
    if isinstance(error, httpcore.ProtocolError):
        return FetchError(f"{url.host} does not speak HTTP properly. The address is kept.", reason="protocol")
    return FetchError(
        f"{url.host} could not be reached. The address is kept and tried again.", reason="connect", waiting=True
    )
