"""Naive models of people: the reply is drawn by rates counted in a corpus, given little of what went before."""

from collections.abc import Mapping

import numpy as np

from calibration.corpora.coded import OVER, Coded
from dialogue_env.acts import Family, Reply
from dialogue_env.types import F64, I64

FAMILY, ROUND, PREVIOUS = 0, 1, 2
GIVEN: Mapping[str, tuple[int, ...]] = {
    "never resists": (),
    "constant rates": (),
    "by act": (FAMILY,),
    "by act and round": (FAMILY, ROUND),
    "Markov": (FAMILY, PREVIOUS),
}
"""What each model's rates depend on: the family of the agent's act, the round, the person's previous reply."""
BUCKETS = np.array([0, 1, 2, 2, 3, 3, 4, 4, 4, 5])
"""The bucket of rounds 0, 1, ... 9 and later."""
START = len(Reply)
"""Stands for the previous reply in the first round."""


def count_rates(model: str, coded: Coded, labels: I64) -> F64:
    """Return P(reply) by family, bucket of rounds and previous reply, [families, buckets, replies + 1, replies].

    Counted over ``coded`` with half a reply of each of ``labels`` (what the corpus has labels for) added.
    """
    live = coded.live
    counts = np.zeros((len(Family), BUCKETS.max() + 1, len(Reply) + 1, len(Reply)))
    np.add.at(counts, (coded.family[live], buckets(coded.reply)[live], previous(coded.reply)[live], coded.reply[live]), 1.0)
    pooled = counts.sum(axis=tuple(axis for axis in (FAMILY, ROUND, PREVIOUS) if axis not in GIVEN[model]), keepdims=True)
    pooled[..., labels] += 0.5
    if model == "never resists":
        pooled[..., Reply.RESIST] = 0.0
    return np.broadcast_to(pooled / pooled.sum(axis=-1, keepdims=True), counts.shape)


def draw_replies(rates: F64, family: I64, seed: int) -> I64:
    """Return replies [R, L] to the acts ``family`` [R, L], round after round; -1 after the end."""
    replies = np.full(family.shape, OVER, np.int64)
    draws = np.random.default_rng(seed).random(family.shape)
    before, bucket = np.full(len(family), START), buckets(family)
    for k in range(family.shape[1]):
        rows = np.flatnonzero(family[:, k] != OVER)
        limits = rates[family[rows, k], bucket[rows, k], before[rows]].cumsum(axis=1)
        replies[rows, k] = (limits > draws[rows, k, None] * limits[:, -1:]).argmax(axis=1)
        before = replies[:, k]
    return replies


def log_likelihood(rates: F64, coded: Coded) -> F64:
    """Return the log-likelihood [D] of each dialogue's replies, in nats."""
    live = coded.live
    found = np.zeros(live.shape)
    chosen = rates[coded.family[live], buckets(coded.reply)[live], previous(coded.reply)[live], coded.reply[live]]
    found[live] = np.log(chosen)
    return np.asarray(found.sum(axis=1))


def buckets(acts: I64) -> I64:
    """Return the bucket of rounds of each exchange, [D, L]."""
    return np.broadcast_to(BUCKETS[np.minimum(np.arange(acts.shape[1]), len(BUCKETS) - 1)], acts.shape)


def previous(reply: I64) -> I64:
    """Return the reply before each exchange, [D, L]."""
    return np.concatenate([np.full((len(reply), 1), START), reply[:, :-1]], axis=1)
