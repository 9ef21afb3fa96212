"""Hand-written strategies: the baselines that a trained policy has to beat.

A rule scores every act from the observation, [B, A]; the open act with the highest score is
played (the first of equals). Rules see what a learned policy sees, nothing more.
"""

from collections.abc import Callable
from typing import Any

import numpy as np
import numpy.typing as npt

from dialogue_env.act_table import ActTable
from dialogue_env.acts import Family
from dialogue_env.observation import Layout
from dialogue_env.rng import dialogue_keys, uniforms
from policies.view import View

Floats = npt.NDArray[np.float32]
Ints = npt.NDArray[np.int64]
Rule = Callable[[View], Floats]

NEAR = 0.9
"""A topic this close to the goal counts as there."""
UPSET = 0.55
STUCK = 0.5
CONFIDENT = 0.3
"""Mass on the best item at which to propose (a strong simple rule of multi-round asking)."""


def _reactive_core(view: View) -> Floats:
    """Score the replies that any sensible agent gives: answer, repair, keep quiet while somebody thinks, close after a yes."""
    score = np.zeros((len(view.observation), len(view.acts.names)), np.float32)
    score += 9.0 * view.of(Family.ANSWER) + 8.0 * view.of(Family.CORRECT)
    score += 10.0 * view.agreed[:, None] * view.of(Family.CLOSE)
    score += 7.0 * (view.thinking & (view.hesitation < STUCK))[:, None] * view.of(Family.HOLD)
    return score


def reactive(view: View) -> Floats:
    """Never lead: answer, repair, follow the person's topic, else acknowledge (what chat models do)."""
    return _reactive_core(view) + 6.0 * view.of(Family.YIELD) + 5.0 * view.of(Family.ACKNOWLEDGE) - view.uses * 0.1


def push(view: View) -> Floats:
    """Lead straight to the goal and ask for it until it is given."""
    there = view.near_goal >= NEAR
    score = 5.0 * _towards_goal(view) + 6.0 * there[:, None] * view.of(Family.PROPOSE)
    return score + 10.0 * view.agreed[:, None] * view.of(Family.CLOSE)


def accommodate(view: View) -> Floats:
    """Follow the person wherever they go; ask openly, and for the goal only late and in a good mood."""
    ready = (view.time >= 0.6) & (view.mood >= 0.6)
    score = _reactive_core(view) + 6.0 * view.of(Family.YIELD) + 4.0 * view.of(Family.EXPLORE) + 4.0 * view.of(Family.ACKNOWLEDGE)
    return score - view.uses + 5.5 * ready[:, None] * view.of(Family.PROPOSE)


def max_entropy(view: View) -> Floats:
    """Ask what is least certain until an item stands out, then go to the goal and propose."""
    ready = (view.part("item")[:, 0] >= CONFIDENT) | (view.part("slots")[:, 2].min(axis=1) > 0)
    score = _reactive_core(view) + _ask(view, view.part("slots")[:, 0]) * ~ready[:, None]
    return score + _finish(view, ready)


def ask_then_propose(view: View) -> Floats:
    """The sensible rule: comfort first, lead by steps, ask what is open and to the point, make the case that fits, propose at the goal.

    It acknowledges between two leads and after resistance, and never insists.
    """
    slots, likely = view.part("slots"), view.fit > 0.6
    open_questions = (slots[:, 2] == 0) & (slots[:, 1] < 0.8)
    upset, late = view.upset >= UPSET, view.time >= 0.7
    case = view.of(Family.INFORM) & (view.uses < 1) & likely
    ready = ~upset & (late | ~(open_questions.any(axis=1) | case.any(axis=1)))
    score = _reactive_core(view) + 6.0 * view.of(Family.YIELD) * (view.mood < 0.5)[:, None]
    score += (6.5 * (upset | view.resisted)[:, None] + 3.5 * view.led[:, None] + view.fit - view.uses) * view.of(Family.ACKNOWLEDGE)
    score += _ask(view, open_questions * (slots[:, 3] >= 0.5)) * ~upset[:, None]
    score += 4.8 * (~upset[:, None] & case) * view.fit
    return score + 1.0 * ~upset[:, None] * _towards_goal(view) + _finish(view, ready)


