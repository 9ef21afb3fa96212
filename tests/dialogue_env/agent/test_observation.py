from typing import Any

import numpy as np
import pytest
from hand_made import FOOD, SALE, TRAVEL, WEATHER, state_of, tiny_of, world_of

from dialogue_env import Simulator, State, Stream, World, domain_names
from dialogue_env.acts import Family, Reply
from dialogue_env.agent.observation import OFFSETS, SLICE, SLICES, VERSION, Layout, Observer, layout_of
from dialogue_env.messages import NOWHERE
from rewards import TERM_NAMES, InputError, RewardWeights

WEIGHTS = RewardWeights.of({"goal": 2.0, "leaving": 0.5}).as_array()
FEATURES = {feature: meaning for part in SLICES for feature, meaning in part.features.items()}


def parts(world: World, state: State, hide: tuple[str, ...] = ()) -> dict[str, np.ndarray]:
    observer = Observer(world.tables, hide)
    observation = observer.observe(state.talk, WEIGHTS)
    return {name: observer.layout.view(observation, name)[0] for name in observer.layout.shapes}


def test_layout_tiles_the_observation(tiny: World) -> None:
    layout = layout_of(tiny.tables)
    assert layout == Layout(15, 2, 2)
    slices, columns = list(layout.slices.values()), list(layout.columns.values())
    assert layout.shapes == {
        "time": (1,),
        "floor": (5,),
        "last_reply": (12,),
        "last_family": (12,),
        "factors": (4,),
        "surprise": (1,),
        "history": (2,),
        "item": (1,),
        "topic": (2,),
        "weights": (11,),
        "acts": (3, 15),
        "slots": (4, 2),
        "candidates": (5, 2),
    }
    for cuts in (slices, columns):
        assert [cut.start for cut in cuts] == [0, *(cut.stop for cut in cuts[:-1])]
        assert cuts[-1].stop == layout.size == 51 + 45 + 8 + 10


def test_names_are_unique_and_say_what_they_mean() -> None:
    names = [feature for part in SLICES for feature in part.features]
    assert len(set(names)) == len(names)
    assert len(SLICE) == len(SLICES)
    assert OFFSETS.names == tuple(names)
    for feature, meaning in FEATURES.items():
        assert len(meaning.split()) > 1, feature
        assert "\n" not in meaning
    assert len(VERSION) == 12
    int(VERSION, 16)


def test_at_the_start(tiny: World) -> None:
    seen = parts(tiny, state_of(tiny))
    for name in ("time", "floor", "last_reply", "last_family", "surprise", "history"):
        assert not seen[name].any(), name
    assert seen["item"] == pytest.approx([0.4])
    assert seen["factors"] == pytest.approx([0.5, 0.5, 0.75, 0.5])  # difficulty: 1 - (closeness 0 + liking .5) / 2


def test_everything_by_hand(tiny: World) -> None:
    state = state_of(
        tiny,
        talk={
            "exchanges": 4,
            "topic": FOOD,
            "raised": WEATHER,
            "last_act": 9,
            "last_reply": Reply.SILENT,
            "agreed": True,
            "offers": 2,
            "refusals": 9,
            "mood": 0.7,
            "cooperation": 0.6,
            "surprise": 0.3,
            "hesitation": 0.8,
            "best_mass": 0.55,
            "upset": 0.2,
        },
        liking=[0.9, 1.7, -0.2, -0.4],
        uses=2,
        asked=[1, 3],
        visits={WEATHER: 1, FOOD: 3},
        entropy=[0.8, 0.1],
        top_mass=[0.4, 0.9],
        fit=[1.0, -0.25],
    )
    seen = parts(tiny, state)
    assert seen["time"] == pytest.approx([0.4])  # of ten exchanges
    assert seen["floor"] == pytest.approx([0.0, 1.0, 0.8, 1.0, 1.0])
    assert seen["last_reply"].tolist() == [float(reply == Reply.SILENT) for reply in Reply]
    assert seen["last_family"].tolist() == [float(family == Family.PROPOSE) for family in Family]
    assert seen["factors"] == pytest.approx([0.7, 0.6, 0.6, 0.2])  # difficulty: 1 - (closeness .8 + liking 0) / 2
    assert seen["surprise"] == pytest.approx([0.3])
    assert seen["history"] == pytest.approx([0.4, 1.0])  # two of five, and no more than five
    assert seen["item"] == pytest.approx([0.55])
    assert seen["topic"] == pytest.approx([0.8, 1.0])  # liking is cut to [0, 1]
    assert dict(zip(TERM_NAMES, seen["weights"], strict=True)) == pytest.approx(dict.fromkeys(TERM_NAMES, 0.0) | {"goal": 1.0, "leaving": 0.25})
    assert seen["acts"][0].tolist() == [-0.25 if name == "appeal" else 1.0 for name in tiny.acts.names]
    assert seen["acts"][1] == pytest.approx(np.full(15, 2 / 3))
    assert seen["acts"][2].tolist() == state.talk.open[0].tolist()
    np.testing.assert_allclose(seen["slots"], [[0.8, 0.1], [0.4, 0.9], [1 / 3, 1.0], [0.9, 0.3]], rtol=1e-6)  # and the questions' closeness to food
    # The sale and the weather: closeness to the sale, to food, liking, novelty, whether it is their own.
    np.testing.assert_allclose(seen["candidates"], [[1.0, 0.0], [0.8, 0.6], [0.0, 0.9], [1.0, 0.5], [0.0, 1.0]], rtol=1e-6)


