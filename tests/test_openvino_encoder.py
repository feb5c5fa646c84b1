"""The exported encoder gives the reference encoder's vectors, without its libraries, from a cache that is verified."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import stat
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest

from assistant.cli import main
from corpus.article import Field
from corpus.passages import make_passage
from index.encoding.passage_encoder import encode_passages
from index.errors import ExportError, ModelError
from index.models.batching import BatchTokenizer
from index.models.encoder import Encoder
from index.models.export_cache import MODEL, Recipe, UnusableError, read_exported, write_exported
from index.models.exported_model import open_exported
from index.models.loading import load_encoder
from index.models.model_files import DEFAULT_MODEL, model_files
from index.models.openvino_encoder import OpenVinoEncoder
from index.models.options import Backend, Precision
from index.models.sentence_transformer import SentenceTransformerEncoder

TEXTS = (
    "",
    "Payment is more than what is outstanding",
    "Error 0x80070005: Zugriff auf C:\\Données verweigert — 文件未找到 😀",
    "[CLS] the words [SEP] and [MASK] as an error message may hold them",
    "The file could not be saved because the disk is full. " * 60,
    "supercalifragilistic" * 40,
    *(f"invoice {number} of the year {2000 + number} was not sent" for number in range(40)),
)


@pytest.fixture(scope="session")
def cache(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("cache")


@pytest.fixture(scope="session")
def exported(cache: Path) -> OpenVinoEncoder:
    return open_exported(model_files(DEFAULT_MODEL), cache)


@pytest.fixture(scope="session")
def exact(cache: Path) -> OpenVinoEncoder:
    return open_exported(model_files(DEFAULT_MODEL), cache, precision=Precision.F32)


@pytest.fixture
def own_cache(cache: Path, exported: OpenVinoEncoder, tmp_path: Path) -> Path:
    """A copy of the cache that a test may damage."""
    return Path(shutil.copytree(cache, tmp_path / "cache"))


def test_the_vectors_agree_with_the_reference_encoder(exported: OpenVinoEncoder, encoder: Encoder) -> None:
    cosines = np.sum(exported.encode(TEXTS) * encoder.encode(TEXTS), axis=1)
    assert cosines.min() > 0.999


def test_in_float32_the_vectors_agree_to_2e_6(exact: OpenVinoEncoder, encoder: Encoder) -> None:
    np.testing.assert_allclose(exact.encode(TEXTS), encoder.encode(TEXTS), atol=2e-6)


def test_in_float32_the_token_vectors_agree_too(exact: OpenVinoEncoder, encoder: Encoder) -> None:
    ours, theirs = exact.encode_tokens(TEXTS), encoder.encode_tokens(TEXTS)
    np.testing.assert_allclose(ours.vectors, theirs.vectors, atol=2e-6)
    for mine, other in zip(ours.tokens, theirs.tokens, strict=True):
        np.testing.assert_array_equal(mine.spans, other.spans)
        np.testing.assert_allclose(mine.vectors, other.vectors, atol=2e-5)


def test_token_vectors_come_with_the_same_vectors(exported: OpenVinoEncoder) -> None:
    np.testing.assert_array_equal(exported.encode_tokens(TEXTS).vectors, exported.encode(TEXTS))


def test_both_encoders_have_one_identity(exported: OpenVinoEncoder, encoder: Encoder) -> None:
    assert exported.identity == encoder.identity


@pytest.mark.parametrize("text", TEXTS[:7])
def test_both_encoders_count_the_same_tokens(exported: OpenVinoEncoder, encoder: Encoder, text: str) -> None:
    assert exported.count_tokens(text) == encoder.count_tokens(text)


def test_no_texts_give_no_vectors(exported: OpenVinoEncoder) -> None:
    assert exported.encode([]).shape == (0, 384)
    assert exported.encode_tokens([]).tokens == ()


def test_every_text_is_reported_done(exported: OpenVinoEncoder) -> None:
    done: list[int] = []
    exported.encode(TEXTS, advance=done.append)
    assert sum(done) == len(TEXTS)


def test_several_threads_get_the_same_vectors_as_one(exported: OpenVinoEncoder) -> None:
    alone = [exported.encode([text])[0] for text in TEXTS]
    with ThreadPoolExecutor(8) as pool:
        together = list(pool.map(lambda text: exported.encode([text])[0], TEXTS * 4))
    for row, vector in enumerate(together):
        np.testing.assert_allclose(vector, alone[row % len(TEXTS)], atol=1e-6)


def test_vectors_come_in_the_order_of_the_texts_whichever_of_many_batches_is_done_first(
    exported: OpenVinoEncoder,
) -> None:
    texts = [f"{'the invoice was not sent ' * (number % 17)}{number}" for number in range(150)]
    encoded = exported.encode_tokens(texts)
    for row in range(0, len(texts), 13):
        alone = exported.encode_tokens([texts[row]])
        assert float(encoded.vectors[row] @ alone.vectors[0]) > 0.999
        assert encoded.tokens[row].spans.tolist() == alone.tokens[0].spans.tolist()


def test_short_texts_have_the_same_width(exported: OpenVinoEncoder) -> None:
    widths = [next(iter(exported._tokenizer.batches([text]))).ids.shape for text in ("a", "token failed", "so " * 14)]
    assert widths == [(1, 16)] * 3


def test_batches_hold_similar_lengths_within_the_budget(exported: OpenVinoEncoder) -> None:
    tokens: BatchTokenizer = exported._tokenizer
    batches = list(tokens.batches(TEXTS, budget=300))
    assert sorted(row for batch in batches for row in batch.rows) == list(range(len(TEXTS)))
    assert [batch.ids.shape[1] for batch in batches] == sorted((batch.ids.shape[1] for batch in batches), reverse=True)
    assert max(batch.ids.size for batch in batches) <= 300
    assert batches[0].ids.shape == (1, 256)


def test_a_search_and_a_build_import_no_training_library(own_cache: Path, articles: Path, tmp_path: Path) -> None:
    """A process that builds from articles, edits one, builds again and searches loads neither torch nor its like."""
    script = f"""
