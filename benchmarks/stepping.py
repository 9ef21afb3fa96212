"""Random-action stepping against Gymnasium's own CartPole, in turn, so that a noisy machine is noisy for both."""

import time
from collections.abc import Callable
from typing import Any

import gymnasium
import numpy as np

from dialogue_env import DialogueVectorEnv, State

SIZES = (1, 4, 16, 64, 256, 1024, 4096, 16384)
ROUNDS = 9
EXCHANGES = 60_000
"""Exchanges a round, at least one step of every dialogue."""


def _seconds(play: Callable[[], int]) -> float:
    """Return the CPU-seconds that an exchange takes in ``play``, which returns how many it played."""
    began = time.process_time()
    played = play()
    return (time.process_time() - began) / played


def _stepping(envs: Any, actions: Any) -> Callable[[], int]:
    envs.reset(seed=0)

    def play() -> int:
        for action in actions:
            envs.step(action)
        return int(np.size(actions))

    play()
    return play


def _one_by_one(env: Any, actions: Any) -> Callable[[], int]:
    env.reset(seed=0)

    def play() -> int:
        for action in actions:
            _, _, ended, cut, _ = env.step(int(action))
            if ended or cut:
                env.reset()
        return len(actions)

    play()
    return play


def _against(ours: Callable[[], int], theirs: Callable[[], int]) -> tuple[float, float, float]:
    """Return turns per CPU-second of both and the median ratio over alternating rounds."""
    pairs = np.array([(_seconds(ours), _seconds(theirs)) for _ in range(ROUNDS)])
    return float(1.0 / np.median(pairs[:, 0])), float(1.0 / np.median(pairs[:, 1])), float(np.median(pairs[:, 0] / pairs[:, 1]))


def compare(domain: str, size: int) -> tuple[float, float, float]:
    """Return turns per CPU-second of a batch of dialogues and of CartPole's vector environment, and the median ratio."""
    rng, steps = np.random.default_rng(0), max(EXCHANGES // size // 10, 4)
    dialogues, cartpole = DialogueVectorEnv(size, domain=domain), gymnasium.make_vec("CartPole-v1", size, vectorization_mode="vector_entry_point")
    ours = _stepping(dialogues, rng.integers(0, dialogues.acts_count, (steps, size)))
    return _against(ours, _stepping(cartpole, rng.integers(0, 2, (4 * steps, size))))


def compare_single(domain: str) -> tuple[float, float, float]:
    """Return the same of one dialogue at a time through ``gymnasium.make``."""
    rng = np.random.default_rng(0)
    dialogue, cartpole = gymnasium.make("initiative_gym/Dialogue-v0", domain=domain), gymnasium.make("CartPole-v1")
    ours = _one_by_one(dialogue, rng.integers(0, dialogue.action_space.n, 2000))  # type: ignore[attr-defined]
    return _against(ours, _one_by_one(cartpole, rng.integers(0, 2, 4000)))


def bytes_per_dialogue(domain: str) -> tuple[int, int]:
    """Return the bytes of one dialogue's state without the belief, and of its belief."""
    envs = DialogueVectorEnv(1, domain=domain)
    envs.reset(seed=0)
    assert envs.state is not None
    return state_bytes(envs.state)


def state_bytes(state: State) -> tuple[int, int]:
    """Return the same of the dialogues of a state."""
    talk = state.talk
    belief = sum(array.nbytes for array in (talk.items, talk.evidence, talk.entropy, talk.top_mass, talk.fit)) // state.size
    return sum(array.nbytes for side in state for array in side) // state.size - belief, belief
