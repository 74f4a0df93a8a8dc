"""The built model against the original's vectors, and how the embedder behaves around it."""

import asyncio
import json
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pytest

import build_model
from cortex.exceptions import AIProviderUnavailableError
from cortex.providers.embedded import EmbeddedEmbedder
from cortex.providers.embedded_session import SentenceSession, SentenceTokenizer
from cortex.providers.model_files import MANIFEST, TOKENIZER, VARIANTS, WORD_TABLE, Variant, read_model_files
from cortex.providers.reference_check import LOWEST_COSINE, check_against_reference
from cortex.providers.variant_choice import remember_variant, remembered_variant

ROOT = Path(__file__).parents[2]
REFERENCE = ROOT.parent / "shared" / "reference" / "all-minilm-l6-v2.jsonl"
TEXTS = ["short", "def add(a, b):\n    return a + b", "word " * 400, "", "Das Pferd frisst keinen Gurkensalat."]


@pytest.fixture(scope="session")
def model_dir() -> Path:
    """The model as the build script leaves it; built now when the cache does not have it yet."""
    built = subprocess.run([sys.executable, str(ROOT / "scripts" / "build_model.py")], capture_output=True, text=True)
    if built.returncode:
        pytest.skip(f"the embedded model cannot be built here: {built.stderr.strip()[-300:]}")
    return Path(built.stdout.splitlines()[-1])


@pytest.fixture
def embedder(model_dir: Path, tmp_path: Path) -> EmbeddedEmbedder:
    return EmbeddedEmbedder(model_dir, cache=tmp_path)


def session(model_dir: Path, variant: Variant) -> SentenceSession:
    files = read_model_files(model_dir)
    assert files is not None
    return SentenceSession(files.variants[variant], SentenceTokenizer(files.tokenizer))


@pytest.mark.parametrize("variant", VARIANTS)
def test_each_variant_agrees_with_the_shipped_reference(model_dir: Path, variant: Variant) -> None:
    chosen = remembered_variant(model_dir.parents[1])
    if variant == "int8" and chosen not in (None, "int8"):
        pytest.skip("int8 saturates on this processor; int7 or fp32 serves here")
    assert check_against_reference(variant, session(model_dir, variant).embed).passed


@pytest.mark.shared
@pytest.mark.parametrize("variant", VARIANTS)
def test_each_variant_agrees_with_all_reference_texts(model_dir: Path, variant: Variant) -> None:
    if not REFERENCE.is_file():
        pytest.skip("the reference vectors beside the repository are absent")
    entries = [json.loads(line) for line in REFERENCE.read_text(encoding="utf-8").strip().split("\n")]
    loaded = session(model_dir, variant)
    found = np.stack([loaded.embed(entry["text"]) for entry in entries])
    expected = np.array([entry["embedding"] for entry in entries])
    cosines = np.sum(found * expected, axis=1) / np.linalg.norm(expected, axis=1)
    assert cosines.min() >= LOWEST_COSINE[variant]


def test_sums_of_the_safe_variant_fit_the_sixteen_bits_of_older_kernels(model_dir: Path) -> None:
    import onnx
    from onnx import numpy_helper

    graph = onnx.load(model_dir / "int7.onnx").graph
    weights = {t.name: numpy_helper.to_array(t) for t in graph.initializer if t.name.endswith(".weight")}
    quantized = [values for values in weights.values() if values.dtype == np.int8]
    assert len(quantized) == 24
    largest = max(int(np.abs(values.astype(np.int32)).max()) for values in quantized)
    assert 2 * 255 * largest <= np.iinfo(np.int16).max


def test_the_small_variants_hold_their_words_in_one_file(model_dir: Path) -> None:
    words = (model_dir / WORD_TABLE).stat().st_size
    assert words == 30_522 * 384
    for variant in ("int8", "int7"):
        assert (model_dir / f"{variant}.onnx").stat().st_size < words


def test_a_second_build_changes_nothing(model_dir: Path) -> None:
    before = (model_dir / MANIFEST).stat().st_mtime_ns
    again = subprocess.run(
        [sys.executable, str(ROOT / "scripts" / "build_model.py")], capture_output=True, text=True, check=True
    )
    assert Path(again.stdout.splitlines()[-1]) == model_dir
    assert again.stderr == ""
    assert (model_dir / MANIFEST).stat().st_mtime_ns == before


async def test_a_vector_does_not_depend_on_its_companions(embedder: EmbeddedEmbedder) -> None:
    together = await embedder.embed(TEXTS, purpose="document")
    alone = [await embedder.embed([text], purpose="query") for text in TEXTS]
    np.testing.assert_array_equal(together, np.concatenate(alone))
    np.testing.assert_allclose(np.linalg.norm(together, axis=1), 1, atol=1e-5)


async def test_only_the_first_256_tokens_count(embedder: EmbeddedEmbedder) -> None:
    content = (await embedder.identify()).max_tokens - 2
    exact, longer, shorter = await embedder.embed(
        ["word " * content, "word " * content + "surprise", "word " * (content - 1)], purpose="document"
    )
    np.testing.assert_array_equal(exact, longer)
    assert not np.array_equal(exact, shorter)


async def test_no_texts_give_no_vectors(embedder: EmbeddedEmbedder) -> None:
    assert (await embedder.embed([], purpose="document")).shape == (0, 384)


def test_token_spans_are_code_points_of_the_untruncated_text(embedder: EmbeddedEmbedder) -> None:
    text = "😀 Naïve café\u200b — 机器 [SEP]\r\nembeddings"
    words = [text[start:end] for start, end in embedder.token_spans(text)]
    assert words == ["😀", "Naïve", "café", "—", "机", "器", "[SEP]", "em", "bed", "ding", "s"]
    assert len(embedder.token_spans("word " * 1000)) == 1000
    assert embedder.token_spans("") == embedder.token_spans(" \n\t") == []


