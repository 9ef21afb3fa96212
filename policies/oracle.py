"""The ceiling: a strong rule that sees the hidden person. For evaluation only.

It knows the need, the true interests, the mind and the chance of a yes, but not the dice. It
estimates what a policy could reach that read people perfectly; it is no proof of an optimum.
"""

import numpy as np
import numpy.typing as npt

from dialogue_env.acts import Family, UserAct
from dialogue_env.move import read_move
from dialogue_env.state import NOWHERE, Mind, State, Talk
from dialogue_env.user import reply_logits
from dialogue_env.world import World

Floats = npt.NDArray[np.float32]
Ints = npt.NDArray[np.int64]

IMPOSSIBLE = np.float32(-1e6)


class Oracle:
    """The privileged rule; ``plan`` is what evaluation calls instead of ``predict``."""

    def __init__(self, world: World) -> None:
        """Play in ``world``."""
        self._world = world

    def plan(self, state: State) -> Ints:
        """Return the acts [B] for the true state."""
        return privileged(self._world, state)


def privileged(world: World, state: State) -> Ints:
    """Return the acts [B] of a rule that sees the need, the interest and the mind."""
    acts, mind, talk = world.acts, state.mind, state.talk
    numbers, fit = acts.numbers, np.maximum(acts.fit[:, state.need].T, 0.0)
    upset, willing = mind[:, Mind.DISTRESS, None], mind[:, Mind.WILLINGNESS, None]
    late = np.maximum(talk[:, [Talk.TURN]] / np.float32(world.domain.max_turns) - 0.6, 0.0)
    score = 14.0 * numbers[:, 1] * fit * upset - 0.8 * state.uses
    score += 9.0 * numbers[:, 0] * fit * (1.0 - willing) * np.maximum(1.0 - 2.0 * upset, 0.0)
    score[:, acts.span[Family.ANSWER]] += 3.0
    score[:, acts.span[Family.CORRECT]] += 1.0
    score[:, acts.span[Family.YIELD]] += 0.6
    score[:, acts.span[Family.CLOSE]] += np.where(talk[:, Talk.AGREED] > 0, 4.0 + 20.0 * (willing[:, 0] - 0.8) + 20.0 * late[:, 0], -5.0)[:, None]
    thinking = (mind[:, Mind.THINKING] > 0) & (mind[:, Mind.STUCK] == 0)
    score[:, acts.span[Family.HOLD]] += np.where(thinking, 3.0, -3.0)[:, None]
    score[:, acts.span[Family.SHIFT]] += _leads(world, state) - 0.8 * (_last_family(world, talk) == Family.SHIFT)[:, None]
    score[:, acts.span[Family.CLARIFY]] += _questions(world, state)
    ready = 6.0 * (_would_accept(world, state)[:, None] - 0.75) + 2.0 * (willing - 0.7) + 8.0 * late
    score[:, acts.span[Family.PROPOSE]] += ready - 10.0 * talk[:, [Talk.AGREED]]
    return np.where(state.open, score, IMPOSSIBLE).argmax(axis=1)


def _would_accept(world: World, state: State) -> Floats:
    """Return the probability [B] that a proposal now gets a yes."""
    proposals = np.full(len(state), world.acts.span[Family.PROPOSE].start)
    chances = np.exp(reply_logits(world, state, read_move(world, state, proposals)))
    return chances[:, UserAct.ACCEPT] / chances.sum(axis=1)


def _leads(world: World, state: State) -> Floats:
    """Score the slate [B, K] by closeness to the goal, true interest and smoothness."""
    topic = state.talk[:, [Talk.TOPIC]]
    interest = np.take_along_axis(state.interest, state.slate, axis=1) - np.take_along_axis(state.interest, topic, axis=1)
    nearer = world.goal_closeness[state.slate] - world.goal_closeness[topic]
    return 1.2 * nearer + 1.2 * interest + 0.4 * world.domain.closeness[topic, state.slate]


def _questions(world: World, state: State) -> Floats:
    """Score the slots [B, S]: worth asking where the most likely item misses the wish, and the talk is near; never about a known profile."""
    best = world.codes[state.talk[:, Talk.BEST_ITEM]]
    missed = (best != state.wish) & (state.wish != world.sizes)
    return missed * 4.0 * world.slot_weights + world.domain.slot_closeness[state.talk[:, Talk.TOPIC]] - (0.8 if world.domain.target == "item" else 9.0)


def _last_family(world: World, talk: Ints) -> Ints:
    last = talk[:, Talk.LAST_ACT]
    return np.where(last == NOWHERE, NOWHERE, world.acts.family[last])
