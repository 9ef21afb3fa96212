"""Saying and doing: who acts on it in the end, by whether they said yes, said no to an offer, or neither.

The hazard of the first yes, taking it back and the effect of asking again are slopes of the reply
logit (``response``); this is the ``outcome`` of a domain, whose bias and steps are set so that replayed
people do it as often as real ones in each of the three groups.
"""

from collections.abc import Mapping
from dataclasses import replace

import numpy as np
import numpy.typing as npt

from calibration.coded import Coded
from calibration.estimates import Estimate
from calibration.recentre import log_odds
from calibration.replay import script, simulate
from dialogue_env.acts import Family, UserAct
from dialogue_env.world import World
from rewards.errors import InputError

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]

GROUPS = ("neither", "agreed", "rejected")
ROUNDS = 12
COPIES = 20
FEWEST = 20


def groups(family: Ints, reply: Ints) -> Ints:
    """Return the group [D] of each dialogue, an index of ``GROUPS``: what stands of the answers to offers at the end."""
    exchange = np.arange(1, reply.shape[1] + 1)

    def latest(happens: npt.NDArray[np.bool_]) -> Ints:
        return np.asarray((happens * exchange).max(axis=1, initial=0))

    yes, no = latest(reply == UserAct.ACCEPT), latest(reply == UserAct.RESIST)
    refused = latest((reply == UserAct.RESIST) & (family == Family.PROPOSE))
    return np.where(yes > no, 1, np.where(refused > yes, 2, 0))


def fit_outcome(where: str, world: World, coded: Coded, done: Floats) -> tuple[Estimate, ...]:
    """Return ``outcome.bias``, ``.agreed`` and ``.rejected`` of the world's domain; ``done`` [D] is 1 for those who did it.

    Raises InputError if a group is too small.
    """
    group = groups(coded.family, coded.reply)
    counts = np.bincount(group, minlength=3)
    if counts.min() < FEWEST:
        raise InputError(f"{where}: {counts.min()} dialogues end with {GROUPS[int(counts.argmin())]}; at least {FEWEST} are needed")
    told = np.array([log_odds(float(done[group == g].sum()), int(counts[g])) for g in range(3)])
    levels = told.copy()
    for _ in range(ROUNDS):
        trial = replace(world, domain=replace(world.domain, outcome=_outcome(world.domain.outcome, levels)))
        replays = simulate(trial, script(trial, coded.family, coded.variant), 2, COPIES)
        drawn = groups(replays.family, replays.reply)
        levels += told - np.array([log_odds(float(replays.acts_on_it[drawn == g].sum()), int((drawn == g).sum())) for g in range(3)])
    errors = [float(np.sqrt(1.0 / (done[group == g].sum() + 0.5) + 1.0 / (counts[g] - done[group == g].sum() + 0.5))) for g in range(3)]
    method = "share of those who did it, in replays as in the corpus"
    values = (levels[0], levels[1] - levels[0], levels[2] - levels[0])
    return tuple(
        Estimate(f"outcome.{name}", float(value), error, int(count), where, method)
        for name, value, error, count in zip(("bias", "agreed", "rejected"), values, _differences(errors), counts, strict=True)
    )


def _outcome(table: Mapping[str, np.float32], levels: Floats) -> Mapping[str, np.float32]:
    neither, agreed, rejected = (np.float32(level) for level in levels)
    return {**table, "bias": neither, "agreed": agreed - neither, "rejected": rejected - neither}


def _differences(errors: list[float]) -> list[float]:
    """Return the standard errors of the first level and of the others' distance from it."""
    return [errors[0], *(float(np.hypot(errors[0], error)) for error in errors[1:])]
