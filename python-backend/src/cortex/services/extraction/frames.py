"""The wire between Cortex and its parsing process: frames of plain data, nothing that could run on arrival.

A frame is a four-byte big-endian length of a JSON head, the head, and the byte strings whose lengths the head lists
under `parts`. A document travels as JSON metadata, UTF-8 text and HTML, and packed blocks.
"""

from __future__ import annotations

import json
import struct
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from typing import Any, get_args

from cortex.domain.document import Block, BlockKind, Document, DocumentMetadata, ImageReference

HEAD_LIMIT = 16 * 1024 * 1024
_LENGTH = struct.Struct(">I")
_BLOCK = struct.Struct("<BIIBi")
_KINDS: tuple[BlockKind, ...] = get_args(BlockKind)
LENGTH_SIZE = _LENGTH.size


class FrameError(Exception):
    """The other side sent something that is no frame."""


def encode_frame(head: Mapping[str, object], parts: Sequence[bytes] = ()) -> bytes:
    """Everything of a frame but its parts' bytes, which follow in order."""
    data = json.dumps({**head, "parts": [len(part) for part in parts]}).encode()
    return _LENGTH.pack(len(data)) + data


def head_length(data: bytes) -> int:
    length: int = _LENGTH.unpack(data)[0]
    if length > HEAD_LIMIT:
        raise FrameError(f"a head of {length} bytes")
    return length


def decode_head(data: bytes, limit: int) -> tuple[dict[str, Any], list[int]]:
    """The head and the lengths of the parts that follow; at most `limit` bytes together."""
    try:
        head = json.loads(data)
        parts = head["parts"]
    except (ValueError, KeyError, TypeError, RecursionError) as error:
        raise FrameError("a head that cannot be read") from error
    if not (isinstance(parts, list) and all(type(size) is int and size >= 0 for size in parts) and sum(parts) <= limit):
        raise FrameError("parts that are too large")
    return head, parts


def pack_document(document: Document) -> tuple[dict[str, object], list[bytes]]:
    """A document as a head and three parts: text, HTML, blocks."""
    blocks = b"".join(
        _BLOCK.pack(_KINDS.index(block.kind), block.start, block.end, block.level, block.page or 0)
        for block in document.blocks
    )
    head: dict[str, object] = {
        "metadata": asdict(document.metadata),
        "images": [[image.url, image.alt] for image in document.images],
        "warnings": list(document.warnings),
    }
    return head, [document.text.encode(), document.html.encode(), blocks]


def unpack_document(head: Mapping[str, Any], parts: Sequence[bytes]) -> Document:
    """The document of a frame. Raises FrameError for anything that `pack_document` could not have made."""
    try:
        text, html, packed = parts
        metadata = _metadata(head["metadata"])
        images = tuple(ImageReference(_string(url), _string(alt)) for url, alt in head["images"])
        warnings = tuple(_string(warning) for warning in head["warnings"])
        decoded = text.decode()
        blocks = tuple(_blocks(packed, len(decoded)))
        return Document(metadata, html.decode(), decoded, blocks, images, warnings)
    except (ValueError, KeyError, TypeError, AttributeError, IndexError, struct.error) as error:
        raise FrameError("a document that cannot be read") from error


def _blocks(packed: bytes, length: int) -> list[Block]:
    blocks: list[Block] = []
    last = 0
    for kind, start, end, level, page in _BLOCK.iter_unpack(packed):
        if not last <= start <= end <= length:
            raise FrameError("blocks out of order")
        blocks.append(Block(_KINDS[kind], start, end, level, page or None))
        last = end
    return blocks


def _metadata(fields: Mapping[str, Any]) -> DocumentMetadata:
    values = {name: _scalar(value) for name, value in fields.items() if name != "keywords"}
    return DocumentMetadata(**values, keywords=tuple(_string(word) for word in fields["keywords"]))


def _scalar(value: object) -> Any:
    if value is not None and type(value) not in (str, int):
        raise TypeError(type(value).__name__)
    return value


def _string(value: object) -> str:
    if type(value) is not str:
        raise TypeError(type(value).__name__)
    return value
