"""Hand-written strategies: the baselines that a trained policy has to beat.

A rule scores every act from the observation, [B, A]; the open act with the highest score is
played (the first of equals). Rules see what a learned policy sees, nothing more.
"""

from collections.abc import Callable
from typing import Any

import numpy as np
import numpy.typing as npt

from dialogue_env.acts import Family
from dialogue_env.agent.observation import Layout
from dialogue_env.domain.act_table import ActTable
from dialogue_env.draws import Stream, dialogue_keys, uniforms
from dialogue_env.types import I64, Bools
from policies.view import View

Floats = npt.NDArray[np.floating[Any]]
Rule = Callable[[View], Floats]

NEAR = 0.9
"""A topic this close to the goal counts as there."""
UPSET = 0.55
STUCK = 0.5
MOST_REFUSALS = 0.5
"""Resisting replies, over 5, at which to take no for an answer once it is late."""
TO_THE_POINT = 0.6
"""Relevance from which a question does not come out of the blue."""
CONFIDENT = 0.3
"""Mass on the best item at which to propose (a strong simple rule of multi-round asking)."""


def _reactive_core(view: View) -> Floats:
    """Score the replies that any sensible agent gives: answer, repair, keep quiet while somebody thinks, close after a yes."""
    score = np.zeros((len(view.observation), len(view.acts.names)), np.float32)
    score += 9.0 * view.of(Family.ANSWER) + 8.0 * view.of(Family.CORRECT)
    score += 10.0 * view.agreed[:, None] * view.of(Family.CLOSE)
    score += 7.0 * (view.thinking & (view["hesitation"] < STUCK))[:, None] * view.of(Family.HOLD)
    return score


def reactive(view: View) -> Floats:
    """Never lead: answer, repair, follow the person's topic, else acknowledge (what chat models do)."""
    return _reactive_core(view) + 6.0 * view.of(Family.YIELD) + 5.0 * view.of(Family.ACKNOWLEDGE) - view.uses * 0.1


def push(view: View) -> Floats:
    """Lead straight to the goal and ask for it until it is given."""
    there = view["topic_near_goal"] >= NEAR
    score = 5.0 * _towards_goal(view) + 6.0 * there[:, None] * view.of(Family.PROPOSE)
    return score + 10.0 * view.agreed[:, None] * view.of(Family.CLOSE)


def accommodate(view: View) -> Floats:
    """Follow the person wherever they go; ask openly, and for the goal only late and in a good mood."""
    ready = (view["time"] >= 0.6) & (view["mood"] >= 0.6)
    score = _reactive_core(view) + 6.0 * view.of(Family.YIELD) + 4.0 * view.of(Family.EXPLORE) + 4.0 * view.of(Family.ACKNOWLEDGE)
    return score - view.uses + 5.5 * ready[:, None] * view.of(Family.PROPOSE)


def max_entropy(view: View) -> Floats:
    """Ask what is least certain until an item stands out, then go to the goal and propose."""
    ready = (view["best_mass"] >= CONFIDENT) | (view.slot("asked").min(axis=1) > 0)
    score = _reactive_core(view) + _ask(view, view.slot("entropy")) * ~ready[:, None]
    return score + _finish(view, ready)


def ask_then_propose(view: View) -> Floats:
    """The sensible rule: ask what is open, comfort who is upset in the way that fits, lead to the goal, make the case that fits, propose.

    After a no it makes good first; once it is late it takes no for an answer. After a yes it closes.
    """
    upset, late = (view["upset"] >= UPSET)[:, None], (view["time"] >= 0.6)[:, None]
    fit, fresh, there = view.act("fit"), view.uses < 2, (view["topic_near_goal"] >= NEAR)[:, None]
    case = view.of(Family.INFORM) & (view.uses < 1) & (fit > 0.5)
    told = (view["best_mass"] >= CONFIDENT)[:, None] | case.any(axis=1, keepdims=True)
    unsettled = (view.slot("asked") == 0) & (view.slot("top_mass") < 0.7) & ~late & ~told
    ready = ~upset[:, 0] & (late[:, 0] | ~(unsettled.any(axis=1) | case.any(axis=1)))
    score = _reactive_core(view) + 6.0 * view.of(Family.YIELD) * (view["mood"] < 0.4)[:, None]
    score += _ask(view, unsettled * (0.2 + 0.8 * view.slot("entropy")) * (there | (view.slot("relevance") >= TO_THE_POINT)))
    score += (6.2 * view.resisted[:, None] + 3.6 * (upset & fresh) + fit - 0.3 * view.uses) * view.of(Family.ACKNOWLEDGE)
    score += (3.3 * upset * fresh + 4.5 * ~upset * case) * (fit > 0.5) * fit * view.of(Family.INFORM)
    score += 7.5 * ((view["refusals"] >= MOST_REFUSALS)[:, None] & late) * view.of(Family.CLOSE)
    return score + 3.4 * (~there & ~upset) * _towards_goal(view) + _finish(view, ready)


