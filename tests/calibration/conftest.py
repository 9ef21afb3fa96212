"""Fixtures of the calibration: the folder of the published corpora, and writing made-up ones."""

import json
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

ENVIRONMENT = dict(os.environ)
"""The environment before tests put a cache of made-up sentence vectors in it."""


@pytest.fixture(scope="session")
def corpora_root() -> Path:
    """Return the folder of the published corpora; skips the test where it is not there."""
    beside = Path(__file__).parents[2].parent / "shared" / "data"
    root = Path(os.environ.get("INITIATIVE_GYM_CORPORA", beside))
    if not root.is_dir():
        pytest.skip(f"no folder of published corpora at {root}; set INITIATIVE_GYM_CORPORA")
    return root


@pytest.fixture(scope="session")
def outside() -> dict[str, str]:
    """Return the environment of a process that meets the real language model."""
    return ENVIRONMENT


@pytest.fixture(scope="session")
def complaints() -> Callable[[str], list[str]]:
    """Return a function that gives the lines a process wrote to stderr, less the one that says it is compiling."""
    return lambda stderr: [line for line in stderr.splitlines() if not line.startswith("compiling the simulator for this machine")]


@pytest.fixture
def put(tmp_path: Path) -> Callable[[str, Any], Path]:
    """Return a function that writes a file below ``tmp_path``: bytes and texts as they are, the rest as JSON."""

    def write(name: str, content: Any) -> Path:
        path = tmp_path / name
        path.parent.mkdir(exist_ok=True)
        if isinstance(content, bytes):
            path.write_bytes(content)
        else:
            path.write_text(content if isinstance(content, str) else json.dumps(content), encoding="utf-8")
        return path

    return write
