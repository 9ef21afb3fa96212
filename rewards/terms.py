"""Reward terms: pure functions from the facts of a turn to one number per dialogue.

To add a term, write a function ``Turn -> [B]`` and a row of ``TERMS``. Virtues such as
asking, grounding or empathy are no terms: they are metrics that have to emerge.
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from rewards.turn import Floats, Turn


@dataclass(frozen=True, slots=True)
class Term:
    """A reward term: its function, unit, range per turn, and where it comes from."""

    function: Callable[[Turn], Floats]
    unit: str
    low: float
    high: float
    source: str


def goal(turn: Turn) -> Floats:
    """1 when the person does what the dialogue was for; saying yes is not enough."""
    return turn.reached.astype(np.float32)


def progress(turn: Turn) -> Floats:
    """Change in goal progress. Over a dialogue it sums to last minus first, so cycles earn nothing."""
    return turn.progress_after - turn.progress_before


def satisfaction(turn: Turn) -> Floats:
    """Change in the person's satisfaction. Over a dialogue it sums to last minus first."""
    return turn.satisfaction_after - turn.satisfaction_before


def final_satisfaction(turn: Turn) -> Floats:
    """The person's satisfaction at the end of the dialogue, 0 before."""
    return turn.satisfaction_after * turn.ended


def turn_cost(turn: Turn) -> Floats:
    """-1 for every exchange."""
    return np.full_like(turn.progress_after, -1.0)


def question_burden(turn: Turn) -> Floats:
    """Minus the effort of the question asked."""
    return -turn.question_effort


def false_intervention(turn: Turn) -> Floats:
    """-1 when the agent broke, unasked, into a thought that needed no help."""
    return -turn.intruded.astype(np.float32)


def missed_need(turn: Turn) -> Floats:
    """-1 when a question or a need for help went unanswered."""
    return -turn.missed.astype(np.float32)


def leaving(turn: Turn) -> Floats:
    """-1 when the person walks out."""
    return -turn.left.astype(np.float32)


def relaxation(turn: Turn) -> Floats:
    """Minus the share of the first wish, which the person came with, that the agreement gives up, at the end."""
    return -turn.utility_lost


def smoothness(turn: Turn) -> Floats:
    """Minus the distance between the topic before and the topic led to."""
    return -turn.topic_jump


TERMS: dict[str, Term] = {
    "goal": Term(goal, "dialogues that reach the goal", 0.0, 1.0, "PersuasionForGood: donations, not promises, are the outcome"),
    "progress": Term(progress, "share of the way to the goal", -1.0, 1.0, "potential-based shaping (Ng, Harada and Russell 1999), undiscounted"),
    "satisfaction": Term(satisfaction, "satisfaction, 0 to 1", -1.0, 1.0, "potential-based shaping on the latent satisfaction"),
    "final_satisfaction": Term(final_satisfaction, "satisfaction, 0 to 1", 0.0, 1.0, "CaSiNo: satisfaction asked at the end"),
    "turn_cost": Term(turn_cost, "turns", -1.0, 0.0, "the usual cost per turn of task dialogue"),
    "question_burden": Term(question_burden, "effort of a question, 0 to 1", -1.0, 0.0, "MIMICS: a poor question costs more than none"),
    "false_intervention": Term(false_intervention, "interruptions", -1.0, 0.0, "ProactiveAgent: unasked proposals are mostly turned down"),
    "missed_need": Term(missed_need, "unanswered needs", -1.0, 0.0, "ProactiveAgent: silences that were missed needs"),
    "leaving": Term(leaving, "walk-outs", -1.0, 0.0, "BETOLD: late hang-ups"),
    "relaxation": Term(relaxation, "share of the first wish given up", -1.0, 0.0, "utility against the wish the person came with"),
    "smoothness": Term(smoothness, "topic distance, 0 to 1", -1.0, 0.0, "TIAGE: people mostly stay close to the topic"),
}
TERM_NAMES: tuple[str, ...] = tuple(TERMS)


def reward_vector(turn: Turn) -> Floats:
    """Return every term for every dialogue, [B, M] in the order of ``TERM_NAMES``."""
    vector = np.empty((len(turn.reached), len(TERMS)), np.float32)
    for column, term in enumerate(TERMS.values()):
        vector[:, column] = term.function(turn)
    return vector
