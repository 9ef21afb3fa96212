"""The agent's act in its context: what it means at this point of this dialogue."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from dialogue_env.acts import FAMILY, QUESTIONS, UNASKED, Family
from dialogue_env.state import NOWHERE, Mind, State, Talk
from dialogue_env.traits import Trait
from dialogue_env.world import World

Floats = npt.NDArray[np.float32]
Ints = npt.NDArray[np.int64]
Bools = npt.NDArray[np.bool_]

MOST_REPEATS = np.float32(3.0)
IGNORED_TOPIC_PRESSURE = np.float32(0.1)
REACTIVE = (Family.HOLD, Family.ACKNOWLEDGE, Family.YIELD, Family.ANSWER, Family.CLOSE)
HELPFUL = (Family.ACKNOWLEDGE, Family.CHECK, Family.EXPLORE, Family.INFORM)
TELLING = (Family.ANSWER, Family.INFORM)
"""What does not pass over a question: in PersuasionForGood three of four are met with information or an argument."""


@dataclass(frozen=True, slots=True)
class Move:
    """One act per dialogue, [B], with all that follows from the act and the state alone."""

    act: Ints  # row of the act table; a masked act has become HOLD
    family: Ints
    topic: Ints  # topic the act is about: where it leads, else the current one
    slot: Ints  # slot a CLARIFY asks about, else -1
    interest: Floats  # of the person in that topic
    relevance: Floats
    repetition: Floats  # uses of the act so far, at most 3, over 3; of a SHIFT: 2/3 right after another
    effort: Floats  # of a question, else 0
    pressure: Floats
    push: Floats  # pressure times reactance
    comfort: Floats  # distress the act can take away, by its fit
    gain: Floats  # willingness the act can win, by its fit, influence and fatigue
    fit: Floats  # of the act to the person's need
    utility: Floats  # of the best-known item to the wish, 1 in outcome domains
    proposing: Bools
    holding: Bools  # silent although the floor is the agent's
    intruded: Bools  # unasked, into a thought that needed no help
    missed: Bools  # a question or a need for help passed over
    met: Bools  # a question answered or a stuck person helped


def read_move(world: World, state: State, action: Ints) -> Move:
    """Return the move of ``action`` [B]; an act that is masked counts as HOLD, a wasted turn."""
    acts, talk, mind = world.acts, state.talk, state.mind
    row = np.arange(len(state))
    act = np.where(state.open[row, action], action, world.hold)
    family = acts.family[act]
    topic = _topic(state, acts.candidate[act], family, row)
    relevance = np.where(family == FAMILY.SHIFT, world.domain.closeness[talk[:, Talk.TOPIC], topic], acts.relevance[act, talk[:, Talk.TOPIC]])
    gain, comfort, pressure, effort = acts.numbers.T[:, act]
    fit = acts.fit[act, state.need]
    repetition = np.where(family == FAMILY.SHIFT, _leads_in_a_row(world, state), state.uses[row, act])
    fresh = np.exp(np.float32(np.log(world.person.constants["willingness"]["fatigue"])) * MOST_REPEATS * repetition)
    ignored = (talk[:, Talk.OWN_TOPIC] != NOWHERE) & ~_among(family, REACTIVE)
    pressure = np.minimum(pressure * (np.float32(1.4) - np.float32(0.8) * relevance) + IGNORED_TOPIC_PRESSURE * ignored, np.float32(1.0))
    asked, thinking, stuck = (mind[:, column] > 0 for column in (Mind.ASKED, Mind.THINKING, Mind.STUCK))
    return Move(
        act=act,
        family=family,
        topic=topic,
        slot=acts.slot[act],
        interest=state.interest[row, topic],
        relevance=relevance,
        repetition=repetition,
        effort=effort * _among(family, QUESTIONS) * (np.float32(1.0) - np.float32(0.5) * relevance),
        pressure=pressure,
        push=pressure * state.traits[:, Trait.REACTANCE],
        comfort=comfort * np.maximum(fit, np.float32(0.0)) * fresh,
        gain=gain * fit * fresh * state.traits[:, Trait.INFLUENCE],
        fit=fit,
        utility=utility(world, state.wish, talk[:, Talk.BEST_ITEM]),
        proposing=family == FAMILY.PROPOSE,
        holding=(family == FAMILY.HOLD) & ~thinking,
        intruded=thinking & ~stuck & _among(family, UNASKED),
        missed=(asked & ~_among(family, TELLING)) | (stuck & (family == FAMILY.HOLD)),
        met=(asked & (family == FAMILY.ANSWER)) | (stuck & _among(family, HELPFUL)),
    )


def utility(world: World, wish: Ints, item: Ints) -> Floats:
    """Return the share [B] of the wish [B, S] that ``item`` [B] meets, by the slots' weights; 1 in outcome domains."""
    if world.domain.target == "outcome":
        return np.ones(len(item), np.float32)
    met = (world.codes[item] == wish) | (wish == world.sizes)
    total = np.zeros(len(item), np.float32)
    for s, weight in enumerate(world.slot_weights):
        total += weight * met[:, s]
    return np.minimum(total, np.float32(1.0))


def _topic(state: State, candidate: Ints, family: Ints, row: Ints) -> Ints:
    """Return the topic [B] an act is about: a SHIFT's candidate, a YIELD's own topic, else the current one."""
    led = np.where(candidate >= 0, state.slate[row, candidate], state.talk[:, Talk.TOPIC])
    return np.where(family == FAMILY.YIELD, state.talk[:, Talk.OWN_TOPIC], led)


def _leads_in_a_row(world: World, state: State) -> Floats:
    """Return 2/3 [B] where the last act led to another topic as well (every lead is to a new topic, so uses say little), else 0."""
    last = state.talk[:, Talk.LAST_ACT]
    return np.float32(2 / 3) * ((last != NOWHERE) & (world.acts.family[last] == FAMILY.SHIFT))


def _among(family: Ints, families: tuple[Family, ...]) -> Bools:
    return _MEMBERSHIP[families][family]


_MEMBERSHIP: dict[tuple[Family, ...], Bools] = {
    families: np.isin(np.arange(len(Family)), families) for families in (QUESTIONS, UNASKED, REACTIVE, HELPFUL, TELLING)
}
