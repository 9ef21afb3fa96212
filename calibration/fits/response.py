"""How people reply: a multinomial logit with personal random effects, fitted to labelled dialogues.

The logit is the simulator's own: biases by act family, features of ``dialogue_env.person.model.FEATURES`` as the
simulator computes them while it replays both sides of each dialogue, and traits as random effects. What
a corpus cannot tell (interest, annoyance, push, ...) stays as it is set by hand and enters as a known
offset, averaged over simulated people.
"""

import math
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, fields

import numpy as np
import numpy.typing as npt

from calibration.corpora.coded import OVER, Coded
from calibration.fits.estimates import TRAIT_SD, Estimate
from calibration.fits.mixed_logit import Choices, Fitted, fit_mixed_logit
from calibration.replay import script, walk
from dialogue_env.acts import REPLIES, Family, Reply
from dialogue_env.likelihood import features
from dialogue_env.person.model import FEATURES
from dialogue_env.types import F64, I64
from dialogue_env.world import World
from rewards.errors import InputError

SLOPES = ("early", "round", "resisted", "agreed", "offers", "repetition")
"""Features that every corpus of dialogues tells."""
MEASURED = ("relevance", "satisfaction")
"""Features that a corpus tells through its texts and moods. They are noisy, so their slopes are drawn towards what is set by hand."""
SLOPE_PRIOR = 1.0
"""Standard deviation of that prior."""
TRAITS_OF = {
    "resistance": (Reply.RESIST,),
    "talkativeness": (Reply.ASK,),
    "cooperativeness": (Reply.ANSWER, Reply.FOLLOW),
}
"""The trait whose variation between people shows in these replies."""
REFERENCE = Reply.ACKNOWLEDGE
AGAIN = (Reply.ANSWER, Reply.ASK, Reply.FOLLOW)
"""Replies that people give again because they gave them last time; of RESIST and ACCEPT other features tell it."""
FEWEST_CELL, FEWEST_REPLY = 3, 60
"""A reply that follows a family less often than the first is taken to be impossible there; one rarer than the second has biases and no slopes."""
OFFSET_PEOPLE = 20
TOO_FEW = "too few replies"
PLACE = {name: place for place, name in enumerate(FEATURES)}


@dataclass(frozen=True, slots=True)
class Seen:
    """N exchanges that can be explained: what was chosen, and what it depends on."""

    person: I64  # [N] dialogue
    family: I64  # [N]
    reply: I64  # [N] Reply
    features: F64  # [N, F] as FEATURES; measured ones from the corpus
    offset: F64  # [N, R] what is set by hand adds to each logit
    before: I64  # [N] Reply before in the dialogue, -1 at first


def observe(world: World, coded: Coded) -> Seen:
    """Return the exchanges of ``coded`` as the world's people would see them, both sides replayed."""
    copies, shape = OFFSET_PEOPLE, coded.family.shape
    seen = np.zeros((*shape, len(FEATURES)))
    offset = np.zeros((*shape, len(REPLIES)))
    hand = world.person.response.copy()
    hand[:, [PLACE[name] for name in (*SLOPES, *MEASURED, "unoffered")]] = 0.0
    for played in walk(world, script(world, coded.family, coded.variant), 0, copies, coded.reply):
        means = features(world, played.before, played.action).reshape(-1, copies, len(FEATURES)).mean(axis=1)
        dialogues = played.rows[::copies] // copies
        seen[dialogues, played.number] = means
        offset[dialogues, played.number] = means @ hand.T
    mood = _satisfaction(coded, world.person.constants["rating"]["smoothing"])
    for name, values in (("relevance", coded.relevance - 0.5), ("satisfaction", mood)):
        seen[..., PLACE[name]] = np.nan_to_num(values)
    live = coded.live & np.isin(coded.reply, [int(reply) for reply in REPLIES])
    dialogue = np.broadcast_to(np.arange(shape[0])[:, None], shape)
    before = np.pad(coded.reply[:, :-1], ((0, 0), (1, 0)), constant_values=OVER)
    return Seen(dialogue[live], coded.family[live], coded.reply[live], seen[live], offset[live], before[live])


def _satisfaction(coded: Coded, memory: float) -> F64:
    """Return how satisfied people sounded so far, [D, L], centred: half the mood (-1..1 becomes 0..1) of the replies before, smoothed by ``memory``."""
    mood = np.full_like(coded.mood, np.nan)
    level = np.full(len(coded), np.nanmean(coded.mood) if np.isfinite(coded.mood).any() else np.nan)
    for k in range(mood.shape[1]):
        mood[:, k] = level
        level = np.where(np.isnan(coded.mood[:, k]), level, memory * level + (1 - memory) * coded.mood[:, k])
    return np.asarray((mood - np.nanmean(mood[coded.live])) / 2.0) if np.isfinite(mood).any() else mood


