"""How many automatic tags there are, and do they agree with the folders that the author sorted the notes into?

    cd scripts && ../.venv/bin/python -m benchmarks.tags

Saves the 578 notes of `corpora/til` twice: without a language model, and with one that writes about every note and
proposes new tags all the time, which is the worst that a model can do to a vocabulary. Folders are never shown to
Cortex. A note's first automatic tag is compared with its folder by V-measure, the harmonic mean of homogeneity and
completeness (the same as normalised mutual information with an arithmetic mean), and pairs of notes by whether
they share a tag. Chance is the same with the folders dealt out anew, a thousand times.
"""

from __future__ import annotations

import asyncio
import itertools
import json
import tempfile
from collections import Counter
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from benchmarks.corpora import Saved, notes

if TYPE_CHECKING:
    from cortex.bootstrap import Application

MOST_TAGS = 150
_SHUFFLES = 1000
_WITHIN_SECONDS = 1800


def run() -> dict[str, Any]:
    """All figures. Raises FileNotFoundError without the data."""
    saved = notes()
    return {
        "notes": len(saved),
        "deterministic": asyncio.run(_tagged(saved, inventing=False)),
        "inventing_model": asyncio.run(_tagged(saved, inventing=True)),
    }


async def _tagged(saved: Sequence[Saved], *, inventing: bool) -> dict[str, Any]:
    """Save and process everything in this process; gives the figures."""
    from cortex.bootstrap import assemble
    from cortex.config import load_settings
    from cortex.providers.fake_chat import FakeChatModel
    from cortex.services.capture import Around
    from cortex.worker.background import background

    numbers = itertools.count()
    model = FakeChatModel(lambda request: _inventing(next(numbers)))
    folders: dict[str, str] = {}
    with tempfile.TemporaryDirectory() as directory:
        settings = load_settings(data_dir=Path(directory) / "data", ollama_host="http://127.0.0.1:1", port=0)
        async with assemble(settings) as application:
            application.intelligence.models.use(*([model] if inventing else []))
            async with background(application), asyncio.timeout(_WITHIN_SECONDS):
                for note in saved:
                    captured = await application.capture.save(
                        url=None, content=note.text, content_type=note.media_type, around=Around(source="bench")
                    )
                    folders[captured.item.id] = note.name.split("/")[0]
                await _until_done(application)
                if inventing:  # of those whose turn came while others were processed, all have been written by now
                    await application.writing.model_available()
                    await _until_done(application)
            items = await application.items.get_many(list(folders))
    tags = {item.id: [tag.name for tag in item.tags if tag.by == "auto"] for item in items}
    written = sum(item.summary_by != "extractive" and item.summary_by is not None for item in items)
    return {"written": written, **_figures(tags, folders)}


async def _until_done(application: Application) -> None:
    """Until everything is processed, and written about where that waits."""
    while True:
        view = await application.processing.view(limit=1)
        if not (view.counts.pending or view.counts.processing or view.writing):
            return
        await asyncio.sleep(0.2)


def _inventing(number: int) -> str:
    """What a model says that gives every note eight tags that no other note has."""
    return json.dumps(
        {
            "summary_line": "what it says",
            "summary": "it is about what it says",
            "key_points": [],
            "tags": [f"invention {_letters(8 * number + place)}" for place in range(8)],
            "entities": [],
        }
    )


def _letters(number: int) -> str:
    digits = ""
    for _ in range(5):
        digits, number = digits + "bcdfghjklm"[number % 10], number // 10
    return digits


def _figures(tags: Mapping[str, Sequence[str]], folders: Mapping[str, str]) -> dict[str, Any]:
    uses = Counter(name for several in tags.values() for name in several)
    tagged = [item for item, several in tags.items() if several]
    first = _numbered([tags[item][0] for item in tagged])
    folder = _numbered([folders[item] for item in tagged])
    dice = np.random.default_rng(7)
    chance = np.array([v_measure(dice.permutation(folder), first) for _ in range(_SHUFFLES)])
    agreement = v_measure(folder, first)
    same, different = _pairs(tags, folders)
    return {
        "tags": len(uses),
        "used_once": sum(count == 1 for count in uses.values()),
        "notes_tagged": len(tagged),
        "tags_a_note": round(sum(uses.values()) / max(len(tags), 1), 2),
        "v_measure": round(agreement, 4),
        "chance_mean": round(float(chance.mean()), 4),
        "chance_highest": round(float(chance.max()), 4),
        "margin": round(agreement - float(chance.mean()), 4),
        "margin_in_standard_deviations": round((agreement - float(chance.mean())) / float(chance.std()), 1),
        "pairs_of_one_folder_that_share_a_tag": round(same, 4),
        "pairs_of_two_folders_that_share_a_tag": round(different, 4),
    }


def v_measure(folders: npt.NDArray[np.int64], labels: npt.NDArray[np.int64]) -> float:
    """Harmonic mean of homogeneity and completeness of labels, given the folders; 0–1."""
    table = np.zeros((int(folders.max()) + 1, int(labels.max()) + 1))
    np.add.at(table, (folders, labels), 1)
    joint, of_folders, of_labels = (_entropy(part) for part in (table, table.sum(axis=1), table.sum(axis=0)))
    mutual = of_folders + of_labels - joint
    return float(2 * mutual / (of_folders + of_labels)) if of_folders + of_labels else 1.0


def _entropy(counts: npt.NDArray[np.float64]) -> float:
    shares = counts[counts > 0] / counts.sum()
    return float(-(shares * np.log(shares)).sum())


def _numbered(names: Sequence[str]) -> npt.NDArray[np.int64]:
    numbers: dict[str, int] = {}
    return np.array([numbers.setdefault(name, len(numbers)) for name in names])


def _pairs(tags: Mapping[str, Sequence[str]], folders: Mapping[str, str]) -> tuple[float, float]:
    """Shares of pairs that have a tag in common: within a folder, and across folders."""
    common = {True: 0, False: 0}
    all_ = {True: 0, False: 0}
    for one, other in itertools.combinations(tags, 2):
        same = folders[one] == folders[other]
        all_[same] += 1
        common[same] += bool(set(tags[one]) & set(tags[other]))
    return common[True] / max(all_[True], 1), common[False] / max(all_[False], 1)


if __name__ == "__main__":
    print(json.dumps(run(), indent=2))
