"""A small library to look around in: `--demo` saves it, and nothing of it is kept."""

from __future__ import annotations

from importlib import resources

from cortex.services.capture import Around, CaptureService


async def save_sample_library(capture: CaptureService) -> int:
    """Save the notes that ship with Cortex as anybody would; gives their number."""
    notes = sorted(
        (
            entry
            for entry in (resources.files("cortex.services.demo") / "notes").iterdir()
            if entry.name.endswith(".md")
        ),
        key=lambda entry: entry.name,
    )
    for note in notes:
        await capture.save(
            url=None,
            content=note.read_text(encoding="utf-8"),
            content_type="text/markdown",
            around=Around(source="demo"),
        )
    return len(notes)