def test_best_liked_candidate_shows_its_own_closeness(tiny: World) -> None:
    seen = parts(tiny, state_of(tiny, slate=[SALE, TRAVEL]))  # not the usual neighbours of the weather
    np.testing.assert_allclose(seen["candidates"][:2], [[1.0, 0.5], [0.0, 0.2]], rtol=1e-6)
    three = tiny_of(slate_size=3)
    seen = parts(three, state_of(three))  # the sale, food, travel
    np.testing.assert_allclose(seen["candidates"][:2], [[1.0, 0.8, 0.5], [0.0, 0.6, 0.2]], rtol=1e-6)


def by_feature(world: World, state: State) -> dict[str, Any]:
    """Return every feature by its name, as the agent's side of the state has it."""
    talk, now, tables, rows = state.talk, state.talk.now, world.tables, np.arange(state.size)
    liking = np.clip(talk.liking[:, tables.centre], 0.0, 1.0)  # [B, T]
    family = np.where(now["last_act"] >= 0, world.acts.family[now["last_act"]], -1)
    visits, known = now["visits"], np.arange(now["visits"]["topic"].shape[1]) < now["visits"]["known"][:, None]
    times = (visits["count"][:, None] * known[:, None] * (visits["topic"][:, None] == talk.slate[:, :, None])).sum(axis=2)
    return {
        "time": now["exchanges"] / world.domain.max_turns,
        "question_pending": now["last_reply"] == Reply.ASK,
        "thinking": now["last_reply"] == Reply.SILENT,
        "hesitation": now["hesitation"],
        "topic_raised": now["raised"] != NOWHERE,
        "agreed": now["agreed"],
        **{f"reply_{reply.name.lower()}": now["last_reply"] == reply for reply in Reply},
        **{f"family_{kind.name.lower()}": family == kind for kind in Family},
        "mood": now["mood"],
        "cooperation": now["cooperation"],
        "difficulty": 1.0 - (tables.goal_closeness[now["topic"]] + liking[:, world.domain.goal_topic]) / 2.0,
        "upset": now["upset"],
        "surprise": now["surprise"],
        "offers": np.minimum(now["offers"] / 5.0, 1.0),
        "refusals": np.minimum(now["refusals"] / 5.0, 1.0),
        "best_mass": now["best_mass"],
        "topic_near_goal": tables.goal_closeness[now["topic"]],
        "topic_liking": liking[rows, now["topic"]],
        **{f"weight_{name}": np.full(state.size, weight / 2.0) for name, weight in zip(TERM_NAMES, WEIGHTS, strict=True)},
        "fit": talk.fit[:, world.acts.records["fit_row"]],
        "uses": talk.uses / 3.0,
        "open": talk.open,
        "entropy": talk.entropy,
        "top_mass": talk.top_mass,
        "asked": talk.asked / 3.0,
        "relevance": tables.slot_closeness[now["topic"]],
        "goal_closeness": tables.goal_closeness[talk.slate],
        "closeness": tables.table[now["topic"][:, None], talk.slate],
        "liking": liking[rows[:, None], talk.slate],
        "novelty": 1.0 / (1.0 + times),
        "own": talk.slate == now["raised"][:, None],
    }


