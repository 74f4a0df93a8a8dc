"""Do answers cite what answers the question, and is it said when the library does not hold it?

    cd scripts && ../.venv/bin/python -m benchmarks.evidence

Asks the 276 questions of `corpora/evidence` through the API: with the 578 notes of `corpora/til` alone, where none has
an answer; with the three texts beside them; and with the texts alone. An answer hits when one of its citations overlaps
a reference passage. The 100 questions of `docs-qa`, which nothing was tuned on, are asked of their own sections, and
these are asked the 276. "even" and "odd" are every other question: the threshold came from the even ones.
"""

from __future__ import annotations

import contextlib
import json
import tempfile
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx

from benchmarks.corpora import DATA, Saved, notes
from benchmarks.saving import save, wait_until_processed
from benchmarks.server_process import serving

CORPORA = DATA / "corpora"


@dataclass(frozen=True, slots=True)
class Question:
    """A question of `corpora/evidence`; references are spans of the text's file."""

    words: str
    text: str
    references: tuple[tuple[int, int], ...]


def questions() -> list[Question]:
    """The 276."""
    found = []
    for line in (CORPORA / "evidence" / "questions.jsonl").read_text(encoding="utf-8").splitlines():
        stored = json.loads(line)
        spans = tuple((reference["start_index"], reference["end_index"]) for reference in stored["references"])
        found.append(Question(stored["question"], stored["corpus"], spans))
    return found


def texts() -> list[Saved]:
    """The three texts with reference passages, as plain text: references count their characters."""
    files = sorted((CORPORA / "evidence").glob("*.md"))
    return [Saved(file.stem, "text/plain", text=file.read_bytes().decode("utf-8")) for file in files]


def docs_qa() -> tuple[list[Saved], list[str]]:
    """Sections and questions of another collection."""
    sections = json.loads((CORPORA / "docs-qa" / "sections.json").read_text(encoding="utf-8"))
    asked = json.loads((CORPORA / "docs-qa" / "questions.json").read_text(encoding="utf-8"))
    documents = [
        Saved(f"docs-qa {number}", "text/markdown", text=section["text"]) for number, section in enumerate(sections)
    ]
    return documents, [question["question"] for question in asked]


class Places:
    """Where a place in the stored text was in the file: extraction changes white space only, which is checked."""

    def __init__(self, original: str, stored: str):
        self._original = [place for place, character in enumerate(original) if not character.isspace()]
        self._count = [0]
        for character in stored:
            self._count.append(self._count[-1] + (not character.isspace()))
        if [original[place] for place in self._original] != [c for c in stored if not c.isspace()]:
            raise ValueError("extraction changed more than white space")

    def original(self, start: int, end: int) -> tuple[int, int]:
        """The span of the file that a span of the stored text came from."""
        return self._original[self._count[start]], self._original[self._count[end] - 1] + 1


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one question."""

    refused: bool
    hit: bool
    unverified: int
    characters: int
    seconds: float


class Library:
    """A served library that is asked; the texts in it are known by name."""

    def __init__(self, client: httpx.Client):
        self._client = client
        self._places: dict[str, tuple[str, Places]] = {}

    def add(self, things: Sequence[Saved]) -> None:
        """Save and wait until all is processed; keep the places of the evidence texts among them."""
        names = {text.name for text in texts()}
        saved = save(self._client, things)
        wait_until_processed(self._client)
        for one in saved:
            if one.saved.name in names:
                item = self._client.get(f"/api/items/{one.item_id}").raise_for_status().json()
                self._places[one.item_id] = (one.saved.name, Places(one.saved.text, item["content_text"]))

    def ask(self, question: Question) -> Outcome:
        """Ask in a conversation of its own."""
        conversation = self._client.post("/api/conversations", json={}).raise_for_status().json()["id"]
        started = time.perf_counter()
        answer = self._client.post(f"/api/conversations/{conversation}/messages", json={"content": question.words})
        took = time.perf_counter() - started
        message: dict[str, Any] = answer.raise_for_status().json()
        citations = message["citations"]
        return Outcome(
            refused=message["found"] is False,
            hit=any(self._hits(citation, question) for citation in citations),
            unverified=sum(not citation["verified"] for citation in citations),
            characters=sum(len(citation["quote"]) for citation in citations),
            seconds=took,
        )

    def _hits(self, citation: dict[str, Any], question: Question) -> bool:
        name, places = self._places.get(citation["item_id"], ("", None))
        if places is None or name != question.text:
            return False
        start, end = places.original(citation["start"], citation["end"])
        return any(start < reference[1] and reference[0] < end for reference in question.references)


@contextlib.contextmanager
def library(*collections: Sequence[Saved]) -> Iterator[Library]:
    """A library of its own with these things in it."""
    with (
        tempfile.TemporaryDirectory(prefix="cortex-bench-") as directory,
        serving(Path(directory)) as server,
        server.client() as client,
    ):
        served = Library(client)
        for collection in collections:
            served.add(collection)
        yield served


def refused(outcomes: Sequence[Outcome]) -> dict[str, float]:
    """The share of refusals, of all and of each half."""
    halves = {"all": outcomes, "even": outcomes[::2], "odd": outcomes[1::2]}
    return {name: _share(sum(one.refused for one in half), len(half)) for name, half in halves.items()}


def answered(outcomes: Sequence[Outcome]) -> dict[str, Any]:
    """How questions that have an answer fared."""
    milliseconds = sorted(1000 * one.seconds for one in outcomes)
    return {
        "questions": len(outcomes),
        "cite_a_reference": _share(sum(one.hit for one in outcomes), len(outcomes)),
        "cite_a_reference_even": _share(sum(one.hit for one in outcomes[::2]), len(outcomes[::2])),
        "cite_a_reference_odd": _share(sum(one.hit for one in outcomes[1::2]), len(outcomes[1::2])),
        "refused": refused(outcomes)["all"],
        "refused_halves": refused(outcomes),
        "unverified_citations": sum(one.unverified for one in outcomes),
        "quoted_characters": round(sum(one.characters for one in outcomes) / len(outcomes)),
        "median_ms": round(milliseconds[len(milliseconds) // 2], 1),
    }


def _share(part: int, whole: int) -> float:
    return round(part / whole, 4)


def run() -> dict[str, Any]:
    """All figures. Raises FileNotFoundError without the evaluation data."""
    saved_notes = notes()
    asked = questions()
    sections, other = docs_qa()
    elsewhere = [Question(words, "", ()) for words in other]
    with library(saved_notes) as served:
        absent = refused([served.ask(question) for question in asked])
        served.add(texts())
        present = answered([served.ask(question) for question in asked])
    with library(texts()) as served:
        alone = answered([served.ask(question) for question in asked])
    with library(sections) as served:
        other_refused = refused([served.ask(question) for question in elsewhere])["all"]
        absent_elsewhere = refused([served.ask(question) for question in asked])
    return {
        "present": present,
        "present_alone": alone,
        "absent_refused": absent["all"],
        "absent_refused_halves": absent,
        "docs_qa_refused": other_refused,
        "absent_from_docs_qa_refused": absent_elsewhere,
    }


def main() -> None:
    """Print the figures as JSON."""
    print(json.dumps(run(), indent=2, ensure_ascii=False))


if __name__ == "__main__":
    main()