def fit_response(where: str, world: World, coded: Coded) -> tuple[Estimate, ...]:
    """Return biases, slopes and traits' coefficients; raises InputError if there is too little to fit or the fit does not converge."""
    seen = observe(world, coded)
    cells = _cells(seen)
    if len({reply for _, reply in cells}) < 2:
        raise InputError(f"{where}: {len(seen.reply)} replies are too few to fit: no second act occurs {FEWEST_CELL} times after one family")
    rows = np.array([(Family(f), Reply(r)) in cells for f, r in zip(seen.family, seen.reply, strict=True)])
    known = Seen(*(getattr(seen, field.name)[rows] for field in fields(Seen)))
    replies = tuple(sorted({reply for _, reply in cells}))
    fitted = fit_mixed_logit(where, _choices(known, cells, replies))
    biases = tuple(_biases(where, cells, fitted))
    unseen = _unseen(where, seen, cells, {estimate.key: estimate.value for estimate in biases})
    return (*biases, *unseen, *_slopes(where, known, fitted), *_rare(where, known, replies), *_spreads(where, known, fitted))


def _cells(seen: Seen) -> dict[tuple[Family, Reply], int]:
    """Return how often each reply follows each family, where it is often enough to count as possible.

    A family that is followed by one reply alone tells nothing and is left out.
    """
    pairs, counts = np.unique(np.stack([seen.family, seen.reply], axis=1), axis=0, return_counts=True)
    cells = {(Family(f), Reply(r)): int(n) for (f, r), n in zip(pairs, counts, strict=True) if n >= FEWEST_CELL or r == REFERENCE}
    replies = Counter(family for family, _ in cells)
    return {cell: count for cell, count in cells.items() if replies[cell[0]] > 1}


def _anchors(cells: Mapping[tuple[Family, Reply], int]) -> dict[Family, Reply]:
    """Return by family the reply that the biases of the others are relative to: ``REFERENCE``, or the most frequent where that never follows."""
    replies = {family: [reply for other, reply in cells if other == family] for family, _ in cells}
    return {family: REFERENCE if REFERENCE in own else max(own, key=lambda reply: cells[family, reply]) for family, own in replies.items()}


def _choices(seen: Seen, cells: Mapping[tuple[Family, Reply], int], replies: tuple[Reply, ...]) -> Choices:
    shape = (len(seen.reply), len(replies))
    columns: dict[str, F64] = {}
    available = np.stack([np.isin(seen.family, [f for f, r in cells if r == reply]) for reply in replies], axis=1)
    given = _given(cells, [trait for trait, acts in TRAITS_OF.items() if all(_often(seen, act) for act in acts)])
    anchors = _anchors(cells)
    for family, reply in cells:
        if reply != anchors[family] and (family, reply) not in given:
            _put(columns, f"{family.name}.{reply.name}", shape, [replies.index(reply)], seen.family == family)
    for reply in replies:
        for name in _features_of(seen, reply):
            _put(columns, f"{name}.{reply.name}", shape, [replies.index(reply)], seen.features[:, PLACE[name]])
    for reply in (reply for reply in AGAIN if reply in replies and _often(seen, reply) and (seen.before == reply).any()):
        _put(columns, f"again.{reply.name}", shape, [replies.index(reply)], seen.before == reply)
    for trait in given.values():
        _put(columns, trait, shape, [replies.index(act) for act in TRAITS_OF[trait]], np.ones(len(seen.reply)))
    places = [REPLIES.index(reply) for reply in replies]
    chosen = np.searchsorted(replies, seen.reply)
    return Choices(columns, tuple(given.values()), chosen, available, seen.person, seen.offset[:, places])


def _often(seen: Seen, reply: Reply) -> bool:
    return int((seen.reply == reply).sum()) >= FEWEST_REPLY


def _features_of(seen: Seen, reply: Reply) -> list[str]:
    """Return the features that the logit of a reply has slopes for: those that vary, if the reply is frequent."""
    if reply == REFERENCE or not _often(seen, reply):
        return []
    names = (*SLOPES, *MEASURED, *(("unoffered",) if reply == Reply.ACCEPT else ()))
    return [name for name in names if np.ptp(seen.features[:, PLACE[name]]) > 0]


def _given(cells: Mapping[tuple[Family, Reply], int], traits: Iterable[str]) -> dict[tuple[Family, Reply], str]:
    """Return the cells whose bias is the mean of a random effect, with the trait: the most frequent that is no anchor.

    A trait all of whose cells are anchors is left out.
    """
    anchors = _anchors(cells)
    own = {trait: [cell for cell in cells if cell[1] == TRAITS_OF[trait][-1] and cell[1] != anchors[cell[0]]] for trait in traits}
    return {max(found, key=lambda cell: cells[cell]): trait for trait, found in own.items() if found}