@pytest.mark.parametrize("domain", domain_names())
def test_every_feature_is_what_its_name_says(domain: str) -> None:
    world = world_of(domain, noise=0.3)
    simulator, observer = Simulator(world), Observer(world.tables)
    state = simulator.reset(Stream.TRAINING, 1, np.arange(60))
    for number in range(9):
        observation, expected = observer.observe(state.talk, WEIGHTS), by_feature(world, state)
        assert set(expected) == set(FEATURES)
        for name, values in expected.items():
            np.testing.assert_allclose(observer.layout.feature(observation, name), values, atol=1e-6, err_msg=name)
        state, _ = simulator.step(state, (np.arange(60) + 7 * number) % len(world.acts.names))


def test_small_weights_are_shown_as_they_are(tiny: World) -> None:
    observer, weights = Observer(tiny.tables), RewardWeights.of({"goal": 0.5, "leaving": 0.25}).as_array()
    shown = observer.layout.view(observer.observe(state_of(tiny).talk, weights), "weights")[0]
    assert dict(zip(TERM_NAMES, shown.tolist(), strict=True)) == dict.fromkeys(TERM_NAMES, 0.0) | {"goal": 0.5, "leaving": 0.25}


@pytest.mark.parametrize("name", ["time", "factors", "acts", "slots", "candidates", "weights"])
def test_hidden_slice_is_blank_and_the_rest_is_as_it_was(tiny: World, name: str) -> None:
    state = state_of(tiny, talk={"exchanges": 4})
    shown, blanked = parts(tiny, state), parts(tiny, state, (name, "surprise"))
    assert shown[name].any()
    for part, values in blanked.items():
        np.testing.assert_array_equal(values, np.zeros_like(values) if part == name else shown[part], err_msg=part)


def test_unknown_slice(tiny: World) -> None:
    with pytest.raises(InputError) as caught:
        Observer(tiny.tables, ("mind",))
    layout = layout_of(tiny.tables)
    assert str(caught.value) == f"unknown observation slice or feature 'mind'; valid: {', '.join(layout.slices | layout.columns)}"


def test_every_dialogue_can_have_its_own_weights(tiny: World) -> None:
    observer = Observer(tiny.tables)
    weights = np.stack([WEIGHTS, WEIGHTS / 4])
    shown = observer.layout.view(observer.observe(state_of(tiny, 2).talk, weights), "weights")
    np.testing.assert_array_equal(shown[:, [TERM_NAMES.index("goal"), TERM_NAMES.index("leaving")]], [[1.0, 0.25], [0.5, 0.125]])


def test_some_rows_are_as_in_all(tiny: World) -> None:
    observer, state = Observer(tiny.tables), Simulator(tiny).reset(Stream.TRAINING, 0, np.arange(7))
    weights = np.random.default_rng(0).uniform(0, 3, (7, len(TERM_NAMES))).astype(np.float32)
    rows = np.array([5, 0, 5])
    np.testing.assert_array_equal(observer.observe(state.talk, weights, rows), observer.observe(state.talk, weights)[rows])


def test_wrong_number_of_weights(tiny: World) -> None:
    with pytest.raises(InputError) as caught:
        Observer(tiny.tables).observe(state_of(tiny).talk, WEIGHTS[:3])
    assert str(caught.value) == "weights must hold 11 numbers, one per reward term, not 3"


def test_observation_is_fresh(tiny: World) -> None:
    observer, talk = Observer(tiny.tables), state_of(tiny).talk
    first = observer.observe(talk, WEIGHTS)
    kept = first.copy()
    first[:] = 9.0
    np.testing.assert_array_equal(observer.observe(talk, WEIGHTS), kept)


def test_observation_feature_by_name(tiny: World) -> None:
    layout = layout_of(tiny.tables)
    observation = np.arange(2 * layout.size, dtype=np.float32).reshape(2, layout.size)
    assert layout.feature(observation, "time").tolist() == [0.0, layout.size]
    assert layout.feature(observation[0], "time") == 0.0
    assert layout.feature(observation, "uses").shape == (2, 15)
    np.testing.assert_array_equal(layout.feature(observation, "uses"), layout.view(observation, "acts")[:, 1])
    np.testing.assert_array_equal(layout.feature(observation, "novelty"), layout.view(observation, "candidates")[:, 3])
    one_slot = Layout(3, 1, 2)
    assert one_slot.feature(np.zeros((4, one_slot.size), np.float32), "asked").shape == (4, 1)  # one of many is still many
