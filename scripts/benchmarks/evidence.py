"""Do answers cite what answers the question, and is it said when the library does not hold it?

    cd scripts && ../.venv/bin/python -m benchmarks.evidence [--half even|odd]

Asks the 276 questions of `corpora/evidence` through the API: once with those texts in the library beside the 578
notes of `corpora/til`, once with the notes alone, where no question has an answer. An answer hits when one of its
citations overlaps a reference passage. `docs-qa` is asked too, on which nothing was tuned.
"""

from __future__ import annotations

import argparse
import json
import time
from pathlib import Path
from typing import Any

import httpx

from benchmarks.served import Document, save_all, served

CORPORA = Path(__file__).resolve().parents[2].parent / "shared" / "data" / "corpora"
TEXTS = ("chatlogs", "state_of_the_union", "wikitexts")


def notes() -> list[Document]:
    """The notes of `corpora/til`."""
    files = sorted(path for path in (CORPORA / "til").glob("*/*.md"))
    return [
        Document(str(path.relative_to(CORPORA / "til")), path.read_text(encoding="utf-8"), "text/markdown")
        for path in files
    ]


def texts() -> list[Document]:
    """The three texts with reference passages, as plain text: references count their characters."""
    return [
        Document(name, (CORPORA / "evidence" / f"{name}.md").read_bytes().decode("utf-8"), "text/plain")
        for name in TEXTS
    ]


def questions() -> list[dict[str, Any]]:
    """`question`, `corpus` and `references` with `start_index`, `end_index`."""
    lines = (CORPORA / "evidence" / "questions.jsonl").read_text(encoding="utf-8").splitlines()
    return [json.loads(line) for line in lines]


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
        first, behind = self._count[start], self._count[end]
        return self._original[first], self._original[behind - 1] + 1


def ask(client: httpx.Client, question: str) -> tuple[dict[str, Any], float]:
    """The answer to a question in a conversation of its own, and the seconds it took."""
    conversation = client.post("/api/conversations", json={}).raise_for_status().json()["id"]
    started = time.perf_counter()
    answer = client.post(f"/api/conversations/{conversation}/messages", json={"content": question}).raise_for_status()
    return answer.json(), time.perf_counter() - started


def share(part: int, whole: int) -> float:
    return round(part / whole, 4)


def with_answers(client: httpx.Client, asked: list[dict[str, Any]], ids: dict[str, str]) -> dict[str, Any]:
    """How many answers cite a reference, and how many questions were wrongly refused."""
    places = {}
    for document in texts():
        stored = client.get(f"/api/items/{ids[document.title]}").raise_for_status().json()["content_text"]
        places[ids[document.title]] = (document.title, Places(document.content, stored))
    hits = refused = unverified = characters = 0
    seconds, missed = [], []
    for question in asked:
        answer, took = ask(client, question["question"])
        seconds.append(took)
        refused += answer["found"] is False
        unverified += sum(not citation["verified"] for citation in answer["citations"])
        characters += sum(len(citation["quote"]) for citation in answer["citations"])
        if any(_hits(citation, question, places) for citation in answer["citations"]):
            hits += 1
        else:
            missed.append(question["question"])
    return {
        "questions": len(asked),
        "cite_a_reference": share(hits, len(asked)),
        "refused": share(refused, len(asked)),
        "unverified_citations": unverified,
        "quoted_characters": round(characters / len(asked)),
        "median_ms": round(1000 * sorted(seconds)[len(seconds) // 2], 1),
        "missed": missed,
    }


def _hits(citation: dict[str, Any], question: dict[str, Any], places: dict[str, tuple[str, Places]]) -> bool:
    name, mapped = places.get(citation["item_id"], ("", None))
    if mapped is None or name != question["corpus"]:
        return False
    start, end = mapped.original(citation["start"], citation["end"])
    return any(
        start < reference["end_index"] and reference["start_index"] < end for reference in question["references"]
    )


def refusals(client: httpx.Client, asked: list[str]) -> float:
    """The share of questions answered with: not in your library."""
    return share(sum(ask(client, question)[0]["found"] is False for question in asked), len(asked))


def docs_qa() -> tuple[list[Document], list[str]]:
    """Sections and questions of another collection."""
    sections = json.loads((CORPORA / "docs-qa" / "sections.json").read_text(encoding="utf-8"))
    asked = json.loads((CORPORA / "docs-qa" / "questions.json").read_text(encoding="utf-8"))
    documents = [
        Document(f"{number}: {section['chunk_heading']}", section["text"], "text/markdown")
        for number, section in enumerate(sections)
    ]
    return documents, [question["question"] for question in asked]


def run(half: str = "all") -> dict[str, Any]:
    """All figures. Raises FileNotFoundError without the corpora."""
    chosen = {"all": questions(), "even": questions()[::2], "odd": questions()[1::2]}[half]
    plain = [question["question"] for question in chosen]
    sections, other_questions = docs_qa()
    with served() as client:
        save_all(client, notes())
        absent = refusals(client, plain)
        ids = save_all(client, texts())
        present = with_answers(client, chosen, ids)
    with served() as client:
        save_all(client, sections)
        other_refused = refusals(client, other_questions)
        other_absent = refusals(client, plain)
    return {
        "half": half,
        "present": present,
        "absent_refused": absent,
        "docs_qa_refused": other_refused,
        "absent_from_docs_qa_refused": other_absent,
    }


def main() -> None:
    """Print the figures as JSON."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--half", choices=["all", "even", "odd"], default="all", help="which questions are asked")
    print(json.dumps(run(parser.parse_args().half), indent=2, ensure_ascii=False))


if __name__ == "__main__":
    main()