def _put(columns: dict[str, F64], name: str, shape: tuple[int, int], places: list[int], values: npt.NDArray[np.generic]) -> None:
    column = np.zeros(shape)
    column[:, places] = np.asarray(values, np.float64)[:, None]
    columns[name] = column


def _biases(where: str, cells: Mapping[tuple[Family, Reply], int], fitted: Fitted) -> Iterable[Estimate]:
    """Yield the bias of each cell: its own coefficient and the means of the random effects on its reply."""
    for (family, reply), count in sorted(cells.items()):
        parts = [trait for trait in fitted.spread if reply in TRAITS_OF[trait]]
        own = f"{family.name}.{reply.name}"
        parts += [own] if own in fitted.value else []
        variance = sum(fitted.covariance[a, b] for a in parts for b in parts)
        error = math.sqrt(max(variance, 0.0)) if parts else None
        method = "mixed logit" if parts else "the reference, 0"
        yield Estimate(f"person.bias.{own}", sum(fitted.value[part] for part in parts), error, count, where, method)


def _unseen(where: str, seen: Seen, cells: Mapping[tuple[Family, Reply], int], biases: Mapping[str, float]) -> Iterable[Estimate]:
    """Yield biases of refusing, drifting and the reference after families where hardly anybody did: as if half a person more had."""
    for family, anchor in sorted(_anchors(cells).items()):
        for reply in (Reply.RESIST, Reply.DRIFT, REFERENCE):
            if (family, reply) not in cells:
                count = int(((seen.family == family) & (seen.reply == reply)).sum())
                share, error = math.log((count + 0.5) / (cells[family, anchor] + 0.5)), math.sqrt(1.0 / (count + 0.5))
                value = biases[f"person.bias.{family.name}.{anchor.name}"] + share
                yield Estimate(f"person.bias.{family.name}.{reply.name}", value, error, count, where, "half a person beside those seen")


def _slopes(where: str, seen: Seen, fitted: Fitted) -> Iterable[Estimate]:
    for name, value in fitted.value.items():
        feature, _, reply = name.partition(".")
        if feature not in (*FEATURES, "again"):
            continue
        error, count = math.sqrt(max(fitted.covariance[name, name], 0.0)), int((seen.reply == Reply[reply]).sum())
        method = "mixed logit"
        if feature in MEASURED:
            prior = PRIORS.get((Reply[reply], feature), 0.0)
            weight = 1.0 / (1.0 + (error / SLOPE_PRIOR) ** 2)
            value, error = weight * value + (1.0 - weight) * prior, error * math.sqrt(weight)
            method = f"mixed logit, with a prior of {prior:g} +- {SLOPE_PRIOR:g}"
        key = f"person.again.{reply}" if feature == "again" else f"person.response.{reply}.{feature}"
        yield Estimate(key, value, error, count, where, method)


def _rare(where: str, seen: Seen, replies: Iterable[Reply]) -> Iterable[Estimate]:
    """Yield the priors as the slopes of replies that are too rare to fit any."""
    for (reply, feature), prior in PRIORS.items():
        count = int((seen.reply == reply).sum())
        if reply in replies and count < FEWEST_REPLY:
            yield Estimate(f"person.response.{reply.name}.{feature}", prior, SLOPE_PRIOR, count, where, f"{TOO_FEW}: the prior")


def _spreads(where: str, seen: Seen, fitted: Fitted) -> Iterable[Estimate]:
    """Yield the coefficients of traits: a person one standard deviation up has the random effect's standard deviation in the logit."""
    for trait, (spread, error) in fitted.spread.items():
        for act in TRAITS_OF[trait]:
            people = len(np.unique(seen.person))
            yield Estimate(f"person.response.{act.name}.{trait}", spread / TRAIT_SD, error / TRAIT_SD, people, where, "mixed logit, random effect over 1/6")


PRIORS = {
    (Reply.RESIST, "relevance"): -1.2,
    (Reply.RESIST, "satisfaction"): -1.5,
    (Reply.ANSWER, "relevance"): 0.8,
    (Reply.ANSWER, "satisfaction"): 0.8,
    (Reply.FOLLOW, "relevance"): 1.2,
    (Reply.FOLLOW, "satisfaction"): 0.8,
    (Reply.ACCEPT, "satisfaction"): 2.0,
    (Reply.DRIFT, "relevance"): -0.8,
    (Reply.DRIFT, "satisfaction"): -1.2,
}
"""Means of the priors, set by hand: people who are content, and are spoken to to the point, cooperate more."""
