from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from dialogue_env.acts import Family, UserAct
from dialogue_env.observation import Observer, layout_of
from dialogue_env.world import World
from rewards import TERM_NAMES, InputError, RewardWeights

WEATHER, FOOD, TRAVEL, SALE = range(4)
WEIGHTS = RewardWeights.of({"goal": 2.0, "leaving": 0.5}).as_array()
Make = Callable[..., Any]


def parts(world: World, state: Any, hide: tuple[str, ...] = ()) -> dict[str, np.ndarray]:
    observer = Observer(world, hide)
    observation = observer.observe(state, WEIGHTS)
    return {name: observer.layout.view(observation, name)[0] for name in observer.layout.shapes}


def test_layout_tiles_the_observation(tiny: World) -> None:
    layout = layout_of(tiny)
    slices = list(layout.slices().values())
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
    assert [cut.start for cut in slices] == [0, *(cut.stop for cut in slices[:-1])]
    assert slices[-1].stop == layout.size == 51 + 45 + 8 + 10


def test_at_the_start(tiny: World, state_of: Make) -> None:
    seen = parts(tiny, state_of(tiny))
    for name in ("time", "floor", "last_reply", "last_family", "surprise", "history"):
        assert not seen[name].any(), name
    assert seen["item"] == pytest.approx([0.4])
    assert seen["factors"] == pytest.approx([0.5, 0.5, 0.75, 0.5])  # difficulty: 1 - (closeness 0 + liking .5) / 2


def test_everything_by_hand(tiny: World, state_of: Make) -> None:
    state = state_of(
        tiny,
        talk={"TURN": 4, "TOPIC": FOOD, "OWN_TOPIC": WEATHER, "LAST_ACT": 9, "LAST_REPLY": UserAct.SILENT, "AGREED": 1, "OFFERS": 2, "REFUSALS": 9},
        signals={"MOOD": 0.7, "COOPERATION": 0.6, "SURPRISE": 0.3, "HESITATION": 0.8, "BEST_MASS": 0.55, "UPSET": 0.2},
        liking=[0.9, 1.7, -0.2, -0.4],
        uses=2 / 3,
        asked=[1 / 3, 1.0],
        novelty=[0.5, 0.25, 1.0, 1.0],
        slot_belief=[[0.8, 0.1], [0.4, 0.9]],
        fit=np.linspace(-1.0, 1.0, 15),
    )
    seen = parts(tiny, state)
    assert seen["time"] == pytest.approx([0.4])  # of ten turns
    assert seen["floor"] == pytest.approx([0.0, 1.0, 0.8, 1.0, 1.0])
    assert seen["last_reply"].tolist() == [float(reply == UserAct.SILENT) for reply in UserAct]
    assert seen["last_family"].tolist() == [float(family == Family.PROPOSE) for family in Family]
    assert seen["factors"] == pytest.approx([0.7, 0.6, 0.6, 0.2])  # difficulty: 1 - (closeness .8 + liking 0) / 2
    assert seen["surprise"] == pytest.approx([0.3])
    assert seen["history"] == pytest.approx([0.4, 1.0])  # two of five, and no more than five
    assert seen["item"] == pytest.approx([0.55])
    assert seen["topic"] == pytest.approx([0.8, 1.0])  # liking is cut to [0, 1]
    assert dict(zip(TERM_NAMES, seen["weights"], strict=True)) == pytest.approx(dict.fromkeys(TERM_NAMES, 0.0) | {"goal": 1.0, "leaving": 0.25})
    assert seen["acts"][0] == pytest.approx(np.linspace(-1.0, 1.0, 15), abs=1e-6)
    assert seen["acts"][1] == pytest.approx(np.full(15, 2 / 3))
    assert seen["acts"][2].tolist() == state.open[0].tolist()
    np.testing.assert_allclose(seen["slots"], [[0.8, 0.1], [0.4, 0.9], [1 / 3, 1.0], [0.9, 0.3]], rtol=1e-6)  # and the questions' closeness to food
    # The sale and the weather: closeness to the sale, to food, liking, novelty, whether it is their own.
    np.testing.assert_allclose(seen["candidates"], [[1.0, 0.0], [0.8, 0.6], [0.0, 0.9], [1.0, 0.5], [0.0, 1.0]], rtol=1e-6)


def test_best_liked_candidate_shows_its_own_closeness(tiny: World, tiny_of: Make, state_of: Make) -> None:
    seen = parts(tiny, state_of(tiny, slate=[SALE, TRAVEL]))  # not the usual neighbours of the weather
    np.testing.assert_allclose(seen["candidates"][:2], [[1.0, 0.5], [0.0, 0.2]], rtol=1e-6)
    three = tiny_of(slate_size=3)
    seen = parts(three, state_of(three))  # the sale, food, travel
    np.testing.assert_allclose(seen["candidates"][:2], [[1.0, 0.8, 0.5], [0.0, 0.6, 0.2]], rtol=1e-6)


def test_small_weights_are_shown_as_they_are(tiny: World, state_of: Make) -> None:
    observer, weights = Observer(tiny), RewardWeights.of({"goal": 0.5, "leaving": 0.25}).as_array()
    shown = observer.layout.view(observer.observe(state_of(tiny), weights), "weights")[0]
    assert dict(zip(TERM_NAMES, shown.tolist(), strict=True)) == dict.fromkeys(TERM_NAMES, 0.0) | {"goal": 0.5, "leaving": 0.25}


@pytest.mark.parametrize("name", ["time", "factors", "acts", "slots", "candidates", "weights"])
def test_hidden_slice_is_blank_and_the_rest_is_as_it_was(tiny: World, state_of: Make, name: str) -> None:
    state = state_of(tiny, talk={"TURN": 4})
    shown, blanked = parts(tiny, state), parts(tiny, state, (name, "surprise"))
    assert shown[name].any()
    for part, values in blanked.items():
        np.testing.assert_array_equal(values, np.zeros_like(values) if part == name else shown[part], err_msg=part)


def test_unknown_slice(tiny: World) -> None:
    with pytest.raises(InputError) as caught:
        Observer(tiny, ("mind",))
    assert str(caught.value) == f"unknown observation slice 'mind'; valid: {', '.join(layout_of(tiny).shapes)}"


def test_every_dialogue_can_have_its_own_weights(tiny: World, state_of: Make) -> None:
    observer = Observer(tiny)
    weights = np.stack([WEIGHTS, WEIGHTS / 4])
    shown = observer.layout.view(observer.observe(state_of(tiny, 2), weights), "weights")
    np.testing.assert_array_equal(shown[:, [TERM_NAMES.index("goal"), TERM_NAMES.index("leaving")]], [[1.0, 0.25], [0.5, 0.125]])


def test_wrong_number_of_weights(tiny: World, state_of: Make) -> None:
    with pytest.raises(InputError) as caught:
        Observer(tiny).observe(state_of(tiny), WEIGHTS[:3])
    assert str(caught.value) == "weights must hold 11 numbers, one per reward term, not 3"


def test_observation_is_fresh(tiny: World, state_of: Make) -> None:
    observer, state = Observer(tiny), state_of(tiny)
    first = observer.observe(state, WEIGHTS)
    kept = first.copy()
    first[:] = 9.0
    np.testing.assert_array_equal(observer.observe(state, WEIGHTS), kept)
