"""A sweep as plain data: all that the report shows, and what ``report.json`` holds."""

from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np

from dialogue_env.acts import Family
from evaluation.bootstrap import Estimate
from evaluation.grid import build_worlds
from evaluation.measures import BY_NAME, act_counts, sample_of
from evaluation.plots import FAMILY_COLOURS
from evaluation.transcripts import Transcript, transcribe
from tuning.choices import Choice, along_front
from tuning.comparison import Rival
from tuning.monotone import checks
from tuning.outcome import EVERYBODY, MEASURES, OBJECTIVES, WORST, Outcome, interval
from tuning.sweep import REFERENCE

CHECK = "check"
"""What the name of a definition begins with that is a finding about this sweep."""
SAMPLED = 3
"""How many people the report shows at each of its points."""
INTERVALS = (
    "95 % intervals: Student's over training seeds and the normal over people, in quadrature; with one seed over people alone. "
    "Person i is the same person with the same luck at every point, so what differs between points is the policy."
)
CAUTION = "The people are simulated: fitted to human dialogues in part, set by hand in part. What a policy reaches with them is no promise about real people."
DEFINITIONS = (
    ("front", "the points that no other point beats in both success and satisfaction"),
    ("hypervolume", "the area that a front dominates above the reference point, which is 0 success and 0 satisfaction: more is better"),
    ("sparsity", "the mean squared gap between neighbours on the front: less is better"),
    ("expected utility", "the mean return if for each weighting of the range the best point is played"),
    (WORST, "measure by measure, the person type that fares worst at that point"),
)


def describe(outcome: Outcome, rivals: Sequence[Rival], choices: Sequence[Choice], command: str, failed: int) -> dict[str, Any]:
    """Return the report's data, as ``tuning/page.py`` lays it out."""
    plan = outcome.plan
    families = [family for family in FAMILY_COLOURS if Family(family) in np.unique(outcome.cells[0][0].families)]
    return {
        "title": "How hard should it push?",
        "command": command,
        "about": {
            "sentence": _sentence(outcome, failed),
            "intervals": INTERVALS,
            "definitions": [*DEFINITIONS, *((f"{CHECK}, {check.term} on {check.measure}", check.text()) for check in checks(outcome))],
            "caution": CAUTION,
        },
        "terms": list(plan.range.terms),
        "ranges": {name: [low, high] for name, low, high in plan.range.spans},
        "shape": plan.weights_shape,
        "types": list(outcome.types),
        "families": [{"name": family.name.lower(), "colour": FAMILY_COLOURS[family]} for family in families],
        "measures": [
            {"name": m.name, "title": m.title.replace(" %", ""), "percent": m.percent, "digits": m.digits, "meaning": m.meaning}
            for m in (BY_NAME[name] for name in MEASURES)
        ],
        "points": [_point(outcome, point, families) for point in range(len(outcome.weights))],
        "fronts": {kind: outcome.front(kind) for kind in outcome.types},
        "quality": {kind: _quality(outcome, kind) for kind in outcome.types},
        "reference": dict(zip(OBJECTIVES, REFERENCE, strict=True)),
        "against": [_rival(rival) for rival in rivals],
        "seconds": outcome.seconds,
        "steps": outcome.steps,
        "choices": [{"name": choice.name, "point": choice.point, "text": choice.text} for choice in choices],
        "prices": list(_prices(outcome)),
        "samples": list(_samples(outcome, choices)),
    }


def estimated(estimate: Estimate) -> list[float]:
    """Return an estimate as [value, low, high]."""
    return [estimate.value, estimate.low, estimate.high]


def _sentence(outcome: Outcome, failed: int) -> str:
    plan = outcome.plan
    what = "One policy that sees the weights and serves them all" if plan.policy == "conditioned" else "A policy of its own for every weights"
    lost = f" {failed} trials failed and are left out." if failed else ""
    return (
        f"{plan.domain}, {plan.population}. {what} "
        f"({plan.algo}, {outcome.steps:,} turns and {outcome.seconds:.0f} seconds of training per seed, {plan.seeds} seeds), "
        f"tried at {len(outcome.weights)} points on {plan.dialogues:,} simulated people each, the same people at every point.{lost}"
    )


