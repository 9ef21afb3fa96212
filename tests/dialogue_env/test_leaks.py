"""Nothing of the person reaches the agent but what it hears."""

import inspect
import pkgutil
from importlib import import_module

import numpy as np
import pytest
from hand_made import world_of

import dialogue_env.agent
from dialogue_env import Simulator, State, Stream, domain_names
from dialogue_env.acts import Reply
from dialogue_env.agent.talk import Talk
from dialogue_env.types import I64

PEOPLE = 3000
HEARD = ("last_reply", "raised", "heard_slot", "heard_kind", "heard_first", "heard_second", "hesitation", "mood", "upset")
SETTINGS = [(domain, population, noise) for domain in domain_names() for population in ("people", "everyone", "adversarial") for noise in (0.05, 0.3)]


def played(simulator: Simulator, depth: int, seed: int) -> State:
    """Return dialogues after so many random acts."""
    state, chance = simulator.reset(Stream.TRAINING, seed, np.arange(PEOPLE)), np.random.default_rng(seed)
    for _ in range(depth):
        state, _ = simulator.step(state, chance.integers(len(simulator.world.acts.names), size=PEOPLE))
    return state


def one_talk_with_everybody(state: State, row: int) -> State:
    """Return the agent's side of one dialogue facing the people, with all that is hidden, of every other."""
    return State(Talk(*(np.repeat(part[row : row + 1], PEOPLE, axis=0) for part in state.talk)), state.copy().person)


def heard_alike(talk: Talk) -> tuple[I64, I64]:
    """Return for every dialogue the first one in which the same was heard, and how often each was."""
    heard = np.stack([talk.now[name].astype(float) for name in HEARD], axis=1)
    _, first, group, counts = np.unique(heard, axis=0, return_index=True, return_inverse=True, return_counts=True)
    return first[group.ravel()], counts[group.ravel()]


@pytest.mark.parametrize(("domain", "population", "noise"), SETTINGS)
def test_what_is_heard_alike_leaves_the_agent_alike(domain: str, population: str, noise: float) -> None:
    simulator, chance = Simulator(world_of(domain, population, noise)), np.random.default_rng(7)
    pairs, mistaken = 0, 0
    for depth in (0, 1, 3, 6):
        state = played(simulator, depth, seed=depth)
        row = int(chance.integers(PEOPLE))
        before = one_talk_with_everybody(state, row)
        action = np.full(PEOPLE, chance.choice(np.flatnonzero(before.talk.open[0])))
        said = chance.integers(len(Reply) - 1, size=PEOPLE)
        for reply in (None, said):
            after, _ = simulator.step(before, action, reply)
            same, counts = heard_alike(after.talk)
            for name, array in State(after.talk, after.person).arrays():
                if name.startswith("talk."):
                    np.testing.assert_array_equal(array, array[same], err_msg=name)
            pairs += (counts > 1).sum()
        mistaken += (said[same] != said).sum()
    assert pairs > 10_000
    assert mistaken > (200 if noise == 0.3 else 20)  # different replies, heard alike


@pytest.mark.parametrize("domain", domain_names())
def test_moods_show_as_ratings_in_five_steps_alone(domain: str) -> None:
    world = world_of(domain, noise=0.3)
    simulator = Simulator(world)
    state, chance, keep = simulator.reset(Stream.TRAINING, 5, np.arange(500)), np.random.default_rng(5), world.person.constants["rating"]["smoothing"]
    for name in ("mood", "upset"):
        assert set(state.talk.now[name].tolist()) <= {0.0, 0.25, 0.5, 0.75, 1.0}
    for _ in range(8):
        after, _ = simulator.step(state, chance.integers(len(world.acts.names), size=500))
        for name in ("mood", "upset"):
            rating = (after.talk.now[name] - keep * state.talk.now[name]) / (1.0 - keep)
            np.testing.assert_allclose(rating * 4, np.rint(rating * 4), atol=1e-9)
        state = after


def test_a_new_talk_knows_the_topic_and_two_ratings_alone() -> None:
    for domain in domain_names():
        talk = Simulator(world_of(domain)).reset(Stream.TRAINING, 0, np.arange(PEOPLE)).talk
        met = np.stack([talk.now[name].astype(float) for name in ("topic", "mood", "upset")], axis=1)
        _, first, group = np.unique(met, axis=0, return_index=True, return_inverse=True)
        same = first[group.ravel()]
        for name, part in talk._asdict().items():
            np.testing.assert_array_equal(part, part[same], err_msg=name)


def test_no_function_of_the_agent_takes_a_person() -> None:
    seen = 0
    for module in pkgutil.iter_modules(dialogue_env.agent.__path__, "dialogue_env.agent."):
        for name, function in vars(import_module(module.name)).items():
            plain = getattr(function, "py_func", function)
            if inspect.isfunction(plain) and plain.__module__ == module.name:
                taken = set(inspect.signature(plain).parameters)
                assert not taken & {"person", "people", "persons", "person_", "people_", "said", "move", "state", "state_"}, f"{module.name}.{name}"
                seen += 1
    assert seen > 20