import sys
from assistant.cli import main
places = ["--corpus", {str(articles)!r}, "--index", {str(tmp_path / "built")!r}]
assert main(["build", *places]) == 0
from pathlib import Path
article = next(Path({str(articles)!r}).glob("*.md"))
article.write_text(article.read_text().replace("**Symptoms:**", "**Symptoms:** It broke.", 1))
assert main(["build", *places]) == 0
assert main(["search", "token could not be renewed", "--json", *places]) == 0
print(sorted({{"torch", "transformers", "sentence_transformers", "openvino_telemetry", "gradio"}} & set(sys.modules)))
"""
    environment = {**os.environ, "ASSISTANT_CACHE": str(own_cache)}
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, env=environment, check=True)
    assert done.stdout.splitlines()[-1] == "[]"
    assert done.stderr == ""


def _damage_nothing_there(folder: Path) -> None:
    shutil.rmtree(folder)


def _damage_half_written(folder: Path) -> None:
    content = (folder / MODEL).read_bytes()
    (folder / MODEL).write_bytes(content[: len(content) // 2])


def _damage_one_bit(folder: Path) -> None:
    content = bytearray((folder / MODEL).read_bytes())
    content[len(content) // 2] ^= 1
    (folder / MODEL).write_bytes(content)


def _damage_missing_file(folder: Path) -> None:
    (folder / MODEL).unlink()


def _damage_other_version(folder: Path) -> None:
    recipe = json.loads((folder / "recipe.json").read_text())
    (folder / "recipe.json").write_text(json.dumps({**recipe, "made_for": "OpenVINO 1.0, an abacus"}))


def _damage_older_format(folder: Path) -> None:
    (folder / "recipe.json").write_text('{"made_for": "format 0"}')


def _damage_recipe(folder: Path) -> None:
    recipe = json.loads((folder / "recipe.json").read_text())
    (folder / "recipe.json").write_text(json.dumps({**recipe, "max_tokens": 3}))


def _damage_blob_and_its_digest(folder: Path) -> None:
    _damage_one_bit(folder)
    recipe = json.loads((folder / "recipe.json").read_text())
    digest = hashlib.sha256((folder / MODEL).read_bytes()).hexdigest()
    (folder / "recipe.json").write_text(json.dumps({**recipe, "digests": {MODEL: digest}}))


def _damage_permissions(folder: Path) -> None:
    folder.chmod(0o777)


def _damage_owner(folder: Path) -> None:
    if os.geteuid() != 0:
        pytest.skip("only root gives a folder away")
    os.chown(folder, 12_345, -1)


def _damage_no_json(folder: Path) -> None:
    (folder / "recipe.json").write_text("{")


@pytest.mark.parametrize(
    ("damage", "message"),
    [
        (_damage_nothing_there, "there is none yet"),
        (_damage_half_written, "model.blob is not the file that was written"),
        (_damage_one_bit, "model.blob is not the file that was written"),
        (_damage_missing_file, "a file cannot be read"),
        (_damage_other_version, "it was made by another version or for another processor"),
        (_damage_older_format, "recipe.json has other fields than expected"),
        (_damage_recipe, "recipe.json is not the one that was written for this model"),
        (_damage_blob_and_its_digest, "recipe.json is not the one that was written for this model"),
        (_damage_permissions, "other users may write to it"),
        (_damage_owner, "it belongs to another user"),
        (_damage_no_json, "recipe.json cannot be read"),
    ],
)
def test_an_export_that_is_damaged_or_of_another_version_is_not_used(
    damage: object, message: str, own_cache: Path
) -> None:
    folder = _export_in(own_cache)
    made_for = json.loads((folder / "recipe.json").read_text())["made_for"]
    read_exported(folder, made_for, model_files(DEFAULT_MODEL))
    assert callable(damage)
    damage(folder)
    with pytest.raises(UnusableError, match=message):
        read_exported(folder, made_for, model_files(DEFAULT_MODEL))


def test_an_export_that_cannot_be_used_is_made_again_with_one_line_in_the_log(
    own_cache: Path, exported: OpenVinoEncoder, caplog: pytest.LogCaptureFixture
) -> None:
    _damage_half_written(_export_in(own_cache))
    again = open_exported(model_files(DEFAULT_MODEL), own_cache)
    np.testing.assert_array_equal(again.encode(TEXTS[:4]), exported.encode(TEXTS[:4]))
    ours = [record.getMessage() for record in caplog.records if record.name.startswith("index.")]
    assert len(ours) == 1
    assert "model.blob is not the file that was written; exporting it now" in ours[0]
    assert "\n" not in ours[0]
    assert [path.name for path in own_cache.iterdir() if path.name.startswith(".")] == []


def test_a_model_whose_export_fails_is_run_by_the_reference_encoder_with_the_reason(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    model = _with_pooling("max", tmp_path)
    encoder = load_encoder(str(model), tmp_path)
    assert isinstance(encoder, SentenceTransformerEncoder)
    assert "its pooling is max; only mean and cls are exported" in caplog.text
    with pytest.raises(ExportError, match="its pooling is max"):
        load_encoder(str(model), tmp_path, backend=Backend.EXPORTED)


def test_a_model_that_pools_by_its_first_token_is_exported(tmp_path: Path) -> None:
    files = model_files(str(_with_pooling("cls", tmp_path)))
    exported = open_exported(files, tmp_path / "cache", precision=Precision.F32)
    reference = SentenceTransformerEncoder(files, device="cpu")
    np.testing.assert_allclose(exported.encode(TEXTS), reference.encode(TEXTS), atol=2e-6)


@pytest.mark.parametrize(("mode", "is_alone"), [("mean", False), ("cls", True), ("lasttoken", True), ("max", True)])
def test_a_passage_is_encoded_alone_where_a_vector_is_no_mean_of_tokens(
    mode: str, *, is_alone: bool, tmp_path: Path
) -> None:
    encoder = SentenceTransformerEncoder(model_files(str(_with_pooling(mode, tmp_path))), device="cpu")
    segment = "The pump leaks. Water runs out below it. Replace the seal of the drain."
    part = make_passage("desk#pump", Field.SYMPTOM, segment, 16, 40)
    whole = make_passage("desk#pump", Field.WHOLE, segment, 0, len(segment))
    encoded, _ = encode_passages([whole, part], encoder, previous=None)
    alone = encoder.encode([segment, "Water runs out below it."])
    cosines = np.sum(encoded.vectors.astype(np.float32) * alone, axis=1)
    assert encoder.identity.pools_tokens != is_alone
    assert cosines[0] > 0.999
    assert (cosines[1] > 0.999) == is_alone


def test_queries_and_passages_get_the_models_prefixes(tmp_path: Path, encoder: Encoder) -> None:
    model = _copy_of_default(tmp_path)
    prompts = {"prompts": {"query": "query: ", "passage": "passage: "}, "similarity_fn_name": "cosine"}
    (model / "config_sentence_transformers.json").write_text(json.dumps(prompts))
    files = model_files(str(model))
    exported = open_exported(files, tmp_path / "cache", precision=Precision.F32)
    reference = SentenceTransformerEncoder(files, device="cpu")
    for as_query in (True, False):
        vectors = exported.encode(TEXTS[:3], as_query=as_query)
        np.testing.assert_allclose(vectors, reference.encode(TEXTS[:3], as_query=as_query), atol=2e-6)
        (tokens,), (own,) = (
            each.encode_tokens(["two printers"], as_query=as_query).tokens for each in (exported, reference)
        )
        assert tokens.spans.tolist() == own.spans.tolist() == [[0, 3], [4, 12]]
        np.testing.assert_allclose(tokens.vectors, own.vectors, atol=2e-5)
        prefixed = [("query: " if as_query else "passage: ") + text for text in TEXTS[:3]]
        np.testing.assert_allclose(vectors, encoder.encode(prefixed), atol=2e-6)  # the same model without prefixes


def test_a_reader_sees_the_old_export_or_the_new_one(tmp_path: Path) -> None:
    folder = tmp_path / "model-auto"
    files = model_files(DEFAULT_MODEL)
    write_exported(folder, Recipe(made_for="a", refused="first"), {}, files)
    write_exported(folder, Recipe(made_for="a", refused="second"), {}, files)
    assert json.loads((folder / "recipe.json").read_text())["refused"] == "second"
    assert [path.name for path in tmp_path.iterdir()] == ["model-auto"]


def test_only_its_user_reaches_the_cache_and_no_tokenizer_is_kept_there(tmp_path: Path) -> None:
    folder = tmp_path / "cache" / "model-auto"
    write_exported(folder, Recipe(made_for="a", refused="why"), {}, model_files(DEFAULT_MODEL))
    modes = [stat.S_IMODE(path.stat().st_mode) for path in (folder.parent, folder)]
    assert modes == [0o700, 0o700]


def test_a_model_whose_tokenizer_was_swapped_is_refused_at_every_start(tmp_path: Path) -> None:
    """The tokenizer is the model's own: a changed one has another fingerprint, or is not the file that it was."""
    model = _copy_of_default(tmp_path)
    files = model_files(str(model))
    open_exported(files, tmp_path / "cache")
    tokenizer = model / "tokenizer.json"
    tokenizer.write_text(tokenizer.read_text().replace('"lowercase":true', '"lowercase":false', 1) + " ")
    with pytest.raises(ModelError, match=r"tokenizer\.json has the SHA-256"):
        open_exported(files, tmp_path / "cache")