def _point(outcome: Outcome, point: int, families: Sequence[Family]) -> dict[str, Any]:
    given = outcome.weights[point].as_dict()
    return {
        "label": outcome.label(point),
        "weights": {term: given[term] for term in outcome.plan.range.terms},
        "note": outcome.notes[point],
        "by_type": {
            kind: {
                "measures": {name: estimated(outcome.estimate(point, name, kind)) for name in MEASURES},
                "acts": None if kind == WORST else _act_shares(outcome, point, kind, families),
            }
            for kind in outcome.types
        },
    }


def _act_shares(outcome: Outcome, point: int, kind: str, families: Sequence[Family]) -> list[float]:
    """Return the share of each family in all acts at a point."""
    totals, people = np.zeros(len(Family)), outcome.people(kind)
    for cell in outcome.cells[point]:
        counts = act_counts(sample_of(cell.dialogues, cell.weights))[people].sum(axis=0)
        np.add.at(totals, np.array(cell.families)[: len(counts)], counts)
    return [float(totals[family] / totals.sum()) for family in families]


def _quality(outcome: Outcome, kind: str) -> dict[str, Any]:
    sparse = interval(outcome.sparsities(kind), 0.0)
    useful = None if kind == WORST else estimated(outcome.expected_utility(kind))
    return {
        "hypervolume": estimated(outcome.hypervolumes(kind).estimate()),
        "sparsity": [sparse.value, max(0.0, sparse.low), sparse.high],
        "expected_utility": useful,
    }


def _rival(rival: Rival) -> dict[str, Any]:
    other = rival.outcome
    points = range(len(other.weights))
    return {
        "name": other.plan.name,
        "seconds": other.seconds,
        "steps": other.steps,
        "points": [
            {
                "label": f"{other.label(point)} {other.notes[point]}".strip(),
                "by_type": {kind: {"measures": {name: estimated(other.estimate(point, name, kind)) for name in OBJECTIVES}} for kind in other.types},
            }
            for point in points
        ],
        "fronts": {kind: other.front(kind) for kind in other.types},
        "hypervolume": {kind: estimated(estimate) for kind, estimate in rival.hypervolume.items()},
        "ratio": {kind: estimated(estimate) for kind, estimate in rival.ratio.items()},
    }


def _prices(outcome: Outcome) -> Iterator[dict[str, Any]]:
    for step in along_front(outcome):
        price = [step.price, step.loss.low / step.gain.value, step.loss.high / step.gain.value]
        words = f"{step.gain.value:.1f} points more success for {step.loss.value:.3f} satisfaction"
        yield {"from": step.first, "to": step.second, "price": price, "text": f"{words}{': may as well be free' if step.free else ''}"}


def _samples(outcome: Outcome, choices: Sequence[Choice]) -> Iterator[dict[str, Any]]:
    """Yield the same people at the end of the front that pushes most, at the knee, and at the end that pleases most."""
    front = outcome.front(EVERYBODY)
    titles = {front[-1]: "most success", front[0]: "most satisfaction"}
    titles |= {choice.point: choice.name for choice in choices[:1] if choice.point is not None}
    setting = outcome.cells[0][0].setting
    world = build_worlds([setting])[setting]
    for point in sorted(titles, key=lambda point: -outcome.estimate(point, "success", EVERYBODY).value):
        dialogues = [_dialogue(transcript) for transcript in transcribe(world, outcome.cells[point][0], SAMPLED)]
        yield {"point": point, "title": titles[point], "dialogues": dialogues}


def _dialogue(transcript: Transcript) -> dict[str, Any]:
    return {
        "person": transcript.person,
        "type": transcript.hidden_person_type,
        "success": transcript.success,
        "left": transcript.left,
        "exchanges": [
            {
                "turn": line.turn,
                "act": line.act,
                "agent": line.agent,
                "reply": line.reply,
                "person": line.person,
                "satisfaction": line.hidden_satisfaction,
            }
            for line in transcript.exchanges
        ],
    }
