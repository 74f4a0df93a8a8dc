"""Are an answer's true claims left standing, and false ones marked?

    cd scripts && ../.venv/bin/python -m benchmarks.claims

True claims are the sentences of the 100 reference answers of `docs-qa`, each beside the sections that it was written
from, and sentences of `corpora/evidence` beside the text around them. False ones are the same with a number changed, a
name changed, turned into their opposite, or beside another section. No model takes part. "even" and "odd" are every
other question: thresholds were chosen on the even ones.
"""

from __future__ import annotations

import json
import re
import time
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from random import Random
from typing import Any

from benchmarks.corpora import DATA
from cortex.services.claim_support import flaw
from cortex.services.claims import statements

CORPORA = DATA / "corpora"
_AROUND = 800
"""Characters before and after a sentence of `corpora/evidence`: what a passage may hold."""
_TURNED = (
    (r"\b(is|are|was|were|can|will|should|must|does|do|did|has|have|had)\b", r"\1 not"),
    (r"\b(provides|allows|helps|offers|supports|uses|recommends|includes|enables)\b", r"never \1"),
)


@dataclass(frozen=True, slots=True)
class Case:
    """A claim beside its evidence."""

    kind: str
    """`true`, or how it was made false."""
    claim: str
    evidence: tuple[str, ...]
    about: str
    half: str


def docs_qa(random: Random) -> Iterator[Case]:
    """The reference answers, and what was made of them."""
    sections = json.loads((CORPORA / "docs-qa" / "sections.json").read_text(encoding="utf-8"))
    texts = {section["chunk_link"]: (section["chunk_heading"], section["text"]) for section in sections}
    asked = json.loads((CORPORA / "docs-qa" / "questions.json").read_text(encoding="utf-8"))
    names = sorted({name for one in asked for name in _names(one["correct_answer"])})
    for number, one in enumerate(asked):
        right = [texts[link] for link in one["correct_chunks"] if link in texts]
        if not right:
            continue
        half = "odd" if number % 2 else "even"
        about = "\n".join([one["question"], *(heading for heading, _ in right)])
        evidence = tuple(text for _, text in right)
        wrong = random.choice([link for link in texts if link not in one["correct_chunks"]])
        elsewhere = (texts[wrong][1],)
        for statement in statements(one["correct_answer"]):
            yield Case("true", statement.text, evidence, about, half)
            yield Case("another section", statement.text, elsewhere, one["question"], half)
            for kind, claim in _falsified(statement.text, names, evidence, about, random):
                yield Case(kind, claim, evidence, about, half)


def quoted(random: Random) -> Iterator[Case]:
    """Sentences of the evidence texts beside what stands around them."""
    lines = (CORPORA / "evidence" / "questions.jsonl").read_text(encoding="utf-8").splitlines()
    texts = {file.stem: file.read_text(encoding="utf-8") for file in (CORPORA / "evidence").glob("*.md")}
    names = sorted({name for text in texts.values() for name in _names(text[:200_000])})
    for number, line in enumerate(lines):
        stored = json.loads(line)
        text = texts[stored["corpus"]]
        for reference in stored["references"][:1]:
            start, end = reference["start_index"], reference["end_index"]
            evidence = (text[max(0, start - _AROUND) : end + _AROUND],)
            half = "odd" if number % 2 else "even"
            for statement in statements(text[start:end])[:2]:
                yield Case("true", statement.text, evidence, "", half)
                for kind, claim in _falsified(statement.text, names, evidence, "", random):
                    yield Case(kind, claim, evidence, "", half)


def _falsified(
    claim: str, names: Sequence[str], evidence: Sequence[str], about: str, random: Random
) -> Iterator[tuple[str, str]]:
    whole = "\n".join((*evidence, about)).lower()
    numbers = list(re.finditer(r"\b\d+(?:[.,]\d+)*\b", claim))
    if numbers:
        found = random.choice(numbers)
        other = next(str(n) for n in (random.randint(2, 2999) for _ in iter(int, 1)) if str(n) not in whole)
        yield "number changed", claim[: found.start()] + other + claim[found.end() :]
    own = _names(claim)
    if own:
        name = random.choice(own)
        foreign = [each for each in names if each.lower() not in whole]
        yield "name changed", re.sub(rf"\b{re.escape(name)}\b", random.choice(foreign), claim)
    for pattern, turned in _TURNED:
        if re.search(pattern, claim) and not re.search(r"\b(?:not|no|never|without)\b|n't\b", claim):
            yield "turned round", re.sub(pattern, turned, claim, count=1)
            break


def _names(text: str) -> list[str]:
    """Words with a capital letter behind a word with a small one."""
    return re.findall(r"(?<=[a-z,] )[A-Z][a-z]{3,}\b", text)


def figures(cases: Sequence[Case]) -> dict[str, Any]:
    """The share that is taken for supported, by kind and half; and why the others were not."""
    stood: dict[str, Counter[str]] = defaultdict(Counter)
    reasons: dict[str, Counter[str]] = defaultdict(Counter)
    started = time.perf_counter()
    for case in cases:
        reason = flaw(case.claim, case.evidence, names_known=case.about)
        for half in ("all", case.half):
            stood[case.kind][half] += reason is None
            stood[case.kind][f"{half}_cases"] += 1
        reasons[case.kind][reason or "supported"] += 1
    took = time.perf_counter() - started
    return {
        kind.replace(" ", "_"): {
            "cases": counts["all_cases"],
            "supported": _share(counts["all"], counts["all_cases"]),
            "supported_even": _share(counts["even"], counts["even_cases"]),
            "supported_odd": _share(counts["odd"], counts["odd_cases"]),
            "found": dict(reasons[kind]),
        }
        for kind, counts in stood.items()
    } | {"ms_a_claim": round(1000 * took / max(len(cases), 1), 2)}


def _share(part: int, whole: int) -> float:
    return round(part / whole, 4) if whole else 0.0


def run() -> dict[str, Any]:
    """All figures. Raises FileNotFoundError without the evaluation data."""
    if not (CORPORA / "docs-qa").is_dir():
        raise FileNotFoundError("the evaluation data is not here: ../shared/data/corpora/docs-qa")
    random = Random(4)
    return {"docs_qa": figures(list(docs_qa(random))), "quoted": figures(list(quoted(random)))}


def main() -> None:
    """Print the figures as JSON."""
    print(json.dumps(run(), indent=2, ensure_ascii=False))


if __name__ == "__main__":
    main()
