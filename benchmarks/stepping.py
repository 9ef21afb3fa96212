"""Random-action stepping against Gymnasium's own CartPole vector environment."""

import time
from collections.abc import Callable
from typing import Any

import gymnasium
import numpy as np

from dialogue_env import DialogueVectorEnv

SIZE = 1024
ROUNDS = 7


def turns_per_second(step: Callable[[Any], Any], actions: Any, size: int) -> float:
    """Return the turns per CPU-second of stepping through ``actions`` [n, size] once."""
    began = time.process_time()
    for action in actions:
        step(action)
    return len(actions) * size / (time.process_time() - began)


def compare(domain: str, size: int = SIZE) -> tuple[float, float, float]:
    """Return turns per CPU-second of the domain and of CartPole, and the median ratio over alternating rounds."""
    rng = np.random.default_rng(0)
    dialogues, cartpole = DialogueVectorEnv(size, domain=domain), gymnasium.make_vec("CartPole-v1", size, vectorization_mode="vector_entry_point")
    dialogues.reset(seed=0)
    cartpole.reset(seed=0)
    ours, theirs = rng.integers(0, dialogues.acts_count, (60, size)), rng.integers(0, 2, (400, size))
    for action in ours[:20]:
        dialogues.step(action)
    pairs = [(turns_per_second(dialogues.step, ours, size), turns_per_second(cartpole.step, theirs, size)) for _ in range(ROUNDS)]
    mine, other = np.array(pairs).T
    return float(np.median(mine)), float(np.median(other)), float(np.median(other / mine))


def bytes_per_dialogue(domain: str) -> tuple[int, int]:
    """Return the bytes of one dialogue's state without the belief, and of its belief."""
    envs = DialogueVectorEnv(SIZE, domain=domain)
    envs.reset(seed=0)
    assert envs.state is not None
    sizes = {name: array.nbytes // SIZE for name, array in envs.state.arrays()}
    belief = sum(sizes[name] for name in ("evidence", "items", "slot_belief", "fit"))
    return sum(sizes.values()) - belief, belief
