"""Content encodings, unpacked piece by piece, so that a bomb is cut off at the limit and not in memory."""

from __future__ import annotations

import zlib

from cortex.exceptions import FetchError

ACCEPTED = "gzip, deflate"


class BoundedBody:
    """Collects a body up to `limit` bytes, before and after unpacking."""

    def __init__(self, encoding: str, limit: int):
        """`encoding` is the Content-Encoding header. Raises FetchError for one that was not asked for."""
        self._limit = limit
        self._raw = 0
        self._body = bytearray()
        self._encoding = encoding.strip().lower()
        self._unpack: zlib._Decompress | None = None
        if self._encoding in ("gzip", "x-gzip", "deflate"):
            self._unpack = zlib.decompressobj(zlib.MAX_WBITS | 32)  # gzip or zlib, by its header
        elif self._encoding not in ("", "identity"):
            raise FetchError(
                f"The page came in an encoding that was not asked for ({self._encoding[:40]!r}). The address is kept.",
                reason="encoding",
            )

    def feed(self, data: bytes) -> None:
        """Take the next piece. Raises FetchError past the limit, or where the encoding is broken."""
        self._raw += len(data)
        if self._raw > self._limit:
            raise self._too_large()
        if self._unpack is None:
            self._body += data
            return
        try:
            self._body += self._unpacked(data)
        except zlib.error as error:
            raise FetchError(
                "The page came damaged: its compression cannot be read. The address is kept.", reason="encoding"
            ) from error
        if len(self._body) > self._limit:
            raise self._too_large()

    def _unpacked(self, data: bytes) -> bytes:
        if self._unpack is None or self._unpack.eof:
            return b""
        room = self._limit - len(self._body) + 1
        try:
            return self._unpack.decompress(data, room)
        except zlib.error:
            if self._encoding != "deflate" or self._body or self._raw != len(data):
                raise
            self._unpack = zlib.decompressobj(-zlib.MAX_WBITS)  # "deflate" without its wrapper, as some servers send
            return self._unpack.decompress(data, room)

    @property
    def body(self) -> bytes:
        """What was collected."""
        return bytes(self._body)

    def _too_large(self) -> FetchError:
        return FetchError(
            f"The page is larger than {self._limit // 2**20} MB. The address is kept, its content is not.",
            reason="too_large",
        )
