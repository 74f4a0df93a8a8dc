"""How much a request may bring, and in what form: said before it is read where it can be, counted where not."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass

from starlette.datastructures import Headers
from starlette.exceptions import HTTPException
from starlette.types import Message, Receive

from cortex.exceptions import ForbiddenError, PayloadTooLargeError, UnsupportedMediaTypeError
from cortex.security.scopes import BodyKind

_FILES_AT_ONCE = 4
_PARTS_OVERHEAD = 1024 * 1024
_DRAIN_S = 2.0


@dataclass(frozen=True, slots=True)
class BodyLimits:
    """Limits in bytes. A multipart upload may hold a few of the largest files together."""

    capture: int
    upload_file: int
    other: int

    def of(self, kind: BodyKind) -> int | None:
        """The most that a body of this kind may have; None where the handler bounds its stream itself."""
        if kind == "stream":
            return None
        if kind == "capture":
            return self.capture
        return self.upload_file * _FILES_AT_ONCE + _PARTS_OVERHEAD if kind == "upload" else self.other


def too_large(limit: int) -> PayloadTooLargeError:
    """The refusal, with the limit in words."""
    shown = f"{limit // 2**20} MB" if limit >= 2**20 else f"{limit} bytes"
    return PayloadTooLargeError(
        f"This request is larger than the limit of {shown} for this address. Nothing was stored.",
        details={"limit_bytes": limit},
    )


def check_length(headers: Headers, limit: int | None) -> None:
    """Raises PayloadTooLargeError when the declared length is over the limit, ForbiddenError when it is none."""
    values = headers.getlist("content-length")
    if not values:
        return
    if len(values) > 1 or not values[0].isascii() or not values[0].isdigit():
        raise ForbiddenError("This request declares its length in a way that cannot be read. Nothing was done.")
    if limit is not None and int(values[0]) > limit:
        raise too_large(limit)


def check_media_type(headers: Headers, kind: BodyKind) -> None:
    """Raises UnsupportedMediaTypeError when there is a body that is not of the kind the route reads."""
    if "transfer-encoding" not in headers and headers.get("content-length", "0").strip("0") == "":
        return
    media_type = headers.get("content-type", "").partition(";")[0].strip().lower()
    if kind in ("json", "capture"):
        if media_type != "application/json" and not (
            media_type.startswith("application/") and media_type.endswith("+json")
        ):
            raise UnsupportedMediaTypeError("This address reads JSON: send Content-Type: application/json.")
    elif kind == "upload" and media_type != "multipart/form-data":
        raise UnsupportedMediaTypeError("This address reads files: send Content-Type: multipart/form-data.")


class CountingReceive:
    """Hands the body on until it exceeds the limit; `exceeded` then stays set and reading raises a quiet 413."""

    def __init__(self, receive: Receive, limit: int):
        self._receive = receive
        self._left = limit
        self.exceeded = False

    async def __call__(self) -> Message:
        """The next piece."""
        message = await self._receive()
        if message["type"] == "http.request":
            self._left -= len(message.get("body", b""))
            if self._left < 0:
                self.exceeded = True
                raise HTTPException(status_code=413)
        return message


async def drain(receive: Receive) -> None:
    """Throw away what still comes, for a moment: a client that is still sending can then read the answer."""

    async def discard() -> None:
        while True:
            message = await receive()
            if message["type"] != "http.request" or not message.get("more_body", False):
                return

    try:
        await asyncio.wait_for(discard(), _DRAIN_S)
    except TimeoutError:
        return