def ipro(view: View) -> Floats:
    """Weigh goal against liking by four factors (turn, difficulty, satisfaction, cooperation), hand-set.

    After I-Pro (SIGIR 2022), whose formulas were never released: a reconstruction. The weight
    grows with time and satisfaction and falls with difficulty and uncooperativeness.
    """
    drive = 3.0 * (view["time"] - 0.4) + 2.0 * (view["mood"] - 0.5) + 1.5 * (view["cooperation"] - 0.5) - 1.5 * (view["difficulty"] - 0.5)
    weight = (1.0 / (1.0 + np.exp(-2.0 * drive)))[:, None]
    taste = 0.6 * view.candidate("liking") + 0.2 * view.candidate("closeness") + 0.2 * view.candidate("novelty")
    gain = weight * view.candidate("goal_closeness") + (1.0 - weight) * taste
    score = _reactive_core(view)
    score[:, view.of(Family.SHIFT)] += 3.0 + gain
    score += 3.9 * view.of(Family.YIELD) * (1.0 - weight) + (3.2 + 0.5 * view["upset"][:, None] - 0.3 * view.uses) * view.of(Family.ACKNOWLEDGE)
    score += weight * _ask(view, view.slot("entropy"))
    score += ((weight > 0.5) & (view["topic_near_goal"] >= NEAR)[:, None]) * 5.2 * view.of(Family.PROPOSE)
    return score - 0.2 * view.uses * ~view.of(Family.PROPOSE)


def _towards_goal(view: View) -> Floats:
    """Score SHIFT by the candidate's closeness to the goal, [B, A] in [0, 1]."""
    score = np.zeros((len(view.observation), len(view.acts.names)), np.float32)
    score[:, view.of(Family.SHIFT)] = view.candidate("goal_closeness")
    return score


def _ask(view: View, value: Floats) -> Floats:
    """Score CLARIFY by ``value`` [B, S] in [0, 1] plus a little relevance, [B, A] in [4, 6]."""
    score = np.zeros((len(view.observation), len(view.acts.names)), np.float32)
    score[:, view.of(Family.CLARIFY)] = 4.0 * (value > 0) + value + 0.5 * view.slot("relevance")
    return score


def _finish(view: View, ready: Bools) -> Floats:
    """Score going to the goal and proposing there, [B, A], where ``ready`` [B]."""
    there = view["topic_near_goal"] >= NEAR
    propose = 6.0 * (ready & there)[:, None] * view.of(Family.PROPOSE)
    return propose + 3.0 * ready[:, None] * _towards_goal(view)


def random(view: View) -> Floats:
    """Play any open act, evenly; chance is a function of the observation, so dialogues can be replayed.

    It follows that people with equal first observations get the same first act.
    """
    words = np.ascontiguousarray(view.observation).view(np.uint32).astype(np.uint64)
    places = np.arange(1, words.shape[1] + 1, dtype=np.uint64) * np.uint64(0x9E3779B97F4A7C15)
    digest = (words * places).sum(axis=1)  # in the place of a dialogue's number: none is as great
    return uniforms(dialogue_keys(Stream.EVALUATION, 0, digest), 0, len(view.acts.names))


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
        action_masks: Bools | None = None,
    ) -> tuple[I64, None]:
        """Return acts [B] for observations [B, D]; ``state`` and ``episode_start`` are not used."""
        view = View(self._layout, self._acts, np.atleast_2d(observation))
        open_ = view.act("open") > 0 if action_masks is None else np.atleast_2d(action_masks)
        return np.where(open_, self._rule(view), -np.inf).argmax(axis=1), None
