"""Biases and lagged slopes that make replays reply as people did.

The logit is fitted with hidden conditions (willingness, annoyance, ...) at their average. Simulated people
differ in them and react to what happens, so averages over people come out a little off. The biases
are therefore shifted until replaying the corpus gives each act family the replies that people gave, and
the slopes on time and on a person's own earlier replies until these tell as they did: the method of
simulated moments, with the same draws in every round.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace

import numpy as np

from calibration.corpora.coded import Coded, standing
from calibration.fits.estimates import Estimate
from calibration.fits.response import AGAIN, FEWEST_CELL, REFERENCE
from calibration.replay import script, simulate
from dialogue_env.acts import Family, Reply
from dialogue_env.person.replies import early, round_
from dialogue_env.types import F64, I64
from dialogue_env.world import World

ROUNDS = 20
COPIES = 20
DAMPING = 0.7
BuildWorld = Callable[[tuple[Estimate, ...]], World]
"""From estimates to the world that replays need."""


def split_catch_all(estimates: tuple[Estimate, ...], shares: Mapping[str, float]) -> tuple[Estimate, ...]:
    """Return the estimates with the catch-all reply split: of those in ``shares``, the replies that the corpus has no label for."""
    biases = [estimate.key.split(".") for estimate in estimates if estimate.key.startswith("person.bias.")]
    shares = {reply: share for reply, share in shares.items() if reply not in {key[-1] for key in biases}}
    kept, rest = [], 1.0 - sum(shares.values())
    for estimate in estimates:
        if not estimate.key.startswith("person.bias.") or not estimate.key.endswith(f".{REFERENCE.name}"):
            kept.append(estimate)
            continue
        kept.append(replace(estimate, value=estimate.value + float(np.log(rest))))
        for reply, share in shares.items():
            key, method = estimate.key.rpartition(".")[0], f"set by hand: {share:g} of the catch-all"
            kept.append(Estimate(f"{key}.{reply}", estimate.value + float(np.log(share)), None, 0, estimate.corpus, method))
    return tuple(kept)


def fold(reply: I64, labelled: I64) -> I64:
    """Return the replies with those a corpus has no label for counted as its catch-all."""
    return np.where((reply < 0) | np.isin(reply, labelled), reply, int(REFERENCE))


def recentre(estimates: tuple[Estimate, ...], coded: Coded, build: BuildWorld) -> tuple[Estimate, ...]:
    """Return the estimates shifted until replays of ``coded`` reply as its people did."""
    labelled = np.unique(coded.reply[coded.live])
    told, lagged, timed = _counts(coded.family, coded.reply), dict(_lagged(coded.reply)), _timed(coded.reply)
    shift = {estimate.key: 0.0 for estimate in estimates}
    for _ in range(ROUNDS):
        world = build(_shifted(estimates, shift))
        replays = simulate(world, script(world, coded.family, coded.variant), 1, COPIES)
        replies = fold(replays.reply, labelled)
        step = _excess(told, _counts(replays.family, replies))
        for estimate in estimates:
            family, reply = _cell(estimate)
            if reply in labelled and estimate.count >= FEWEST_CELL:
                shift[estimate.key] += DAMPING * float(step[family, reply])
        for key, odds in _lagged(replies):
            if key in shift:
                shift[key] += DAMPING * (lagged[key] - odds)
        for key, slope in _timed(replies).items():
            if key in shift and key in timed:
                shift[key] += DAMPING * (timed[key] - slope)
    return _shifted(estimates, shift)


def _shifted(estimates: tuple[Estimate, ...], shift: Mapping[str, float]) -> tuple[Estimate, ...]:
    return tuple(replace(estimate, value=estimate.value + shift[estimate.key]) for estimate in estimates)


def _cell(estimate: Estimate) -> tuple[int, int]:
    parts = estimate.key.split(".")
    return (Family[parts[2]], Reply[parts[3]]) if parts[:2] == ["person", "bias"] else (-1, -1)


def _counts(family: I64, reply: I64) -> F64:
    """Return how often each reply followed each family, [families, replies]."""
    counts = np.zeros((len(Family), len(Reply)))
    live = (family >= 0) & (reply >= 0)
    np.add.at(counts, (family[live], reply[live]), 1.0)
    return counts


def _excess(told: F64, drawn: F64) -> F64:
    """Return the log ratio of the shares told to those drawn, less that of the reference; half a reply is added to every count."""
    scale = told.sum(axis=1, keepdims=True) / np.maximum(drawn.sum(axis=1, keepdims=True), 1.0)
    step = np.log((told + 0.5) / (drawn * scale + 0.5))
    return np.asarray(step - step[:, [REFERENCE]])


def _lagged(reply: I64) -> Iterator[tuple[str, float]]:
    """Yield, by key of its slope, the log odds ratio of a reply given the person's own earlier ones."""
    before, now = reply[:, :-1], reply[:, 1:]
    agreed = standing(reply)[:, :-1]
    for act, key, given in (
        (Reply.RESIST, "response.RESIST.resisted", before == Reply.RESIST),
        (Reply.RESIST, "response.RESIST.agreed", agreed),
        (Reply.ACCEPT, "response.ACCEPT.agreed", agreed),
        *((act, f"again.{act.name}", before == act) for act in AGAIN),
    ):
        among, others = given & (now >= 0), ~given & (now >= 0)
        odds = [log_odds((now[rows] == act).sum(), rows.sum()) for rows in (among, others)]
        yield f"person.{key}", odds[0] - odds[1]


def _timed(reply: I64) -> dict[str, float]:
    """Return, by key of its slope, how each reply's share moves with the features of time: covariance over variance and share.

    ACCEPT counts only while no yes stands, for what people say once they agreed does not time the agreement.
    """
    live = reply >= 0
    undecided = live & ~np.roll(standing(reply), 1, axis=1)
    undecided[:, 0] = live[:, 0]
    slopes = {}
    for name, after in (("early", early), ("round", round_)):
        feature = np.array([after(exchanges) for exchanges in range(reply.shape[1])])
        for act in Reply:
            among = undecided if act == Reply.ACCEPT else live
            centred = (feature - (feature * among).sum() / among.sum()) * among
            share = ((reply == act) & among).sum() / among.sum()
            if share > 0:
                slopes[f"person.response.{act.name}.{name}"] = float((centred * (reply == act)).sum() / ((centred**2).sum() * share))
    return slopes


def log_odds(hits: float, total: float) -> float:
    """Return the log odds of ``hits`` out of ``total``, half a one added to both sides."""
    return float(np.log((hits + 0.5) / (total - hits + 0.5)))


def log_odds_error(hits: float, total: float) -> float:
    """Return the standard error of ``log_odds``."""
    return float(np.sqrt(1.0 / (hits + 0.5) + 1.0 / (total - hits + 0.5)))
