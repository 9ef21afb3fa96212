"""Saying and doing: who acts on it in the end, by whether they said yes, said no to an offer, or neither.

The hazard of the first yes, taking it back and the effect of asking again are slopes of the reply
logit (``response``); this is the ``outcome`` of a domain, whose bias and steps are set so that replayed
people do it as often as real ones in each of the three groups.
"""

from collections.abc import Mapping
from dataclasses import replace

import numpy as np

from calibration.corpora.coded import Coded
from calibration.fits.estimates import Estimate
from calibration.fits.recentre import log_odds, log_odds_error
from calibration.replay import script, simulate
from dialogue_env.acts import Family, Reply
from dialogue_env.types import F64, I64, Bools
from dialogue_env.world import World, build_world
from rewards.errors import InputError

GROUPS = ("neither", "agreed", "rejected")
ROUNDS = 12
COPIES = 20
FEWEST = 20


def groups(family: I64, reply: I64) -> I64:
    """Return the group [D] of each dialogue, an index of ``GROUPS``: what stands of the answers to offers at the end.

    -1 where nothing was proposed and nobody said yes: simulated people then do nothing, and what moved real ones no act tells.
    """
    exchange = np.arange(1, reply.shape[1] + 1)

    def latest(happens: Bools) -> I64:
        return np.asarray((happens * exchange).max(axis=1, initial=0))

    yes, no = latest(reply == Reply.ACCEPT), latest(reply == Reply.RESIST)
    refused = latest((reply == Reply.RESIST) & (family == Family.PROPOSE))
    asked = (family == Family.PROPOSE).any(axis=1) | (yes > 0)
    return np.where(asked, np.where(yes > no, 1, np.where(refused > yes, 2, 0)), -1)


def fit_outcome(where: str, world: World, coded: Coded, done: F64) -> tuple[Estimate, ...]:
    """Return ``outcome.bias``, ``.agreed`` and ``.rejected`` of the world's domain; ``done`` [D] is 1 for those who did it.

    Raises InputError if a group is too small.
    """
    group = groups(coded.family, coded.reply)
    counts = np.bincount(group[group >= 0], minlength=3)
    if counts.min() < FEWEST:
        raise InputError(f"{where}: {counts.min()} dialogues end with {GROUPS[int(counts.argmin())]}; at least {FEWEST} are needed")
    told = np.array([log_odds(float(done[group == g].sum()), int(counts[g])) for g in range(3)])
    levels = told.copy()
    for _ in range(ROUNDS):
        trial = build_world(replace(world.domain, outcome=_outcome(world.domain.outcome, levels)), world.population, world.noise)
        replays = simulate(trial, script(trial, coded.family, coded.variant), 2, COPIES)
        drawn = groups(replays.family, replays.reply)
        levels += told - np.array([log_odds(float(replays.acts_on_it[drawn == g].sum()), int((drawn == g).sum())) for g in range(3)])
    errors = [log_odds_error(float(done[group == g].sum()), int(counts[g])) for g in range(3)]
    method = "share of those who did it, in replays as in the corpus"
    values = (levels[0], levels[1] - levels[0], levels[2] - levels[0])
    return tuple(
        Estimate(f"outcome.{name}", float(value), error, int(count), where, method)
        for name, value, error, count in zip(("bias", "agreed", "rejected"), values, _differences(errors), counts, strict=True)
    )


def _outcome(table: Mapping[str, float], levels: F64) -> Mapping[str, float]:
    neither, agreed, rejected = levels.tolist()
    return {**table, "bias": neither, "agreed": agreed - neither, "rejected": rejected - neither}


def _differences(errors: list[float]) -> list[float]:
    """Return the standard errors of the first level and of the others' distance from it."""
    return [errors[0], *(float(np.hypot(errors[0], error)) for error in errors[1:])]
