"""The parts that Cortex is made of, each on its own, without a server."""

from __future__ import annotations

import asyncio
import ssl
from collections.abc import Callable
from pathlib import Path

from cortex.cli.self_checks import samples
from cortex.config import Limits
from cortex.db import driver
from cortex.db.engine import tried


def _sqlite(folder: Path) -> str:
    """The driver is new enough, finds whole words, and compares vectors."""
    engine = tried()
    _expect(engine.finds_words, "the word index does not find a word")
    _expect(abs(engine.distance - 5) < 1e-6, f"the distance of two vectors is {engine.distance}")
    _expect(engine.is_recent, f"SQLite {driver.sqlite_version} is too old")
    return f"SQLite {driver.sqlite_version} with FTS5, sqlite-vec {engine.vectors}"


def _schema(folder: Path) -> str:
    """Every migration runs, and the file is sound afterwards."""
    from cortex.db import integrity, migrate
    from cortex.db.database import Database

    async def run() -> int:
        database = Database(folder / "schema.db", readers=1)
        try:
            await database.open()
            await migrate.migrate(database, backups=None)
            problems = await integrity.problems(database)
        finally:
            await database.close()
        _expect(not problems, "; ".join(problems))
        return migrate.migrations()[-1][0]

    folder.mkdir(parents=True, exist_ok=True)
    return f"schema {asyncio.run(run())}"


def _checkpoints(folder: Path) -> str:
    """LangGraph keeps its runs in a file."""
    from cortex.db.checkpoints import CheckpointStore

    async def run() -> str:
        store = CheckpointStore(folder / "checkpoints.db")
        try:
            return type(await store.saver()).__name__
        finally:
            await store.close()

    return asyncio.run(run())


def _model(folder: Path) -> str:
    """The embedded model gives the original's vectors on this processor."""
    from cortex.config import load_settings
    from cortex.providers.embedded_session import SentenceSession, SentenceTokenizer
    from cortex.providers.model_files import find_model_files
    from cortex.providers.reference_check import check_against_reference

    files = find_model_files(load_settings().model_dir)
    tokenizer = SentenceTokenizer(files.tokenizer)
    results = [
        check_against_reference(variant, SentenceSession(path, tokenizer).embed)
        for variant, path in files.variants.items()
    ]
    said = ", ".join(f"{result.variant} {result.cosine:.4f}" for result in results)
    _expect(any(result.passed for result in results), f"no variant says what the original says: {said}")
    return f"lowest cosine with the original: {said}"


def _documents(folder: Path) -> str:
    """The worker process reads each kind of document."""
    from cortex.services.extraction.worker import Parser

    tried = {
        "HTML": (samples.HTML.encode(), "text/html", samples.ANSWERED_BY),
        "Markdown": (samples.MARKDOWN.encode(), "text/markdown", "ferments slower"),
        "plain text": (samples.MARKDOWN.encode(), "text/plain", "ferments slower"),
        "PDF": (samples.pdf(), "application/pdf", samples.PDF_SAYS),
        "EPUB": (samples.book(), "application/epub+zip", samples.BOOK_SAYS),
        "Word": (samples.word_document(), "application/octet-stream", samples.WORD_SAYS),
        "MHTML": (samples.saved_page(), "multipart/related", samples.ANSWERED_BY),
    }

    async def run() -> None:
        parser = Parser(Limits())
        try:
            for name, (data, media_type, says) in tried.items():
                document = await parser.parse(data, media_type=media_type, url="https://example.org/rodvig")
                text = " ".join(document.text.split())
                _expect(says in text and "Contact" not in text, f"{name} reads {text[:200]!r}")
        finally:
            await parser.aclose()

    asyncio.run(run())
    return ", ".join(tried)


def _words(folder: Path) -> str:
    """Stems and frequent words."""
    from cortex.services.frequent_words import frequent_words

    languages = [language for language in ("da", "de", "es", "fr") if frequent_words(language)]
    _expect(len(languages) == 4, f"frequent words are there for {languages} alone")
    return f"lists for {', '.join(languages)}"


def _certificates(folder: Path) -> str:
    """There are authorities to check the certificates of websites against."""
    import httpx

    known = len(httpx.create_ssl_context(trust_env=False).get_ca_certs())
    _expect(known > 50, f"only {known} certificate authorities are known")
    return f"{ssl.OPENSSL_VERSION}, {known} authorities"


def _keyring(folder: Path) -> str:
    """A secret can be kept: by the system's keyring, or by a file of the library where there is none."""
    from cortex.security.os_keyring import KeyringAwayError, OSKeyring

    try:
        asyncio.run(OSKeyring("Cortex self-test").get("nothing"))
    except KeyringAwayError:
        return "no keyring answers here; keys would be kept in a file of mode 0600"
    return "the system's keyring answers"


def _cloud(folder: Path) -> str:
    """LiteLLM can be loaded, and finds what it knows of models and how they count."""
    from cortex.providers import cloud_library

    library = asyncio.run(cloud_library.litellm())
    _expect(len(library.model_cost) > 500, f"it knows {len(library.model_cost)} models")
    tokens = library.token_counter(model="gpt-4o", text="The tower stands eleven metres high.")
    _expect(5 <= tokens <= 12, f"it counts {tokens} tokens in seven words")
    return f"LiteLLM knows {len(library.model_cost)} models"


def _expect(held: bool, otherwise: str) -> None:
    if not held:
        raise RuntimeError(otherwise)


CHECKS: tuple[tuple[str, Callable[[Path], str]], ...] = (
    ("database", _sqlite),
    ("schema", _schema),
    ("checkpoints of workflows", _checkpoints),
    ("embedded model", _model),
    ("reading documents", _documents),
    ("frequent words", _words),
    ("certificates", _certificates),
    ("keyring", _keyring),
    ("library for cloud models", _cloud),
)
"""Each is given a directory for its files, and says what it found; it raises where something does not work."""
