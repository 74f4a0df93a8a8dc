"""What each part should reach, and the table that says how far it is from it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Target:
    """A figure, named by its path in what a part's `run()` gives; `at_least` tells which side of the bound is good.

    `beside` is the path of a baseline of the same run that the bound is added to.
    """

    name: str
    path: str
    bound: float
    at_least: bool = False
    beside: str | None = None


def at_most(name: str, path: str, bound: float) -> Target:
    """A figure that is good when it is small."""
    return Target(name, path, bound)


def at_least(name: str, path: str, bound: float, beside: str | None = None) -> Target:
    """A figure that is good when it is large."""
    return Target(name, path, bound, at_least=True, beside=beside)


TARGETS: dict[str, Sequence[Target]] = {
    "interface": (
        at_most("frame ms", "frame_ms", 200),
        at_most("first rows ms", "first_rows_ms", 700),
        at_most("first page of 2,000 ms", "first_page_ms", 1000),
        at_most("interaction p95 ms", "interaction_p95_ms", 100),
        at_most("route p95 ms", "route_p95_ms", 100),
        at_most("results p95 ms after the key", "results_p95_ms", 150),
    ),
    "desktop": (
        at_most("seconds to the window", "window_seconds_median", 1.0),
        at_most("seconds to the library, warm", "library_seconds_median", 3.0),
        at_most("MiB of the sidecar, idle", "sidecar_mib", 80),
        at_most("MiB of the shell with WebKit", "shell_with_webkit_mib", 350),
        at_most("seconds until a killed sidecar is back", "back_after_kill_seconds_slowest", 3.0),
        at_most("seconds until all is gone after quitting", "gone_after_quit_seconds_slowest", 2.0),
        at_most("seconds until all is gone after a kill", "gone_after_kill_seconds", 2.0),
    ),
    "bundle": (
        at_most("MB of the package", "package_mb", 130),
        at_most("MB on disk", "disk_mb", 300),
        at_most("MiB of the frozen sidecar, idle", "idle_pss_mib", 80),
    ),
    "extraction": (
        at_least("annotated pages F1, beside trafilatura", "annotated.cortex.f1", -0.005, "annotated.trafilatura.f1"),
        at_least(
            "annotated pages F1, beside readability", "annotated.cortex.f1", -0.005, "annotated.readability-lxml.f1"
        ),
        at_least(
            "readability pages F1, beside trafilatura", "readability.cortex.f1", -0.005, "readability.trafilatura.f1"
        ),
        at_least(
            "readability pages F1, beside readability",
            "readability.cortex.f1",
            -0.005,
            "readability.readability-lxml.f1",
        ),
    ),
    "retrieval": (
        at_least("Cranfield nDCG@10", "cranfield.auto.ndcg_at_10", 0.44),
        at_least(
            "Cranfield nDCG@10, beside words alone", "cranfield.auto.ndcg_at_10", 0, "cranfield.keyword.ndcg_at_10"
        ),
        at_least(
            "Cranfield nDCG@10, beside meaning alone", "cranfield.auto.ndcg_at_10", 0, "cranfield.semantic.ndcg_at_10"
        ),
        at_least("docs-qa recall@5", "docs_qa.auto.recall_at_5", 0.80),
        at_least("docs-qa recall@5, beside words alone", "docs_qa.auto.recall_at_5", 0, "docs_qa.keyword.recall_at_5"),
        at_least(
            "docs-qa recall@5, beside meaning alone", "docs_qa.auto.recall_at_5", 0, "docs_qa.semantic.recall_at_5"
        ),
    ),
    "evidence": (
        at_least("answers that cite a reference", "present.cite_a_reference", 0.85),
        at_most("refused though the answer is there", "present.refused", 0.03),
        at_least("refused where the answer is not there", "absent_refused", 0.95),
    ),
    "claims": (
        at_least("true claims left standing", "docs_qa.true.supported", 0.90),
        at_most("claims with a number changed left standing", "docs_qa.number_changed.supported", 0.05),
        at_most("claims with a name changed left standing", "docs_qa.name_changed.supported", 0.20),
        at_most("claims turned round left standing", "docs_qa.turned_round.supported", 0.40),
        at_most("claims beside another section left standing", "docs_qa.another_section.supported", 0.20),
    ),
    "answers": (at_most("ms from the stored question to the first word", "first_word_ms.median", 15),),
    "tags": (
        at_most("automatic tags on 578 notes", "deterministic.tags", 150),
        at_most("the same, with a model that invents all the time", "inventing_model.tags", 150),
        at_least(
            "V-measure with the folders, beside chance", "deterministic.v_measure", 0, "deterministic.chance_highest"
        ),
        at_least(
            "the same, with the inventing model", "inventing_model.v_measure", 0, "inventing_model.chance_highest"
        ),
    ),
    "switch": (at_most("empty, failed or degraded searches", "empty_failed_or_degraded_searches", 0),),
    "embedding": (
        at_least("chunks per CPU second, times sentence-transformers", "varied_lengths.ratio", 3.5),
        at_least("the same, chunks of equal length", "equal_lengths.ratio", 3.5),
    ),
    "ingest": (at_most("health p99 while saving 578 notes (ms)", "health.p99_ms", 200),),
    "startup": (
        at_most("seconds from a warm start to health", "seconds_to_health_median", 1.0),
        at_most("MiB idle before first use", "before_first_use.pss_mib", 80),
        at_most("MiB idle after first use", "after_first_use.pss_mib", 250),
    ),
    "search": (at_most("search p95 at 10,000 passages (ms)", "hybrid.p95_ms", 20),),
    "journey": (
        at_most("health p99 during the journey (ms)", "health.p99_ms", 200),
        at_most("items neither ready nor failed with a reason", "unexplained", 0),
        at_most("quotes that do not stand at their offsets", "quotes_misplaced", 0),
        at_least("questions answered with a citation", "answered_share", 1.0),
    ),
}


def table(part: str, figures: dict[str, Any]) -> list[str]:
    """Lines of text, one a target: name, target, measured, ratio, met or missed. Raises KeyError for a figure that is
    not there."""
    if "skipped" in figures:
        return [f"{part}: skipped, {figures['skipped']}"]
    lines = []
    for target in TARGETS.get(part, ()):
        measured = _figure(figures, target.path)
        bound = target.bound + (_figure(figures, target.beside) if target.beside else 0.0)
        met = measured >= bound if target.at_least else measured <= bound
        ratio = f"{measured / bound:.2f}" if bound else "-"
        sign = "≥" if target.at_least else "≤"
        lines.append(
            f"{part:<11}{target.name:<53}{sign} {bound:<8.4g}{measured:>9.4g}{ratio:>7}  {'met' if met else 'MISSED'}"
        )
    return lines


HEADER = f"{'part':<11}{'figure':<53}{'target':<10}{'measured':>9}{'ratio':>7}"


def _figure(figures: dict[str, Any], path: str) -> float:
    found: Any = figures
    for step in path.split("."):
        found = found[step]
    return float(found)
