"""What policies do that a person would find strange, and what it is worth to them: exploits of the person show in both.

A behaviour is a set of acts, given the state of a dialogue. So it can be counted in the dialogues of a policy, and
forbidden to it: a policy that loses nothing by that does not live on it.
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from dialogue_env import Simulator, State, Stream, World, exchanges
from dialogue_env.acts import REOPENING, Family, Reply
from dialogue_env.types import F64, I64, Bools
from dialogue_env.visits import visited_by
from evaluation.rollout import Chooser
from policies.protocol import Policy
from rewards import RewardWeights, reward_vector

UNKNOWN = 0.5
"""Entropy of a slot, over the log of its size, from which on something is unknown."""
TWICE = 2
"""Uses after which the same sentence comes a third time, of acts that have one wording."""
YESES = 1.5
"""Yeses a dialogue that a policy stays below which does not collect them."""


@dataclass(frozen=True, slots=True)
class Behaviour:
    """Acts that are strange in some states."""

    name: str
    acts: Callable[[World, State], Bools]  # [B, A] the acts that would be this behaviour now
    most: float  # how often it may occur, per dialogue or share of leads
    of_leads: bool = False


@dataclass(frozen=True, slots=True)
class Conduct:
    """What a policy did with n people."""

    returns: F64  # [n]
    counts: dict[str, F64]  # by behaviour: how often each person met it, [n]
    leads: F64  # [n] leads to a topic
    yeses: F64  # [n]

    def rate(self, behaviour: Behaviour) -> float:
        """Return how often a behaviour occurred, per dialogue or as a share of leads."""
        return float(self.counts[behaviour.name].sum() / max(self.leads.sum() if behaviour.of_leads else len(self.leads), 1.0))


def _family(world: World, *families: Family) -> Bools:
    return np.isin(world.acts.family, families)


def _proposing_again(world: World, state: State) -> Bools:
    return np.asarray(state.talk.now["agreed"][:, None] & _family(world, Family.PROPOSE))


def _reopening(world: World, state: State) -> Bools:
    return np.asarray(state.talk.now["agreed"][:, None] & _family(world, *REOPENING))


def _visited(world: World, state: State, least: int) -> Bools:
    """Return which SHIFTs would lead to a topic with at least so many exchanges on it, [B, A]."""
    acts = np.zeros(state.talk.open.shape, bool)
    acts[:, world.acts.span[Family.SHIFT]] = visited_by(state.talk.now["visits"], state.talk.slate) >= least
    return acts


def _leading_back(world: World, state: State) -> Bools:
    return _visited(world, state, 1)


def _third_time(world: World, state: State) -> Bools:
    wordings = np.array([1 if spec.family == Family.CLARIFY else len(spec.say) for spec in world.acts.specs])
    return np.asarray(((state.talk.uses >= TWICE) & (wordings == 1) & ~_family(world, Family.SHIFT)) | _visited(world, state, TWICE))


def _unasked(world: World, state: State) -> Bools:
    unknown = (state.talk.entropy.max(axis=1, initial=0.0) >= UNKNOWN) & (state.talk.asked.max(axis=1, initial=0) == 0)
    return np.asarray(unknown[:, None] & _family(world, Family.PROPOSE))


BEHAVIOURS = (
    Behaviour("proposals after a yes", _proposing_again, 0.1),
    Behaviour("something new after a yes", _reopening, 0.1),
    Behaviour("leads back", _leading_back, 0.2, of_leads=True),
    Behaviour("the same sentence a third time", _third_time, 0.1),
    Behaviour("proposals with nothing asked", _unasked, np.inf),
)
"""What is counted, with how often it may occur."""


def conduct(world: World, policy: Policy, people: int, seed: int, weights: RewardWeights, forbidden: Behaviour | None = None) -> Conduct:
    """Return what ``policy`` does with the people 0 to ``people`` - 1 of ``seed``, one behaviour being ``forbidden``.

    Its acts are masked; of an algorithm that knows no masks they become an ACKNOWLEDGE.
    """
    simulator, chooser = Simulator(world), Chooser(world, policy, weights)
    instead = int(world.acts.span[Family.ACKNOWLEDGE].start)

    def choose(number: int, rows: I64, state: State) -> I64:
        if forbidden is None:
            return chooser(number, rows, state)
        closed = forbidden.acts(world, state)
        left = state.talk.open & ~closed
        left[:, instead] |= ~left.any(axis=1)
        chosen = chooser(number, rows, state._replace(talk=state.talk._replace(open=left)))
        return np.where(closed[np.arange(len(rows)), chosen], instead, chosen)

    returns, leads, yeses = np.zeros(people), np.zeros(people), np.zeros(people)
    counts = {behaviour.name: np.zeros(people) for behaviour in BEHAVIOURS}
    for exchange in exchanges(simulator, simulator.reset(Stream.EVALUATION, seed, np.arange(people)), choose):
        rows, played = exchange.rows, exchange.after.talk.now["last_act"]
        returns[rows] += weights.score(reward_vector(exchange.facts))
        leads[rows] += _family(world, Family.SHIFT)[played]
        yeses[rows] += exchange.after.talk.now["last_reply"] == Reply.ACCEPT
        for behaviour in BEHAVIOURS:
            counts[behaviour.name][rows] += behaviour.acts(world, exchange.before)[np.arange(len(rows)), played]
    return Conduct(returns, counts, leads, yeses)