async def test_the_choice_is_made_once_and_names_the_space(embedder: EmbeddedEmbedder, tmp_path: Path) -> None:
    assert remembered_variant(tmp_path) is None
    space = await embedder.identify()
    assert remembered_variant(tmp_path) == embedder.variant
    assert space.fingerprint.endswith(f"-{embedder.variant}")
    assert (space.provider, space.dimension, space.max_tokens) == ("embedded", 384, 256)


async def test_a_remembered_safe_variant_is_used_without_loading_another(model_dir: Path, tmp_path: Path) -> None:
    remember_variant(tmp_path, "int7")
    embedder = EmbeddedEmbedder(model_dir, cache=tmp_path)
    assert (await embedder.identify()).fingerprint.endswith("-int7")
    vector = await embedder.embed([TEXTS[1]], purpose="document")
    np.testing.assert_array_equal(vector[0], session(model_dir, "int7").embed(TEXTS[1]))
    assert embedder.variant == "int7"


async def test_a_variant_that_is_wrong_here_is_passed_over(model_dir: Path, tmp_path: Path) -> None:
    directory = tmp_path / "model"
    shutil.copytree(model_dir, directory, ignore=shutil.ignore_patterns("int8.onnx", "fp32.onnx"))
    wrong = wrong_weights((model_dir / "int8.onnx").read_bytes())
    (directory / "int8.onnx").write_bytes(wrong)
    embedder = EmbeddedEmbedder(directory, cache=tmp_path / "cache")
    assert embedder.variant == "int7"
    assert remembered_variant(tmp_path / "cache") == "int7"


def wrong_weights(graph: bytes) -> bytes:
    """The same graph with one layer's weights turned round: loads well, computes nonsense."""
    import onnx
    from onnx import numpy_helper

    model = onnx.load_from_string(graph)
    for tensor in model.graph.initializer:
        if tensor.name == "layer2.up.weight":
            values: npt.NDArray[np.int8] = numpy_helper.to_array(tensor)
            tensor.CopyFrom(numpy_helper.from_array(np.ascontiguousarray(values[::-1]), tensor.name))
    serialized: bytes = model.SerializeToString()
    return serialized


async def test_a_damaged_file_is_reported_with_the_way_out(model_dir: Path, tmp_path: Path) -> None:
    for name in ("manifest.json", "tokenizer.json"):
        (tmp_path / name).write_bytes((model_dir / name).read_bytes())
    (tmp_path / "int8.onnx").write_bytes(b"not a graph")
    embedder = EmbeddedEmbedder(tmp_path, cache=tmp_path / "cache")
    with pytest.raises(AIProviderUnavailableError, match=r"build_model\.py"):
        await embedder.embed(["text"], purpose="query")


async def test_words_that_are_missing_or_cut_off_are_reported_with_the_way_out(model_dir: Path, tmp_path: Path) -> None:
    directory = tmp_path / "model"
    shutil.copytree(model_dir, directory, ignore=shutil.ignore_patterns("int7.onnx", "fp32.onnx"))
    words = (directory / WORD_TABLE).read_bytes()
    for left in (words[: len(words) // 2], None):
        (directory / WORD_TABLE).unlink()
        if left is not None:
            (directory / WORD_TABLE).write_bytes(left)
        embedder = EmbeddedEmbedder(directory, cache=tmp_path / "cache")
        with pytest.raises(AIProviderUnavailableError, match=r"build_model\.py"):
            await embedder.embed(["text"], purpose="query")


def test_a_model_of_before_with_the_words_in_each_graph_serves_and_is_built_anew(
    model_dir: Path, tmp_path: Path
) -> None:
    import onnx

    older = tmp_path / "model"
    shutil.copytree(model_dir, older, ignore=shutil.ignore_patterns("*.onnx", WORD_TABLE))
    onnx.save_model(onnx.load(model_dir / "int8.onnx"), older / "int8.onnx", save_as_external_data=False)
    manifest = json.loads((older / MANIFEST).read_text(encoding="utf-8"))
    names = (TOKENIZER, "int8.onnx")
    manifest["files"] = {name: {"bytes": (older / name).stat().st_size} for name in names}
    (older / MANIFEST).write_text(json.dumps(manifest), encoding="utf-8")
    np.testing.assert_array_equal(session(older, "int8").embed(TEXTS[0]), session(model_dir, "int8").embed(TEXTS[0]))
    assert build_model.is_complete(model_dir)
    assert not build_model.is_complete(older)


async def test_cancelling_stops_between_texts_and_leaves_the_embedder_usable(
    embedder: EmbeddedEmbedder,
) -> None:
    await embedder.embed(["load"], purpose="query")
    handed_out = 0
    third = asyncio.Event()

    class Counted(list[str]):
        """Notices how far the embedder has come."""

        def __iter__(self) -> Iterator[str]:
            nonlocal handed_out
            for text in super().__iter__():
                handed_out += 1
                if handed_out == 3:
                    third.set()
                yield text

    task = asyncio.create_task(embedder.embed(Counted(["word " * 400] * 2000), purpose="document"))
    await third.wait()
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert handed_out < 100
    assert (await embedder.embed(["after"], purpose="query")).shape == (1, 384)


async def test_it_loads_again_after_closing(embedder: EmbeddedEmbedder) -> None:
    before = await embedder.embed(["text"], purpose="query")
    await embedder.aclose()
    assert "when it is first used" in (await embedder.health()).detail
    np.testing.assert_array_equal(before, await embedder.embed(["text"], purpose="query"))
