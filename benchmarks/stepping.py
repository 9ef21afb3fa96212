"""Random-action stepping against Gymnasium's own CartPole, in turn, so that a noisy machine is noisy for both."""

import time
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import gymnasium
import numpy as np

from dialogue_env import DialogueVectorEnv, Simulator, State, Stream, build_world, load_domain, load_population
from dialogue_env.agent.observation import Observer
from dialogue_env.domain.topics import map_topics
from dialogue_env.draws import dialogue_keys
from rewards import TERM_NAMES

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


def many_topics(count: int, size: int = 1024) -> tuple[float, float, int]:
    """Return CPU-seconds to build a made-up donation domain of ``count`` random topics, its turns per CPU-second, and bytes a dialogue beside the belief."""
    vectors = np.random.default_rng(0).normal(size=(count + 3, 384)).astype(np.float32)
    vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
    domain = load_domain("donation")
    began = time.process_time()
    topics = map_topics(vectors[:count], vectors[count:], 0, domain.slate_size)
    built = time.process_time() - began
    domain = replace(domain, map=topics, goal_topic=0, opening_topics=(1, 2, 3))
    simulator = Simulator(build_world(domain, load_population("people"), 0.05))
    observer, weights = Observer(simulator.world.tables), np.ones((size, len(TERM_NAMES)), np.float32)
    state, keys = simulator.reset(Stream.TRAINING, 0, np.arange(size)), dialogue_keys(Stream.TRAINING, 1, np.arange(200 * size))
    rng, seconds = np.random.default_rng(0), []
    for step in range(60):
        acts = rng.integers(0, len(simulator.world.acts.names), size)
        began = time.process_time()
        facts, _, _ = simulator.play(state, acts, observer, weights)
        over = np.flatnonzero(facts["ended"])
        simulator.open(state, over, keys[step * size : step * size + len(over)])
        seconds.append(time.process_time() - began)
    return built, size / float(np.median(seconds)), _bytes(state)[0]


def bytes_per_dialogue(domain: str) -> tuple[int, int]:
    """Return the bytes of one dialogue's state without the belief, and of its belief."""
    envs = DialogueVectorEnv(1, domain=domain)
    envs.reset(seed=0)
    assert envs.state is not None
    return _bytes(envs.state)


def _bytes(state: State) -> tuple[int, int]:
    talk = state.talk
    belief = sum(array.nbytes for array in (talk.items, talk.evidence, talk.entropy, talk.top_mass, talk.fit)) // state.size
    return sum(array.nbytes for side in state for array in side) // state.size - belief, belief