def ipro(view: View) -> Floats:
    """Weigh goal against liking by four factors (turn, difficulty, satisfaction, cooperation), hand-set.

    After I-Pro (SIGIR 2022), whose formulas were never released: a reconstruction. The weight
    grows with time and satisfaction and falls with difficulty and uncooperativeness.
    """
    drive = 3.0 * (view.time - 0.4) + 2.0 * (view.mood - 0.5) + 1.5 * (view.cooperation - 0.5) - 1.5 * (view.difficulty - 0.5)
    weight = (1.0 / (1.0 + np.exp(-2.0 * drive)))[:, None]
    candidates = view.part("candidates")
    gain = weight * candidates[:, 0] + (1.0 - weight) * (0.6 * candidates[:, 2] + 0.2 * candidates[:, 1] + 0.2 * candidates[:, 3])
    score = _reactive_core(view)
    score[:, view.of(Family.SHIFT)] += 3.0 + gain
    score += 3.9 * view.of(Family.YIELD) * (1.0 - weight) + (3.2 + 0.5 * view.upset[:, None] - 0.3 * view.uses) * view.of(Family.ACKNOWLEDGE)
    score += weight * _ask(view, view.part("slots")[:, 0])
    score += ((weight > 0.5) & (view.near_goal >= NEAR)[:, None]) * 5.2 * view.of(Family.PROPOSE)
    return score - 0.2 * view.uses * ~view.of(Family.PROPOSE)


def _towards_goal(view: View) -> Floats:
    """Score SHIFT by the candidate's closeness to the goal, [B, A] in [0, 1]."""
    score = np.zeros((len(view.observation), len(view.acts.names)), np.float32)
    score[:, view.of(Family.SHIFT)] = view.part("candidates")[:, 0]
    return score


def _ask(view: View, value: Floats) -> Floats:
    """Score CLARIFY by ``value`` [B, S] in [0, 1] plus a little relevance, [B, A] in [4, 6]."""
    score = np.zeros((len(view.observation), len(view.acts.names)), np.float32)
    score[:, view.of(Family.CLARIFY)] = 4.0 * (value > 0) + value + 0.5 * view.part("slots")[:, 3]
    return score


def _finish(view: View, ready: npt.NDArray[np.bool_]) -> Floats:
    """Score going to the goal and proposing there, [B, A], where ``ready`` [B]."""
    there = view.near_goal >= NEAR
    propose = 6.0 * (ready & there)[:, None] * view.of(Family.PROPOSE)
    return propose + 3.0 * ready[:, None] * _towards_goal(view)


def random(view: View) -> Floats:
    """Play any open act, evenly; chance is a function of the observation, so dialogues can be replayed.

    It follows that people with equal first observations get the same first act.
    """
    words = np.ascontiguousarray(view.observation).view(np.uint32).astype(np.uint64)
    places = np.arange(1, words.shape[1] + 1, dtype=np.uint64) * np.uint64(0x9E3779B97F4A7C15)
    digest = (words * places).sum(axis=1)
    return uniforms(dialogue_keys(digest.astype(np.int64), np.zeros(len(digest), np.int64)), np.zeros(len(digest), np.int64), len(view.acts.names))


RULES: dict[str, Rule] = {
    "random": random,
    "reactive": reactive,
    "push": push,
    "accommodate": accommodate,
    "max_entropy": max_entropy,
    "ask_then_propose": ask_then_propose,
    "ipro": ipro,
}


class RulePolicy:
    """A rule behind SB3's ``predict``; it needs no training and no torch."""

    def __init__(self, name: str, rule: Rule, layout: Layout, acts: ActTable) -> None:
        """Play ``rule`` on observations of ``layout`` with the acts of ``acts``."""
        self.name = name
        self._rule, self._layout, self._acts = rule, layout, acts

    def predict(
        self,
        observation: Floats,
        state: Any = None,
        episode_start: Any = None,
        deterministic: bool = True,
        action_masks: npt.NDArray[np.bool_] | None = None,
    ) -> tuple[Ints, None]:
        """Return acts [B] for observations [B, D]; ``state`` and ``episode_start`` are not used."""
        view = View(self._layout, self._acts, np.atleast_2d(observation))
        open_ = view.part("acts")[:, 2] > 0 if action_masks is None else np.atleast_2d(action_masks)
        return np.where(open_, self._rule(view), -np.inf).argmax(axis=1), None
