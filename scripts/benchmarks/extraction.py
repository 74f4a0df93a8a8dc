"""Extraction quality beside trafilatura and readability-lxml, on the same pages in the same run.

Annotated pages: each page lists phrases that its content has (`with`) and phrases that are around it (`without`);
a phrase of `with` that stands in the result is a true positive, one that is missing a false negative, a phrase of
`without` in the result is a false positive. The figure is F1 over all phrases of all pages.

Readability pages: F1 of the multisets of four-token shingles (lower-cased `\\w+`) of the result and of the expected
page's text, averaged over pages. HTML (the expected pages, readability-lxml's results) is turned into text by
resiliparse without any selection, so that no contender's own conversion is the measure.
"""

from __future__ import annotations

import gzip
import json
import re
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path

from cortex.exceptions import ExtractionError
from cortex.services.extraction.decoding import decode
from cortex.services.extraction.html import parse_html

SHARED = Path(__file__).resolve().parents[2].parent / "shared" / "data" / "extraction"
_WORD = re.compile(r"\w+")

Extractor = Callable[[bytes], str]


def run(data: Path = SHARED) -> dict[str, object]:
    """Scores and CPU seconds per extractor: `{"annotated": {name: {...}}, "readability": {name: {...}}}`.

    Raises FileNotFoundError where the evaluation data is not beside the repository.
    """
    if not data.is_dir():
        raise FileNotFoundError(f"The evaluation data is not at {data}.")
    return {
        "annotated": {name: _annotated(data, extract) for name, extract in _EXTRACTORS.items()},
        "readability": {name: _readability(data, extract) for name, extract in _EXTRACTORS.items()},
    }


def _cortex(page: bytes) -> str:
    try:
        return parse_html(page).text
    except ExtractionError:
        return ""


def _trafilatura(page: bytes) -> str:
    import trafilatura

    return trafilatura.extract(decode(page)) or ""


def _readability_lxml(page: bytes) -> str:
    from readability import Document

    return _plain(Document(decode(page)).summary())


_EXTRACTORS: dict[str, Extractor] = {
    "cortex": _cortex,
    "trafilatura": _trafilatura,
    "readability-lxml": _readability_lxml,
}


def _plain(html: str) -> str:
    from resiliparse.extract.html2text import extract_plain_text

    return str(
        extract_plain_text(
            html,
            main_content=False,
            preserve_formatting=True,
            alt_texts=False,
            list_bullets=False,
            hidden_elements=True,
        )
    )


def _annotated(data: Path, extract: Extractor) -> dict[str, float]:
    folder = data / "annotated-pages"
    annotations: dict[str, dict[str, list[str]]] = json.loads((folder / "annotations.json").read_text())
    found = missed = intruded = 0
    started = time.process_time()
    for name, phrases in annotations.items():
        text = extract(gzip.decompress((folder / "pages" / name).read_bytes()))
        found += sum(phrase in text for phrase in phrases["with"])
        missed += sum(phrase not in text for phrase in phrases["with"])
        intruded += sum(phrase in text for phrase in phrases["without"])
    precision, recall = found / (found + intruded), found / (found + missed)
    return {
        "f1": 2 * precision * recall / (precision + recall),
        "precision": precision,
        "recall": recall,
        "pages": len(annotations),
        "cpu_seconds": time.process_time() - started,
    }


def _shingles(text: str) -> Counter[tuple[str, ...]]:
    words = _WORD.findall(text.lower())
    return Counter(tuple(words[start : start + 4]) for start in range(max(1, len(words) - 3)))


def _cases(data: Path) -> Iterator[tuple[bytes, str]]:
    for folder in sorted((data / "readability-pages").iterdir()):
        if folder.is_dir():
            yield gzip.decompress((folder / "source.html.gz").read_bytes()), (folder / "expected.html").read_text()


def _readability(data: Path, extract: Extractor) -> dict[str, float]:
    scores: list[float] = []
    spent = 0.0
    for page, expected in _cases(data):
        started = time.process_time()
        text = extract(page)
        spent += time.process_time() - started
        ours, theirs = _shingles(text), _shingles(_plain(expected))
        scores.append(2 * (ours & theirs).total() / (ours.total() + theirs.total()))
    return {"f1": sum(scores) / len(scores), "pages": len(scores), "cpu_seconds": spent}


def main() -> int:
    """Prints the figures as a table."""
    try:
        results = run()
    except FileNotFoundError as error:
        print(error, file=sys.stderr)
        return 1
    print(f"{'pages':<12}{'extractor':<18}{'F1':>7}{'precision':>11}{'recall':>8}{'ms CPU/page':>13}")
    for kind, scores in results.items():
        assert isinstance(scores, dict)
        for name, figures in scores.items():
            extra = "".join(
                f"{figures[key]:>{width}.4f}" if key in figures else " " * width
                for key, width in (("precision", 11), ("recall", 8))
            )
            cost = 1000 * figures["cpu_seconds"] / figures["pages"]
            print(f"{kind:<12}{name:<18}{figures['f1']:>7.4f}{extra}{cost:>13.0f}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
