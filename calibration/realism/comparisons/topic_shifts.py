"""Topic shifts in the chit-chat of TIAGE: one side as logged, the other's shifts simulated."""

from dataclasses import dataclass
from functools import partial
from pathlib import Path

import numpy as np

from calibration.corpora.coded import OVER
from calibration.corpora.dialogues import Log
from calibration.corpora.readers.tiage import read_tiage
from calibration.fits.dial import dial
from calibration.fits.drift import SHIFT, fit_drift, turns
from calibration.fits.estimates import Estimate
from calibration.fits.response import REFERENCE
from calibration.fits.worlds import replay_world
from calibration.realism.comparisons.persuasion import NEVER, runs
from calibration.realism.distances import Values
from calibration.realism.ratios import Quantity, Sample, Simulate
from calibration.replay import script, simulate
from dialogue_env.acts import REPLIES, Family, Reply
from dialogue_env.types import I64
from dialogue_env.world import World

CORPUS = "TIAGE"
COPIES, SEED = 20, 7
LONGEST, MOST = 6, 6
RAREST, OFTENEST = -10.0, 6.0
"""Logits of drifting between which the right one is sought."""
LEADING = frozenset(("start", SHIFT))
"""Labels of the agent's turns that lead to a topic of its own; with all others it follows."""
STAYS = Quantity("replies in a row that stay on topic", "topic shifts", "total variation", (*map(str, range(1, LONGEST)), f"{LONGEST}+"), 1.5)
SHIFTS = Quantity("shifts per chat", "topic shifts", "total variation", (*map(str, range(MOST)), f"{MOST}+"), 1.5)


@dataclass(frozen=True, slots=True)
class TopicShifts:
    """The comparison on chats: who speaks first is the agent, the other is simulated."""

    log: Log
    name: str = "topic shifts"
    corpus: str = CORPUS
    replayed: str = "the agent leads and follows as logged"
    quantities: tuple[Quantity, ...] = (STAYS, SHIFTS)
    models: tuple[str, ...] = ("people", "never shifts", "constant rate")
    copies: int = COPIES

    @property
    def groups(self) -> I64:
        """Return a group for each chat."""
        return np.arange(len(self.log.dialogues))

    def human(self, rows: I64) -> Sample:
        """Return the shifts of the chats ``rows``."""
        return measure(self._sides(rows)[1])

    def fit(self, model: str, rows: I64) -> Simulate:
        """Return a model of shifts fitted to the chats ``rows``: people who drift in replays as often as people did there, or a rate."""
        table = turns(Log(tuple(self.log.dialogues[row] for row in rows), {}))
        often = float(table["shifted"].mean())
        if model == "people":
            estimates, _ = fit_drift(self.corpus, table)
            bias = dial(lambda trial: _share(self._played(chatters(estimates, trial), rows)), often, RAREST, OFTENEST)
            return lambda held: measure(self._played(chatters(estimates, bias), held))
        return partial(self._drawn, 0.0 if model == "never shifts" else often)

    def _sides(self, rows: I64) -> tuple[I64, I64]:
        """Return what the agent does, a Family, and whether the person shifts, [n, L] each; -1 where nobody replies."""
        chats = [self.log.dialogues[row].exchanges for row in rows]
        agent, person = (np.full((len(chats), max(map(len, chats))), OVER, np.int64) for _ in range(2))
        for c, chat in enumerate(chats):
            for k, exchange in enumerate(chat):
                if exchange.person:
                    agent[c, k] = Family.YIELD if LEADING.isdisjoint(exchange.agent) else Family.SHIFT
                    person[c, k] = SHIFT in exchange.person
        return agent, person

    def _played(self, world: World, rows: I64) -> I64:
        """Return whether simulated people shift, [n * copies, L]: the agent takes up the topic they raised, if they did, or leads as logged."""
        agent, _ = self._sides(rows)
        reply = simulate(world, script(world, agent, np.full(agent.shape, "")), SEED, self.copies).reply
        return np.where(reply == OVER, OVER, reply == Reply.DRIFT)

    def _drawn(self, rate: float, rows: I64) -> Sample:
        agent = np.repeat(self._sides(rows)[0], self.copies, axis=0)
        shifts = np.random.default_rng(SEED).random(agent.shape) < rate
        return measure(np.where(agent == OVER, OVER, shifts))


def load_topic_shifts(root: Path) -> TopicShifts:
    """Return the comparison on the chats below ``root``; raises InputError if they are not there."""
    return TopicShifts(read_tiage(root))


def chatters(estimates: tuple[Estimate, ...], bias: float) -> World:
    """Return the world of people who drift by the ``estimates`` and a ``bias``, under every act alike, and else stay with the topic.

    All that the corpus tells of a reply is whether it shifts, so no other reply is possible than the reference.
    """
    logits = dict.fromkeys(REPLIES, NEVER) | {Reply.DRIFT: bias, REFERENCE: 0.0}
    acts = (Family.SHIFT, Family.YIELD, Family.ACKNOWLEDGE)  # nobody is followed who has raised nothing: that is acknowledged
    biases = [Estimate(f"person.bias.{act.name}.{reply.name}", logit, None, 0, CORPUS, "replay") for act in acts for reply, logit in logits.items()]
    return replay_world((*estimates, *biases))


def measure(shifts: I64) -> Sample:
    """Return the values of the quantities of shifts [R, L], -1 after the end."""
    unit, lengths = runs(shifts == 0)
    total = np.minimum((shifts == 1).sum(axis=1), MOST).astype(np.float64)
    return {STAYS.name: Values(unit, np.minimum(lengths, LONGEST).astype(np.float64) - 1.0), SHIFTS.name: Values(np.arange(len(shifts)), total)}


def _share(shifts: I64) -> float:
    """Return the share of replies [R, L] that shift."""
    return float((shifts == 1).sum() / (shifts != OVER).sum())
