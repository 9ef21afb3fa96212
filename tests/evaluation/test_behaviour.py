"""What policies do that a person would find strange, counted and forbidden."""

from typing import Any

import numpy as np
import pytest
from hand_made import FOOD, SALE, WEATHER, state_of, tiny_of

from dialogue_env.acts import Family
from evaluation.behaviour import BEHAVIOURS, Behaviour, conduct
from rewards import RewardWeights

NAMED = {behaviour.name: behaviour for behaviour in BEHAVIOURS}
WEIGHTS = RewardWeights.parse("balanced")


class Plays:
    """Plays the first of these acts that is open, else the first of all, whatever is heard."""

    def __init__(self, *acts: int) -> None:
        """Play ``acts``."""
        self._acts = acts

    def predict(self, observation: Any, state: Any = None, episode_start: Any = None, deterministic: bool = False, action_masks: Any = None) -> Any:
        """Return acts [B]."""
        return np.array([next((act for act in self._acts if open_[act]), self._acts[0]) for open_ in action_masks]), None


def strange(name: str, **given: Any) -> set[str]:
    """Return the acts that would be a behaviour in a state."""
    world = tiny_of()
    return {world.acts.names[a] for a in np.flatnonzero(NAMED[name].acts(world, state_of(world, **given))[0])}


@pytest.mark.parametrize(
    ("name", "given", "acts"),
    [
        ("proposals after a yes", {}, set()),
        ("proposals after a yes", {"talk": {"agreed": True}}, {"propose"}),
        ("something new after a yes", {"talk": {"agreed": True}}, {"clarify:colour", "clarify:size", "explore", "shift:0", "shift:1"}),
        ("leads back", {}, set()),
        ("leads back", {"visits": {WEATHER: 1, FOOD: 1}}, {"shift:1"}),
        ("leads back", {"visits": {WEATHER: 1, SALE: 4}}, {"shift:0"}),
        ("the same sentence a third time", {"visits": {WEATHER: 1, FOOD: 1}, "uses": 1}, set()),
        ("the same sentence a third time", {"visits": {WEATHER: 1, FOOD: 2}}, {"shift:1"}),
        ("proposals with nothing asked", {"entropy": [0.6, 0.0]}, {"propose"}),
        ("proposals with nothing asked", {"entropy": [0.4, 0.4]}, set()),
        ("proposals with nothing asked", {"entropy": [0.6, 0.6], "asked": [0, 1]}, set()),
    ],
)
def test_behaviours(name: str, given: dict[str, Any], acts: set[str]) -> None:
    assert strange(name, **given) == acts


def test_a_sentence_comes_a_third_time_after_two_uses() -> None:
    acts = strange("the same sentence a third time", uses=2)
    assert acts >= {"check", "explore", "propose"}  # which have one wording here, too
    assert {"clarify:colour", "clarify:size"} <= acts
    assert not acts & {"shift:0", "shift:1"}


def test_conduct_counts_and_forbids() -> None:
    world = tiny_of()
    acts = world.acts
    propose, acknowledge = int(acts.of(Family.PROPOSE)[0]), int(acts.of(Family.ACKNOWLEDGE)[0])
    free = conduct(world, Plays(propose), 300, 7, WEIGHTS)
    again = NAMED["proposals after a yes"]
    assert free.rate(again) > 0.2
    assert free.yeses.mean() > 0.2
    np.testing.assert_array_equal(free.leads, 0.0)
    bound = conduct(world, Plays(propose, acknowledge), 300, 7, WEIGHTS, again)
    assert bound.rate(again) == 0.0
    assert bound.returns.mean() > free.returns.mean()  # who asks again is worse off
    assert conduct(world, Plays(acknowledge), 300, 7, WEIGHTS, again).returns.tolist() == conduct(world, Plays(acknowledge), 300, 7, WEIGHTS).returns.tolist()


def test_rates_of_leads_are_shares() -> None:
    world = tiny_of()
    lead = int(world.acts.of(Family.SHIFT)[0])
    found = conduct(world, Plays(lead), 100, 7, WEIGHTS)
    back = found.rate(NAMED["leads back"])
    assert 0.5 < back < 1.0
    assert back == pytest.approx(found.counts["leads back"].sum() / found.leads.sum())
    every = Behaviour("every lead", lambda world, state: np.isin(np.broadcast_to(world.acts.family, state.talk.open.shape), [Family.SHIFT]), 1.0)
    bound = conduct(world, Plays(lead), 100, 7, WEIGHTS, every)
    assert bound.leads.sum() == 0.0  # a policy that does not heed masks is made to acknowledge
