"""The evaluation data beside the repository, as what a user would save."""

from __future__ import annotations

import gzip
import json
from dataclasses import dataclass
from pathlib import Path

DATA = Path(__file__).resolve().parents[2].parent / "shared" / "data"


@dataclass(frozen=True, slots=True)
class Saved:
    """Something to save: a text (`media_type` is its content type) or a file to upload (`data`)."""

    name: str
    media_type: str
    text: str = ""
    data: bytes = b""
    url: str | None = None


def notes() -> list[Saved]:
    """The 578 notes of `corpora/til`. Raises FileNotFoundError without the data, as all of these do."""
    folder = _folder("corpora/til")
    return [
        Saved(str(path.relative_to(folder)), "text/markdown", text=path.read_text(encoding="utf-8"))
        for path in sorted(folder.rglob("*.md"))
    ]


def pages() -> list[Saved]:
    """The 130 pages of `extraction/readability-pages`, as a browser's extension sends them."""
    return [
        Saved(
            page.name,
            "text/html",
            text=gzip.decompress((page / "source.html.gz").read_bytes()).decode("utf-8", "replace"),
            url=f"https://pages.example.org/{page.name}",
        )
        for page in sorted(_folder("extraction/readability-pages").iterdir())
        if page.is_dir()
    ]


def pdfs() -> list[Saved]:
    """All PDF files, also the broken ones."""
    folder = _folder("pdf")
    return [
        Saved(str(path.relative_to(folder)), "application/pdf", data=path.read_bytes())
        for path in sorted(folder.rglob("*.pdf"))
    ]


def encrypted_pdfs() -> set[str]:
    """Names of the PDF files that need a password."""
    labels = json.loads((_folder("pdf/pdfjs") / "labels.json").read_text(encoding="utf-8"))
    return {f"pdfjs/{label['file']}" for label in labels if label["password"]}


def questions() -> list[str]:
    """What is asked of `passages()`: the queries of Cranfield and docs-qa."""
    lines = (_folder("retrieval/cranfield") / "queries.jsonl").read_text(encoding="utf-8").splitlines()
    asked = json.loads((_folder("corpora/docs-qa") / "questions.json").read_text(encoding="utf-8"))
    return [json.loads(line)["text"] for line in lines] + [one["question"] for one in asked]


def passages() -> list[Saved]:
    """Short and long plain texts: the 1,400 abstracts of Cranfield, the sections of docs-qa, the three texts of
    `corpora/evidence`."""
    found = []
    for line in (_folder("retrieval/cranfield") / "docs.jsonl").read_text(encoding="utf-8").splitlines():
        document = json.loads(line)
        if document["text"].strip():
            found.append(Saved(f"cranfield {document['id']}", "text/plain", text=document["text"]))
    for number, section in enumerate(json.loads((_folder("corpora/docs-qa") / "sections.json").read_text("utf-8"))):
        found.append(Saved(f"docs-qa {number}", "text/markdown", text=section["text"]))
    texts = sorted(_folder("corpora/evidence").glob("*.md"))
    return [*found, *(Saved(path.stem, "text/plain", text=path.read_text(encoding="utf-8")) for path in texts)]


def _folder(name: str) -> Path:
    if not (DATA / name).is_dir():
        raise FileNotFoundError(f"the evaluation data is not here: ../shared/data/{name}")
    return DATA / name
