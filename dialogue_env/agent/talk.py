"""The agent's side of a dialogue: what was said and done, as heard, and what follows from it. No person in any signature."""

from typing import Any, NamedTuple

import numpy as np

from dialogue_env.acts import COOPERATIVE, REFUSING, Family, Reply, Report
from dialogue_env.agent.belief import decline, report, summarise, total_of
from dialogue_env.agent.options import write_open, write_slate
from dialogue_env.messages import NOWHERE, Act, Heard
from dialogue_env.types import F32, I32, U8, Bools, Records
from dialogue_env.visits import VISITS, visit, visited
from rewards.compiled import compiled, compiled_apart, records

ENOUGH = 3
"""Uses of an act, or questions about a slot, beyond which more make no difference."""

TALK = np.dtype(
    [
        ("exchanges", "i4"),  # so far
        ("topic", "i4"),  # where the talk is, as heard
        ("raised", "i4"),  # the topic the person has just raised, as heard, else NOWHERE
        ("last_act", "i4"),  # NOWHERE before the first exchange
        ("last_reply", "i4"),  # as heard; NOWHERE before the first exchange
        ("agreed", "?"),  # a yes stands, as heard
        ("offers", "i4"),  # proposals so far
        ("refusals", "i4"),  # resisting replies heard so far
        ("best_item", "i4"),  # the most likely item
        ("heard_slot", "i4"),  # the slot last spoken of
        ("heard_kind", "i4"),  # what kind of report was heard about it in this exchange (Report)
        ("heard_first", "i4"),  # the value heard
        ("heard_second", "i4"),  # the other value of a vague report, else the same again
        ("visits", VISITS),  # exchanges on each topic
        ("mood", "f8"),  # smoothed rating of satisfaction, in [0, 1] like the rest
        ("upset", "f8"),  # smoothed rating of distress
        ("cooperation", "f8"),  # smoothed share of cooperative replies
        ("surprise", "f8"),  # 1 - predicted probability of the last value heard
        ("hesitation", "f8"),  # cue that a silent person is stuck
        ("best_mass", "f8"),  # belief in the most likely item
    ],
    align=True,
)


class Talk(NamedTuple):
    """The agent's side of B dialogues. Axis letters: S slots, W places of values, N items, C centres of topics, K slate, A acts."""

    now: Records  # [B] of TALK
    open: Bools  # [B, A] acts that can be chosen now; at least one can
    slate: I32  # [B, K] topics that SHIFT can lead to
    uses: U8  # [B, A] times each act was used, at most 3
    asked: U8  # [B, S] times each slot was spoken of, at most 3
    liking: F32  # [B, C] estimated interest of the person, 1/2 where nothing is known
    evidence: F32  # [B, W] likelihood of what was heard for each wished value; last of each slot: "does not matter"
    items: F32  # [B, N] posterior of the items
    entropy: F32  # [B, S] of the value that the needed item has of each slot, over the log of how many there are
    top_mass: F32  # [B, S] greatest mass on a value, or on none
    fit: F32  # [B, 1 + varying acts] expected fit, by ``fit_row``


@compiled
def open_talk(parts: Any) -> Any:
    """Return the parts of a Talk under their names again (Numba takes a plain tuple from Python in half the time)."""
    return Talk(records(parts[0]), *parts[1:])


@compiled
def read_act(tables: Any, talk: Any, b: int, action: int) -> Act:
    """Return the act that ``action`` is in dialogue ``b``; one that is masked counts as HOLD, a wasted exchange."""
    now, act = talk.now[b], action if talk.open[b, action] else tables.constants[0].world.hold
    row = tables.acts[act]
    family, topic, slot, repetition = row.family, now.topic, row.slot, talk.uses[b, act] / ENOUGH
    if family == Family.SHIFT:  # what repeats is the topic, not the act: its places in the slate mean nothing
        topic = talk.slate[b, row.candidate]
        led = now.last_act != NOWHERE and tables.acts[max(now.last_act, 0)].family == Family.SHIFT
        repetition = max(tables.constants[0].move.lead_again if led else 0.0, min(visited(now.visits, topic), ENOUGH) / ENOUGH)
    elif family == Family.YIELD:
        topic = now.raised
    elif family == Family.CHECK:
        slot = _unclearest(talk, b)
    return Act(act, family, topic, slot, now.best_item, repetition, now.last_act, now.exchanges, now.offers)


@compiled
def _unclearest(talk: Any, b: int) -> int:
    """Return the slot a CHECK recaps: of those spoken of, the one with the least clear belief."""
    slot = 0
    for s in range(talk.asked.shape[1]):
        if talk.asked[b, s] > 0 and (talk.asked[b, slot] == 0 or talk.entropy[b, s] > talk.entropy[b, slot]):
            slot = s
    return slot


