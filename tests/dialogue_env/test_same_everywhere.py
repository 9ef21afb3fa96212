"""A dialogue is the same alone and in any batch, in any process, compiled or not."""

import json
import os
import subprocess
import sys
from functools import cache
from pathlib import Path
from typing import Any

import digests
import numpy as np
import pytest

from dialogue_env import Simulator

ROOT = Path(__file__).parent.parent.parent


@cache
def largest(domain: str) -> dict[str, np.ndarray]:
    return dict(digests.arrays(Simulator(digests.world(domain)), np.arange(digests.LARGEST), 8))


@pytest.mark.parametrize("size", digests.SIZES)
@pytest.mark.parametrize("domain", digests.DOMAINS)
def test_row_of_a_batch_is_the_single_dialogue(domain: str, size: int) -> None:
    first = digests.SIZES[size]
    for name, array in digests.arrays(Simulator(digests.world(domain)), np.arange(first, first + size), 8):
        np.testing.assert_array_equal(array, largest(domain)[name][first : first + size], err_msg=name)


@pytest.mark.parametrize("domain", digests.DOMAINS)
def test_order_of_rows_does_not_matter(domain: str) -> None:
    order = np.random.default_rng(0).permutation(digests.LARGEST)[:200]
    for name, array in digests.arrays(Simulator(digests.world(domain)), order, 8):
        np.testing.assert_array_equal(array, largest(domain)[name][order], err_msg=name)


def other_process(what: str, **environment: str) -> Any:
    environment = os.environ | {"PYTHONPATH": f"{ROOT}{os.pathsep}{ROOT / 'tests'}", "PYTHONHASHSEED": "7"} | environment
    command = [sys.executable, str(Path(digests.__file__)), what]
    return json.loads(subprocess.run(command, capture_output=True, text=True, check=True, env=environment, cwd=ROOT).stdout)


def test_dialogues_are_the_same_in_another_process() -> None:
    here = {domain: {str(size): digests.by_row(domain, size) for size in digests.SIZES} for domain in digests.DOMAINS}
    assert other_process("rows", OMP_NUM_THREADS="1", OPENBLAS_NUM_THREADS="1") == here
    assert len({digest for sizes in here.values() for rows in sizes.values() for digest in rows}) == len(digests.DOMAINS) * (sum(digests.SIZES) - overlap())


def overlap() -> int:
    numbers = [set(range(first, first + size)) for size, first in digests.SIZES.items()]
    return sum(map(len, numbers)) - len(set.union(*numbers))


def test_dialogues_are_the_same_uncompiled() -> None:
    here = {domain: digests.whole(domain) for domain in digests.DOMAINS}
    assert other_process("whole", NUMBA_DISABLE_JIT="1") == here
