"""The mind-reading rule: hand-written, and it sees the hidden person. For evaluation only.

It knows the need, the true interests, the mind and the chance of a yes, but not the dice. It is no ceiling: policies that
were trained without seeing anybody's mind come out above it. A ceiling is trained (``train.py --informed``).
"""

import numpy as np

from dialogue_env.acts import Family, Reply
from dialogue_env.agent.observation import Observer
from dialogue_env.likelihood import interests, missed_wishes, would_accept
from dialogue_env.state import State
from dialogue_env.types import F64, I64
from dialogue_env.world import World
from policies.view import View
from rewards import RewardWeights

IMPOSSIBLE = -1e6
_SHOWN = RewardWeights.parse("balanced").as_array()
"""The reward weights in its observation, by which it does not go."""


class InformedRule:
    """The mind-reading rule; ``plan`` is what evaluation calls instead of ``predict``."""

    def __init__(self, world: World) -> None:
        """Play in ``world``."""
        self._world, self._observer = world, Observer(world.tables)

    def plan(self, state: State) -> I64:
        """Return the acts [B] for the true state."""
        view = View(self._observer.layout, self._world.acts, self._observer.observe(state.talk, _SHOWN))
        return np.where(state.talk.open, scores(self._world, view, state), IMPOSSIBLE).argmax(axis=1)


def scores(world: World, view: View, state: State) -> F64:
    """Score the acts [B, A] as a rule does that sees the need, the interests and the mind beside the observation."""
    person, acts = state.person.now, world.acts
    upset, willing = person["distress"][:, None], person["willingness"][:, None]
    late = np.maximum(view["time"].astype(np.float64) - 0.6, 0.0)[:, None]
    fit = np.maximum(acts.fits[:, person["need"]][acts.records["fit_row"]].T, 0.0)
    score = 14.0 * acts.records["comfort"] * fit * upset - 0.8 * view.act("uses")
    score += 9.0 * acts.records["gain"] * fit * (1.0 - willing) * np.maximum(1.0 - 2.0 * upset, 0.0)
    score[:, acts.span[Family.ANSWER]] += 3.0
    score[:, acts.span[Family.CORRECT]] += 1.0
    score[:, acts.span[Family.YIELD]] += 0.6
    score[:, acts.span[Family.CLOSE]] += np.where(view.agreed[:, None], 4.0 + 20.0 * (willing - 0.8) + 20.0 * late, -5.0)
    score[:, acts.span[Family.HOLD]] += np.where((person["last_reply"] == Reply.SILENT) & ~person["stuck"], 3.0, -3.0)[:, None]
    score[:, acts.span[Family.SHIFT]] += _leads(world, view, state) - 0.8 * view.led[:, None]
    score[:, acts.span[Family.CLARIFY]] += _questions(world, view, state)
    accepting = would_accept(world, state, np.full(state.size, acts.span[Family.PROPOSE].start))[:, None]
    ready = 6.0 * (accepting - 0.75) + 2.0 * (willing - 0.7) + 8.0 * late
    score[:, acts.span[Family.PROPOSE]] += ready - 10.0 * view.agreed[:, None]
    return score


def _leads(world: World, view: View, state: State) -> F64:
    """Score the slate [B, K] by closeness to the goal, true interest and smoothness."""
    liking = interests(world, state.person, np.column_stack([state.talk.now["topic"], state.talk.slate]))
    nearer = view.candidate("goal_closeness") - view["topic_near_goal"][:, None]
    return 1.2 * nearer + 1.2 * (liking[:, 1:] - liking[:, :1]) + 0.4 * view.candidate("closeness")


def _questions(world: World, view: View, state: State) -> F64:
    """Score the slots [B, S]: worth asking where the most likely item misses the wish, and the talk is near; never about a known profile."""
    slots = world.tables.slots
    missed = missed_wishes(world, state)
    return missed * 4.0 * slots["weight"] + view.slot("relevance") - (0.8 if world.domain.target == "item" else 9.0)
