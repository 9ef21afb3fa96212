"""What an exchange does to the person: deterministic bookkeeping, given what was said and done."""

from typing import Any

from dialogue_env.acts import REFUSING, Family, Reply
from dialogue_env.draws import Draw, draw
from dialogue_env.messages import NOWHERE, Act, Said
from dialogue_env.person.meaning import Move, bent
from dialogue_env.person.person import slot_of_need, utility
from dialogue_env.person.replies import round_, sigmoid
from dialogue_env.visits import visit
from rewards.compiled import compiled


@compiled
def unit(x: float) -> float:
    """Return ``x`` cut to [0, 1]."""
    return min(max(x, 0.0), 1.0)


@compiled
def update(tables: Any, people: Any, b: int, act: Act, move: Move, said: Said, misheard: bool) -> None:
    """Write what the exchange did to person ``b``, all from the state before it."""
    person, reply = people.now[b], said.reply
    failed = move.missed or move.holding or misheard
    topic = person.topic if reply in REFUSING else act.topic  # a lead is taken up unless they refuse it
    taste = move.interest if topic == act.topic else person.interest
    after = (
        satisfaction(tables, person, act, move, reply, failed),
        willingness(tables, person, move, topic, taste),
        annoyance(tables, person, act, move, failed),
        distress(tables, person, move, reply, failed),
        misunderstanding(tables, person, act, misheard),
    )
    person.satisfaction, person.willingness, person.annoyance, person.distress, person.misunderstanding = after
    if reply == Reply.ACCEPT:
        person.utility = utility(tables, people.first_wish[b], person.need, move.item)
        person.rejected = False
    elif reply == Reply.RESIST and act.family == Family.PROPOSE:
        person.rejected = True
    person.agreed = reply == Reply.ACCEPT or (person.agreed and reply != Reply.RESIST)
    person.last_reply = reply
    person.stuck = said.stuck
    person.offered = act.item if act.family == Family.PROPOSE else person.offered
    person.failures += 1 if move.missed or move.holding else 0
    person.unrecognised += 1 if misheard else 0
    person.refusals += 1 if reply == Reply.RESIST else 0
    person.topic, person.interest, person.raised = topic, taste, said.topic
    person.progress = progress(tables, person, move.utility)
    visit(person.visits, topic)
    _change_wish(tables, people, b, act.exchanges + 1)


@compiled
def satisfaction(tables: Any, person: Any, act: Act, move: Move, reply: int, failed: bool) -> float:
    """Return the satisfaction: it keeps a share rho of itself and takes the rest from the quality of the exchange."""
    rho = tables.constants[0].satisfaction.rho
    return rho * person.satisfaction + (1.0 - rho) * quality(tables, person, act, move, reply, failed)


@compiled
def quality(tables: Any, person: Any, act: Act, move: Move, reply: int, failed: bool) -> float:
    """Return how good the exchange was for the person, in [0, 1]."""
    c, leads = tables.constants[0].satisfaction, act.family == Family.SHIFT
    to_the_point = tables.acts[act.act].relevance if leads else move.relevance
    total = c.base + c.relevance * to_the_point + c.interest * move.interest + c.length * round_(act.exchanges)
    total += c.jump * (1.0 - move.nearness) if leads else 0.0  # what leaving the subject does is measured by itself
    total += c.repetition * bent(act.repetition, tables.constants[0].move.repetition_curve) + c.effort * move.effort + c.push * move.push
    total += c.comfort * move.comfort * person.distress + c.unfit * max(-move.fit, 0.0) + c.abrupt * _abrupt(tables, person, act)
    total += c.insisting * move.insisting
    total += c.echo if move.echoing else 0.0
    total += c.questioning if move.questioning else 0.0
    total += c.reopening if move.reopening else 0.0
    total += c.failure if failed else 0.0
    total += c.waiting if move.holding else 0.0
    total += c.intrusion if move.intruded else 0.0
    total += c.missed if move.missed else 0.0
    total += c.need_met if move.met else 0.0
    total += c.agreed if reply == Reply.ACCEPT and not person.agreed else 0.0  # a yes pays once
    total += c.resisted if reply == Reply.RESIST else 0.0
    return unit(total)


@compiled
def _abrupt(tables: Any, person: Any, act: Act) -> float:
    """Return how abruptly the agent closes, in [0, 1]: 0 once something is agreed or the time is up."""
    if act.family != Family.CLOSE or person.agreed:
        return 0.0
    return 1.0 - act.exchanges / tables.constants[0].world.max_turns


