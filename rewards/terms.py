"""Reward terms: pure functions from the facts of an exchange to one number.

To add a term, write a function, its line in ``write_terms`` and a row of ``TERMS``. A function works on one record and, as
arithmetic does, on an array of them (``facts.view(np.recarray)``). Virtues such as asking, grounding or empathy are no terms: they are metrics that
have to emerge.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
from numba.extending import register_jitable

from rewards.compiled import compiled, entry, records
from rewards.turn import Facts


@dataclass(frozen=True, slots=True)
class Term:
    """A reward term: its function, unit, range per exchange, and where it comes from."""

    function: Callable[[Any], Any]
    unit: str
    low: float
    high: float
    source: str


@register_jitable
def goal(facts: Any) -> Any:
    """1 when the person does what the dialogue was for; saying yes is not enough."""
    return 1.0 * facts.success


@register_jitable
def progress(facts: Any) -> Any:
    """Change in goal progress. Over a dialogue it sums to last minus first, so cycles earn nothing."""
    return facts.progress_after - facts.progress_before


@register_jitable
def satisfaction(facts: Any) -> Any:
    """Change in the person's satisfaction. Over a dialogue it sums to last minus first."""
    return facts.satisfaction_after - facts.satisfaction_before


@register_jitable
def final_satisfaction(facts: Any) -> Any:
    """The person's satisfaction at the end of the dialogue, 0 before."""
    return facts.satisfaction_after * facts.ended


@register_jitable
def turn_cost(facts: Any) -> Any:
    """-1 for every exchange."""
    return -1.0 + 0.0 * facts.progress_after


@register_jitable
def question_burden(facts: Any) -> Any:
    """Minus the effort of the question asked."""
    return -facts.question_effort


@register_jitable
def false_intervention(facts: Any) -> Any:
    """-1 when the agent broke, unasked, into a thought that needed no help."""
    return -1.0 * facts.intruded


@register_jitable
def missed_need(facts: Any) -> Any:
    """-1 when a question or a need for help went unanswered."""
    return -1.0 * facts.missed


@register_jitable
def leaving(facts: Any) -> Any:
    """-1 when the person leaves."""
    return -1.0 * facts.left


@register_jitable
def relaxation(facts: Any) -> Any:
    """Minus the share of the first wish, which the person came with, that the agreement gives up, at the end."""
    return -facts.utility_lost


@register_jitable
def smoothness(facts: Any) -> Any:
    """Minus the distance between the topic before and the topic led to."""
    return -facts.topic_jump


TERMS: dict[str, Term] = {
    "goal": Term(goal, "dialogues that reach the goal", 0.0, 1.0, "PersuasionForGood: donations, not promises, are the outcome"),
    "progress": Term(progress, "share of the way to the goal", -1.0, 1.0, "potential-based shaping (Ng, Harada and Russell 1999), undiscounted"),
    "satisfaction": Term(satisfaction, "satisfaction, 0 to 1", -1.0, 1.0, "potential-based shaping on the latent satisfaction"),
    "final_satisfaction": Term(final_satisfaction, "satisfaction, 0 to 1", 0.0, 1.0, "CaSiNo: satisfaction asked at the end"),
    "turn_cost": Term(turn_cost, "turns", -1.0, 0.0, "the usual cost per turn of task dialogue"),
    "question_burden": Term(question_burden, "effort of a question, 0 to 1", -1.0, 0.0, "MIMICS: a poor question costs more than none"),
    "false_intervention": Term(false_intervention, "interruptions", -1.0, 0.0, "ProactiveAgent: unasked proposals are mostly turned down"),
    "missed_need": Term(missed_need, "unanswered needs", -1.0, 0.0, "ProactiveAgent: silences that were missed needs"),
    "leaving": Term(leaving, "people who left", -1.0, 0.0, "BETOLD: late hang-ups"),
    "relaxation": Term(relaxation, "share of the first wish given up", -1.0, 0.0, "utility against the wish the person came with"),
    "smoothness": Term(smoothness, "topic distance, 0 to 1", -1.0, 0.0, "TIAGE: people mostly stay close to the topic"),
}
TERM_NAMES: tuple[str, ...] = tuple(TERMS)


def reward_vector(facts: Facts) -> npt.NDArray[np.float32]:
    """Return every term for every dialogue, [B, M] in the order of ``TERM_NAMES``."""
    vector = np.empty((len(facts), len(TERMS)), np.float32)
    _write(np.ascontiguousarray(facts), vector)
    return vector


@entry
def _write(facts_: Any, out: Any) -> None:
    facts = records(facts_)
    for b in range(len(out)):
        write_terms(facts[b], out[b])


@compiled
def write_terms(facts: Any, out: Any) -> None:
    """Write every term of one exchange into ``out`` [M], in the order of ``TERMS``."""
    out[0] = goal(facts)
    out[1] = progress(facts)
    out[2] = satisfaction(facts)
    out[3] = final_satisfaction(facts)
    out[4] = turn_cost(facts)
    out[5] = question_burden(facts)
    out[6] = false_intervention(facts)
    out[7] = missed_need(facts)
    out[8] = leaving(facts)
    out[9] = relaxation(facts)
    out[10] = smoothness(facts)
