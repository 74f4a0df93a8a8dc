"""Multipart bodies, streamed: files go to the disk as they come in, each counted against its limit."""

from __future__ import annotations

import re
from contextlib import AsyncExitStack
from dataclasses import dataclass, field

from fastapi import Request
from python_multipart.exceptions import FormParserError
from python_multipart.multipart import MultipartParser, parse_options_header

from cortex.db.blobs import BlobStore, IncomingBlob
from cortex.exceptions import PayloadTooLargeError, UnsupportedMediaTypeError, ValidationError
from cortex.services.extraction.characters import collapse

_MOST_PARTS = 1000
_FIELD_BYTES = 1024 * 1024


@dataclass(frozen=True, slots=True)
class ReceivedFile:
    """A file that came in, not kept yet."""

    blob: IncomingBlob
    filename: str | None
    """A single name, cleaned; never used as a path."""
    declared: str | None


@dataclass(slots=True)
class Form:
    """The fields (each may be given several times) and files of a multipart body."""

    fields: dict[str, list[str]] = field(default_factory=dict)
    files: list[ReceivedFile] = field(default_factory=list)


async def read_form(request: Request, blobs: BlobStore, stack: AsyncExitStack, *, file_limit: int) -> Form:
    """Read the whole body. Files are forgotten when `stack` closes unless they were kept.

    Raises UnsupportedMediaTypeError (not multipart), PayloadTooLargeError, ValidationError (broken or cut off).
    """
    kind, options = parse_options_header(request.headers.get("content-type"))
    boundary = options.get(b"boundary")
    if kind != b"multipart/form-data" or not boundary:
        raise UnsupportedMediaTypeError("Send files as multipart/form-data.")
    reader = _Reader(boundary, blobs, stack, file_limit)
    try:
        async for piece in request.stream():
            await reader.feed(piece)
        return reader.finish()
    except FormParserError:
        raise ValidationError("The multipart body is broken. Nothing was stored.") from None


class _Reader:
    """Turns the parser's callbacks, which cannot wait, into writes that can."""

    def __init__(self, boundary: bytes, blobs: BlobStore, stack: AsyncExitStack, file_limit: int):
        self._form = Form()
        self._blobs = blobs
        self._stack = stack
        self._file_limit = file_limit
        self._events: list[tuple[str, bytes]] = []
        self._ended = False
        self._parts = 0
        self._field_bytes = 0
        self._header: tuple[bytes, bytes] = (b"", b"")
        self._headers: dict[bytes, bytes] = {}
        self._field: tuple[str, bytearray] | None = None
        self._file: ReceivedFile | None = None
        self._parser = MultipartParser(
            boundary,
            {
                "on_part_begin": lambda: self._events.append(("begin", b"")),
                "on_header_field": lambda data, start, end: self._events.append(("name", data[start:end])),
                "on_header_value": lambda data, start, end: self._events.append(("value", data[start:end])),
                "on_header_end": lambda: self._events.append(("header", b"")),
                "on_headers_finished": lambda: self._events.append(("headers", b"")),
                "on_part_data": lambda data, start, end: self._events.append(("data", data[start:end])),
                "on_part_end": lambda: self._events.append(("end", b"")),
                "on_end": lambda: self._events.append(("done", b"")),
            },
        )

    async def feed(self, piece: bytes) -> None:
        self._parser.write(piece)
        events, self._events = self._events, []
        for name, data in events:
            await self._handle(name, data)

    async def _handle(self, name: str, data: bytes) -> None:
        match name:
            case "begin":
                self._parts += 1
                if self._parts > _MOST_PARTS:
                    raise PayloadTooLargeError(f"At most {_MOST_PARTS} parts can be sent at once. Nothing was stored.")
                self._headers = {}
            case "name":
                self._header = (self._header[0] + data, self._header[1])
            case "value":
                self._header = (self._header[0], self._header[1] + data)
            case "header":
                self._headers[self._header[0].lower()] = self._header[1]
                self._header = (b"", b"")
            case "headers":
                await self._begin()
            case "data":
                await self._data(data)
            case "end":
                self._end()
            case _:
                self._ended = True

    async def _begin(self) -> None:
        _, options = parse_options_header(self._headers.get(b"content-disposition", b""))
        name = options.get(b"name", b"").decode("utf-8", "replace")
        if b"filename" not in options:
            self._field = (name, bytearray())
            return
        declared = self._headers.get(b"content-type", b"").decode("latin-1") or None
        blob = await self._stack.enter_async_context(self._blobs.incoming())
        self._file = ReceivedFile(blob, _clean_name(options[b"filename"]), declared)

    async def _data(self, data: bytes) -> None:
        if self._file is not None:
            if self._file.blob.size + len(data) > self._file_limit:
                raise _file_too_large(self._file.filename, self._file_limit)
            await self._file.blob.write(data)
        elif self._field is not None:
            self._field_bytes += len(data)
            if self._field_bytes > _FIELD_BYTES:
                raise PayloadTooLargeError("The fields beside the files are larger than 1 MB. Nothing was stored.")
            self._field[1].extend(data)

    def _end(self) -> None:
        if self._file is not None:
            self._form.files.append(self._file)
        elif self._field is not None:
            self._form.fields.setdefault(self._field[0], []).append(self._field[1].decode("utf-8", "replace"))
        self._file = self._field = None

    def finish(self) -> Form:
        self._parser.finalize()
        if not self._ended:
            raise ValidationError("The multipart body was cut off. Nothing was stored.")
        return self._form


def _file_too_large(name: str | None, limit: int) -> PayloadTooLargeError:
    shown = f"{limit // 2**20} MB" if limit >= 2**20 else f"{limit} bytes"
    return PayloadTooLargeError(
        f"{name or 'A file'} is larger than the limit of {shown} a file. Nothing was stored.",
        details={"limit_bytes": limit},
    )


def _clean_name(raw: bytes) -> str | None:
    last = re.split(r"[/\\]", raw.decode("utf-8", "replace").replace("\0", ""))[-1]
    return collapse(last)[-200:].strip(". ") or None
