"""The hidden columns by hand, and that the observation before them stays as it is."""

import numpy as np
import pytest
from hand_made import state_of, world_of

from dialogue_env import DialogueVectorEnv, Simulator, State, Stream, World, domain_names
from dialogue_env.acts import Reply
from dialogue_env.agent.observation import OFFSETS, VERSION, Observer, layout_of
from dialogue_env.hidden import HIDDEN, INFORMED, INFORMED_VERSION, InformedVectorEnv, hidden_columns, layout_for, with_hidden
from dialogue_env.person.traits import TRAITS
from rewards import RewardWeights

WEIGHTS = RewardWeights.parse("balanced").as_array()
MIND = {"distress": 0.25, "willingness": 0.6, "annoyance": 0.1, "misunderstanding": 0.3, "progress": 0.35, "utility": 0.75, "stuck": True}


def shown(world: World, state: State) -> dict[str, list[float]]:
    """Return the hidden features of one dialogue by name."""
    layout, observation = layout_for(world.tables, informed=True), Observer(world.tables).observe(state.talk, WEIGHTS)
    row = with_hidden(world, observation, state)[0]
    return {feature: row[layout.columns[feature]].tolist() for part in HIDDEN for feature in part.features}


def test_every_column_by_hand(tiny: World) -> None:
    # A green big stone is wished for, a red one most likely; the talk is about the weather, with the sale and food to lead to.
    state = state_of(tiny, person={"need": 2, "last_reply": Reply.SILENT, "offered": 1, **MIND}, traits={"patience": 0.9}, wish=[1, 0])
    # Yes: -1 + 4 (.25 - .5) + 2 (.6 - .5) - .25 + .5 (0 - .5) = -2.3. No: .5 + 3 x .6 x 1.4 x .5 = 1.76.
    yes = 1.0 / (1.0 + np.exp(2.3 + 1.76))
    expected = {f"true_{name}": [float(value)] for name, value in MIND.items()}
    expected |= {"true_satisfaction": [0.5], "true_interest": [0.5]}
    expected |= {f"true_{name}": [0.0] for name in ("resisted", "asked", "agreed", "rejected")} | {"true_thinking": [1.0], "offered": [1.0]}
    expected |= {f"trait_{name}": [0.5] for name in TRAITS} | {"trait_mind_change": [0.0], "trait_disclosure": [0.0], "trait_patience": [0.9]}
    acts = tiny.acts.names
    expected |= {
        "true_fit": [0.4 if name == "appeal" else 1.0 for name in acts],
        "accepted": [yes if name == "propose" else 0.0 for name in acts],
        "missed": [1.0, 0.0],
        "minded": [1.0, 1.0],
        "true_liking": [0.5, 0.7],
    }
    found = shown(tiny, state)
    assert set(found) == set(expected)
    for name, values in expected.items():
        assert found[name] == pytest.approx(values, abs=1e-6), name


def test_what_changes_with_the_wish_and_the_mind(tiny: World) -> None:
    found = shown(tiny, state_of(tiny, talk={"agreed": True}, person={"need": 3, "last_reply": Reply.RESIST, "rejected": True}, wish=[3, 1]))
    assert (found["missed"], found["minded"]) == ([0.0, 1.0], [0.0, 1.0])  # any colour, but a small one
    assert found["true_fit"][tiny.acts.names.index("appeal")] == pytest.approx(-0.5)
    assert [found[f"true_{name}"] for name in ("agreed", "resisted", "rejected", "asked")] == [[1.0], [1.0], [1.0], [0.0]]


def test_the_ordinary_observation_is_as_it_was(tiny: World) -> None:
    assert VERSION == "46d710c17aa4"
    assert INFORMED_VERSION != VERSION
    ordinary, informed = layout_of(tiny.tables), layout_for(tiny.tables, informed=True)
    assert layout_for(tiny.tables, informed=False) == ordinary
    assert {name: informed.columns[name] for name in OFFSETS.names} == ordinary.columns
    assert ordinary.offsets.dtype == OFFSETS
    assert informed.offsets["true_liking"].tolist() == [informed.size - 2]
    assert informed.size == ordinary.size + 15 + 17 + 2 * 15 + 2 * 2 + 2
    names = [feature for part in INFORMED for feature in part.features]
    assert len(set(names)) == len(names)
    assert len({part.name for part in INFORMED}) == len(INFORMED)


@pytest.mark.parametrize("domain", domain_names())
def test_the_same_dialogues_with_and_without_the_hidden_columns(domain: str) -> None:
    plain, seeing = (kind(40, domain=domain, population="everyone") for kind in (DialogueVectorEnv, InformedVectorEnv))
    size, chance, ends = layout_of(plain.world.tables).size, np.random.default_rng(0), 0
    before, seen = plain.reset(seed=3)[0], seeing.reset(seed=3)[0]
    for _ in range(40):
        np.testing.assert_array_equal(seen[:, :size], before)
        np.testing.assert_array_equal(seen[:, size:], hidden_columns(seeing.world, seeing.live()))
        assert seeing.observation_space.contains(seen)
        action = chance.integers(plain.acts_count, size=40)
        (before, reward, _, _, info), (seen, rewarded, _, _, informed) = plain.step(action), seeing.step(action)
        np.testing.assert_array_equal(rewarded, reward)
        for row in np.flatnonzero(info.get("_final_obs", np.zeros(40, bool))):
            np.testing.assert_array_equal(informed["final_obs"][row][:size], info["final_obs"][row])
            assert informed["final_obs"][row].shape == seeing.single_observation_space.shape
            ends += 1
    assert ends > 40


def test_the_last_observation_shows_who_it_was_and_the_next_who_it_is() -> None:
    envs = InformedVectorEnv(1, domain="donation")
    column = layout_for(envs.world.tables, informed=True).columns["trait_patience"].start
    envs.reset(seed=0)
    patience = envs.live().person.now["traits"]["patience"][0]
    seen, _, ended, _, info = envs.step(np.array([envs.world.acts.names.index("close")]))
    assert ended[0]
    assert info["final_obs"][0][column] == np.float32(patience)
    assert seen[0, column] == np.float32(envs.live().person.now["traits"]["patience"][0]) != np.float32(patience)


def test_looking_changes_nothing() -> None:
    world = world_of("support")
    state = Simulator(world).reset(Stream.TRAINING, 0, np.arange(20))
    before = state.copy()
    hidden_columns(world, state)
    for (name, array), (_, expected) in zip(state.arrays(), before.arrays(), strict=True):
        np.testing.assert_array_equal(array, expected, err_msg=name)
