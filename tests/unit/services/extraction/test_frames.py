"""What comes back from the parsing process is checked, not believed."""

from __future__ import annotations

import json
import struct

import pytest

from cortex.domain.document import Block, Document, DocumentMetadata, ImageReference
from cortex.services.extraction import frames

DOCUMENT = Document(
    DocumentMetadata(title="T", pages=2),
    "<article><p>añ</p></article>",
    "añ\n\nb",
    (Block("heading", 0, 2, 1, None), Block("table", 4, 5, 0, 2)),
    (ImageReference("https://example.org/a", "alt"),),
    ("careful",),
)


def test_documents_survive_the_way() -> None:
    head, parts = frames.pack_document(DOCUMENT)
    assert frames.unpack_document(json.loads(json.dumps(head)), parts) == DOCUMENT


@pytest.mark.parametrize(
    "change",
    [
        {"metadata": {"title": ["x"]}},
        {"metadata": {"unknown": "x"}},
        {"metadata": None},
        {"images": [["a"]]},
        {"images": [[1, 2]]},
        {"warnings": [{}]},
    ],
)
def test_wrong_shapes_are_refused(change: dict[str, object]) -> None:
    head, parts = frames.pack_document(DOCUMENT)
    with pytest.raises(frames.FrameError):
        frames.unpack_document({**head, **change}, parts)


@pytest.mark.parametrize(
    "blocks", [[(0, 3, 2, 0, 0)], [(0, 0, 99, 0, 0)], [(9, 0, 1, 0, 0)], [(0, 2, 3, 0, 0), (0, 1, 2, 0, 0)]]
)
def test_wrong_blocks_are_refused(blocks: list[tuple[int, ...]]) -> None:
    head, parts = frames.pack_document(DOCUMENT)
    packed = b"".join(struct.pack("<BIIBi", *block) for block in blocks)
    with pytest.raises(frames.FrameError):
        frames.unpack_document(head, [parts[0], parts[1], packed])


def test_heads_that_are_too_large_or_no_json() -> None:
    with pytest.raises(frames.FrameError):
        frames.head_length(b"\xff\xff\xff\xff")
    for data in (b"nonsense", b"[]", b'{"parts": [-1]}', b'{"parts": [true]}', b'{"parts": [999]}'):
        with pytest.raises(frames.FrameError):
            frames.decode_head(data, 100)
