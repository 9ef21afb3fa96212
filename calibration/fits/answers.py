"""How people answer clarifying questions, by the form of the question."""

import re
from collections.abc import Mapping
from functools import cache
from pathlib import Path

import numpy as np
import pandas as pd

from calibration.fits.estimates import Estimate
from dialogue_env.acts import Form
from dialogue_env.files import check_keys, read_toml
from rewards.errors import InputError

FILE = Path(__file__).parent / "answers.toml"
REPORTED = {
    "refused": "refused",
    "no_preference": "no_preference",
    "bare_no": "partial",
    "bare_yes": "partial",
    "no_and_more": "value",
    "yes_and_more": "value",
    "direct": "value",
}
"""What a kind of answer reports about the slot: a bare yes or no leaves it half open, more information settles it."""
REPORTS = ("value", "no_preference", "partial", "refused")
FROM_INDIFFERENT = 0.7
"""Share of the answers without a preference that come from people to whom the slot does not matter; set by hand."""
FEWEST = 50


def sort_answers(table: pd.DataFrame) -> pd.DataFrame:
    """Return the ``form`` of each question and the ``kind`` of each answer of a table with the columns question and answer."""
    forms = [_first("form", question) for question in table["question"]]
    kinds = [_first("kind", answer) for answer in table["answer"]]
    return pd.DataFrame({"form": forms, "kind": kinds}, index=table.index)


def shares(sorted_: pd.DataFrame) -> dict[str, dict[str, float]]:
    """Return the shares of the kinds of answers by form of question."""
    return {form.name.lower(): dict(sorted_.loc[sorted_["form"] == form.name.lower(), "kind"].value_counts(normalize=True)) for form in Form}


def fit_refusal(where: str, sorted_: pd.DataFrame, by_relevance: float) -> Estimate:
    """Return the mean of the trait ``refusal``; a question of middling relevance is refused at ``1 - by_relevance / 2`` times that rate."""
    share = float((sorted_["kind"] == "refused").mean())
    scale = 1.0 - by_relevance / 2.0
    return Estimate("types.refusal", share / scale, _error(share, len(sorted_)) / scale, len(sorted_), where, "share of answers")


def fit_answers(where: str, sorted_: pd.DataFrame, dont_care: float, vagueness: float) -> tuple[Estimate, ...]:
    """Return ``no_preference`` (of those who care), ``indifferent`` (of those who do not) and ``partial`` by form of question.

    They are such that the shares of the corpus come out when ``dont_care`` of the slots do not matter to
    people and people give vague answers at a mean rate of ``vagueness`` beside.
    """
    estimates = []
    for form in Form:
        own = sorted_[(sorted_["form"] == form.name.lower()) & (sorted_["kind"] != "refused")]
        if len(own) < FEWEST:
            raise InputError(f"{where}: {len(own)} answers to {form.name.lower()} questions; at least {FEWEST} are needed")
        reported = own["kind"].map(REPORTED)
        unsure, partial = float((reported == "no_preference").mean()), float((reported == "partial").mean())
        error = {"unsure": _error(unsure, len(own)), "partial": _error(partial, len(own))}
        values = _by_care(unsure, dont_care) | {"partial": _beside(partial / (1.0 - unsure), vagueness)}
        scale = {"no_preference": (1 - FROM_INDIFFERENT) / (1 - dont_care), "indifferent": FROM_INDIFFERENT / dont_care, "partial": 1.0}
        for name, value in values.items():
            spread = error["partial" if name == "partial" else "unsure"] * scale[name]
            estimates.append(
                Estimate(f"person.answers.{name}.{int(form)}", value, spread, len(own), where, f"share of answers to {form.name.lower()} questions")
            )
    return tuple(sorted(estimates, key=lambda estimate: estimate.key))


def _by_care(unsure: float, dont_care: float) -> dict[str, float]:
    """Return P(no preference) of those who care and of those who do not, which mix to ``unsure``."""
    indifferent = min(FROM_INDIFFERENT * unsure / dont_care, 0.95)
    return {"no_preference": (unsure - dont_care * indifferent) / (1.0 - dont_care), "indifferent": indifferent}


def _beside(total: float, other: float) -> float:
    """Return the probability that, beside an independent one of ``other``, makes ``total``."""
    return max(0.0, 1.0 - (1.0 - total) / (1.0 - other))


def _error(share: float, count: int) -> float:
    return float(np.sqrt(share * (1.0 - share) / count))


def _first(table: str, text: str) -> str:
    plain = " ".join(re.sub(r"[^\w\s']", " ", text.lower()).replace("'", "").split())
    return next(name for name, pattern in _patterns()[table] if pattern.search(plain))


@cache
def _patterns() -> Mapping[str, tuple[tuple[str, re.Pattern[str]], ...]]:
    tables = check_keys(str(FILE), read_toml(FILE), ("form", "kind"))
    return {name: tuple((entry["name"], re.compile(entry["pattern"])) for entry in entries) for name, entries in tables.items()}