@compiled
def willingness(tables: Any, person: Any, move: Move, topic: int, taste: float) -> float:
    """Return the willingness to do what the dialogue is for; ``topic`` is where the talk has got to, ``taste`` the interest in it.

    Talk near the goal warms up an interested person; what is said for it works by its fit, wears off with use, and turns
    against the agent while the person is distressed or annoyed. The nearer it is to either end, the less moves it there.
    """
    c = tables.constants[0].willingness
    lead = tables.goal_closeness[topic] * (taste - c.lead_neutral)
    gain = move.gain - (1.0 + c.backfire) * max(person.distress, person.annoyance) * max(move.gain, 0.0)
    change = c.lead * lead + c.gain * gain + c.satisfaction * (person.satisfaction - 0.5)
    room = 1.0 - person.willingness if change > 0.0 else person.willingness
    return unit(person.willingness + change * bent(room, c.curve) - c.reactance * move.push * (1.0 - person.willingness))


@compiled
def annoyance(tables: Any, person: Any, act: Act, move: Move, failed: bool) -> float:
    """Return the annoyance: it decays, and grows with pushing against low willingness, repeats and failures."""
    c = tables.constants[0].annoyance
    total = c.decay * person.annoyance + c.push * move.push * (1.0 - person.willingness) + c.insisting * move.insisting
    total += c.repetition * act.repetition + c.comfort * move.comfort
    return unit(total + (c.failure if failed else 0.0) + (c.intrusion if move.intruded else 0.0))


@compiled
def distress(tables: Any, person: Any, move: Move, reply: int, failed: bool) -> float:
    """Return the distress: comfort and speaking of it lower it, pressure and failures raise it; who has none gets none."""
    if person.distress <= 0.0:
        return 0.0
    c = tables.constants[0].distress
    total = person.distress + c.comfort * move.comfort + c.push * move.pressure
    return unit(total + (c.failure if failed else 0.0) + (c.emote if reply == Reply.EMOTE else 0.0))


@compiled
def misunderstanding(tables: Any, person: Any, act: Act, misheard: bool) -> float:
    """Return the misunderstanding: it decays, grows when something is misheard, and CHECK or CORRECT mend it."""
    c = tables.constants[0].misunderstanding
    kept = c.mended if act.family == Family.CHECK or act.family == Family.CORRECT else c.decay
    return unit(kept * person.misunderstanding + (c.misheard if misheard else 0.0))


@compiled
def progress(tables: Any, person: Any, match: float) -> float:
    """Return the goal progress in [0, 1]: the domain's shares of match, willingness and comfort."""
    c = tables.constants[0].progress
    return unit(c.match * match + c.willingness * person.willingness + c.comfort * (1.0 - person.distress))


@compiled
def follow_through(tables: Any, person: Any, left: bool) -> float:
    """Return the probability that the person acts on it now that the dialogue is over: 0 if it was neither asked for nor agreed.

    Saying yes is not doing it: the domain's ``outcome`` is a logit of agreement (and how well what was agreed on
    suits them), rejection, willingness and comfort, to which the person's own follow-through adds.
    """
    if person.offered == NOWHERE and not person.agreed:
        return 0.0
    c = tables.constants[0].outcome
    logit = c.bias + c.willingness * (person.willingness - 0.5) + c.comfort * (0.5 - person.distress)
    logit += c.agreed + c.match * (person.utility - 0.5) if person.agreed else (c.rejected if person.rejected else 0.0)
    return sigmoid(logit + (c.left if left else 0.0) + c.follow_through * (person.traits.follow_through - 0.5))


@compiled
def _change_wish(tables: Any, people: Any, b: int, number: int) -> None:
    """Let the person change their mind about one slot (item domains only)."""
    key = people.now[b].key
    if not tables.constants[0].world.item or draw(key, number, Draw.CHANGED_MIND) >= people.now[b].traits.mind_change:
        return
    need, uniform = people.now[b].need, draw(key, number, Draw.NEW_WISH)
    slot, scaled = slot_of_need(tables, need, uniform), uniform * tables.items[need].slots
    people.wish[b, slot] = popular_value(tables, slot, scaled - int(scaled))


@compiled
def popular_value(tables: Any, slot: int, uniform: float) -> int:
    """Return a value of a slot drawn by popularity."""
    place, last, reached = tables.slots[slot].place, tables.slots[slot].size - 1, 0.0
    for value in range(last):
        reached += tables.places[place + value].popularity
        if reached > uniform:
            return value
    return last
