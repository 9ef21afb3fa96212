"""Shared fixtures; worlds and states made by hand are in ``hand_made``."""

import hashlib
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import hand_made
import numpy as np
import pytest
from hypothesis import settings

from dialogue_env import State, World
from dialogue_env.domain import embedding

settings.register_profile("tests", deadline=None, max_examples=25, derandomize=True, database=None)
settings.load_profile("tests")


def fake_vectors(texts: list[str]) -> Any:
    """Return a vector for each text that depends on the text alone, in place of the language model's."""
    return np.array([np.frombuffer(hashlib.sha256(text.encode()).digest(), np.int8) for text in texts], np.float16)


@pytest.fixture(scope="session", autouse=True)
def no_language_model(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("INITIATIVE_GYM_CACHE", str(tmp_path_factory.mktemp("cache")))
        patch.setattr(embedding, "_encode", fake_vectors)
        yield


@pytest.fixture(scope="session")
def world_of() -> Callable[..., World]:
    """Return a function that gives the world of a shipped domain and population, built once."""
    return hand_made.world_of


@pytest.fixture(scope="session")
def tiny_of() -> Callable[..., World]:
    """Return a function that gives the tiny world with another noise, person or domain."""
    return hand_made.tiny_of


@pytest.fixture(scope="session")
def tiny() -> World:
    """Return the tiny world without noise."""
    return hand_made.tiny_of()


@pytest.fixture(scope="session")
def state_of() -> Callable[..., State]:
    """Return a function that makes dull dialogues about the weather."""
    return hand_made.state_of


@pytest.fixture
def edited(tmp_path: Path) -> Callable[..., Path]:
    """Return a function that copies the tiny domain, replaces a text once, and gives the path of its TOML."""

    def edit(old: str = "", new: str = "", file: str = "tiny.toml") -> Path:
        for name in ("tiny.toml", "tiny.csv"):
            shutil.copy(hand_made.TINY / name, tmp_path)
        content = (hand_made.TINY / file).read_text()
        assert old in content
        (tmp_path / file).write_text(content.replace(old, new, 1))
        return tmp_path / "tiny.toml"

    return edit