@compiled
def listen(tables: Any, talk: Any, b: int, act: Act, heard: Heard, room: Any) -> None:
    """Write what follows for dialogue ``b`` from an act and what was heard; ``room`` is for the belief to work in."""
    now, reply = talk.now[b], heard.reply
    now.exchanges += 1
    now.topic = now.topic if reply in REFUSING else act.topic
    now.raised = heard.topic
    now.last_act, now.last_reply = act.act, reply
    now.agreed = reply == Reply.ACCEPT or (now.agreed and reply != Reply.RESIST)
    now.offers += 1 if act.family == Family.PROPOSE else 0
    now.refusals += 1 if reply == Reply.RESIST else 0
    now.heard_slot, now.heard_kind, now.heard_first, now.heard_second = heard.slot, heard.kind, heard.first, heard.second
    visit(now.visits, now.topic)
    talk.uses[b, act.act] = min(talk.uses[b, act.act] + 1, ENOUGH)
    slot = act.slot if act.slot != NOWHERE else (heard.slot if heard.kind != Report.NOTHING else NOWHERE)
    if slot != NOWHERE:
        talk.asked[b, slot] = min(talk.asked[b, slot] + 1, ENOUGH)
    _estimate(tables, now, heard)
    rate = tables.constants[0].liking.rate
    _learn_liking(talk.liking[b], tables.table[tables.centre[act.topic]], rate * tables.constants[0].reaction[reply])
    if heard.topic != NOWHERE:
        _learn_liking(talk.liking[b], tables.table[tables.centre[heard.topic]], rate)
    _believe(tables, talk, b, act, heard, room)
    write_slate(tables.neighbours[now.topic], tables.centres, now.topic, talk.liking[b], talk.slate[b])
    write_open(tables.acts, now, talk.asked[b], talk.open[b])


@compiled
def _estimate(tables: Any, now: Any, heard: Heard) -> None:
    """Write the running estimates of mood, distress and cooperation."""
    keep, share = tables.constants[0].rating.smoothing, tables.constants[0].liking.cooperation
    now.mood = keep * now.mood + (1.0 - keep) * heard.mood
    now.upset = keep * now.upset + (1.0 - keep) * heard.upset
    now.cooperation += share * ((1.0 if heard.reply in COOPERATIVE else 0.0) - now.cooperation)
    now.hesitation = heard.hesitation
    now.surprise = 0.0


@compiled_apart
def _learn_liking(liking: Any, near: Any, rate: float) -> None:
    """Let a reaction to a topic count for all topics by their closeness ``near`` [C] to it."""
    for c in range(len(liking)):
        liking[c] += rate * (near[c] - 0.5)


@compiled
def _believe(tables: Any, talk: Any, b: int, act: Act, heard: Heard, room: Any) -> None:
    """Write the belief about the item and the wish after a report, or after an offer declined without a reason."""
    now, items = talk.now[b], talk.items[b]
    told = heard.kind != Report.NOTHING and heard.kind != Report.REFUSED
    declined = act.family == Family.PROPOSE and heard.reply == Reply.RESIST and tables.constants[0].world.item and not told  # a reason says more
    if not told and not declined:
        return
    scale, mass = report(tables, items, talk.evidence[b], heard, room) if told else (1.0, 1.0)
    if declined:
        mass = decline(items, tables.items, tables.cells, tables.places, tables.slots, act.item, tables.constants[0].belief.rejection, room)
    _summarise(tables, talk, b, mass, room)
    now.surprise = min(max(1.0 - mass * scale, 0.0), 1.0) if told else 0.0


@compiled
def _summarise(tables: Any, talk: Any, b: int, mass: float, room: Any) -> None:
    """Normalise the posterior of the items, which sums to ``mass``, and write what it says."""
    now, items, sums = talk.now[b], talk.items[b], (talk.entropy[b], talk.top_mass[b], talk.fit[b])
    now.best_item = summarise(items, tables.items, tables.cells, tables.fits, tables.slots, mass, *sums, room)
    now.best_mass = items[now.best_item]


@compiled
def begin(tables: Any, talk: Any, b: int, room: Any) -> None:
    """Write what all new dialogues have in common into row ``b``: nothing is known beside the popularity of the items."""
    now = talk.now[b]
    now.exchanges = now.offers = now.refusals = now.heard_slot = now.heard_first = now.heard_second = 0
    now.topic, now.heard_kind, now.visits.known = NOWHERE, Report.NOTHING.value, 0
    now.raised = now.last_act = now.last_reply = NOWHERE
    now.agreed = False
    now.mood, now.upset, now.cooperation, now.surprise, now.hesitation = 0.5, 0.5, 0.5, 0.0, 0.0
    talk.uses[b] = 0
    talk.asked[b] = 0
    talk.liking[b] = 0.5
    talk.evidence[b] = 1.0
    for n in range(talk.items.shape[1]):
        talk.items[b, n] = tables.items[n].popularity
    _summarise(tables, talk, b, total_of(talk.items[b]), room)
    write_open(tables.acts, now, talk.asked[b], talk.open[b])


@compiled_apart
def _copy(source: Any, out: Any) -> None:
    for i in range(len(out)):
        out[i] = source[i]


@compiled
def meet(tables: Any, talk: Any, b: int, first: Any, topic: int, mood: float, upset: float) -> None:
    """Begin a dialogue about ``topic`` in row ``b``, with the first impressions of the person; ``first`` is what ``begin`` wrote."""
    talk.now[b] = first.now[0]
    _copy(first.open[0], talk.open[b])
    talk.uses[b] = 0
    talk.asked[b] = 0
    _copy(first.liking[0], talk.liking[b])
    talk.evidence[b] = 1.0
    _copy(first.items[0], talk.items[b])
    _copy(first.entropy[0], talk.entropy[b])
    _copy(first.top_mass[0], talk.top_mass[b])
    _copy(first.fit[0], talk.fit[b])
    now = talk.now[b]
    now.topic, now.mood, now.upset = topic, mood, upset
    visit(now.visits, topic)
    write_slate(tables.neighbours[topic], tables.centres, topic, talk.liking[b], talk.slate[b])


@compiled
def liking_of(tables: Any, talk: Any, b: int, topic: int) -> float:
    """Return the estimated interest in a topic, cut to [0, 1]: its centre's."""
    return min(max(np.float64(talk.liking[b, tables.centre[topic]]), 0.0), 1.0)