def test_check_says_that_an_export_is_not_the_one_that_was_written(
    own_cache: Path, tmp_path: Path, articles: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ASSISTANT_CACHE", str(own_cache))
    places = ["--corpus", str(articles), "--index", str(tmp_path / "built")]
    assert main(["build", *places]) == 0
    assert main(["check", *places]) == 0
    _damage_blob_and_its_digest(_export_in(own_cache))
    capsys.readouterr()
    assert main(["check", *places]) == 1
    assert "recipe.json is not the one that was written for this model" in capsys.readouterr().out


@pytest.mark.skipif(sys.platform != "linux", reason="limits the size of files by RLIMIT_FSIZE")
def test_a_full_disk_at_the_first_search_is_forgotten_when_there_is_room_again(tmp_path: Path) -> None:
    """No file may be larger than a megabyte, which is how a full disk looks to a program."""
    script = f"""
import resource, signal, sys
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
resource.setrlimit(resource.RLIMIT_FSIZE, (1_000_000, 1_000_000))
from pathlib import Path
from index.models.loading import load_encoder
print(type(load_encoder("all-MiniLM-L6-v2", Path({str(tmp_path / "cache")!r}))).__name__)
"""
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert done.stdout == "SentenceTransformerEncoder\n"
    assert "which may pass; it is tried again at the next start" in done.stderr
    assert isinstance(load_encoder(DEFAULT_MODEL, tmp_path / "cache"), OpenVinoEncoder)


def _export_in(cache: Path) -> Path:
    return next(cache.glob("*-auto-*"))


def _copy_of_default(tmp_path: Path) -> Path:
    source = model_files(DEFAULT_MODEL).folder
    return Path(shutil.copytree(source, tmp_path / "model", ignore=shutil.ignore_patterns("README.md", ".git*")))


def _with_pooling(mode: str, tmp_path: Path) -> Path:
    model = _copy_of_default(tmp_path)
    (model / "1_Pooling" / "config.json").write_text(
        json.dumps({"word_embedding_dimension": 384, "pooling_mode": mode, "include_prompt": True})
    )
    return model
