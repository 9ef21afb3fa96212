"""What being talked to in a certain way does to people: measured effects on how they like it and on what it costs them.

The effects on satisfaction are from chats that were assigned to arms of an experiment: what a whole chat is rated
lower for having it in every turn, over the range of the scale. In the simulator satisfaction follows
``s' = rho s + (1 - rho) quality``, whose steady state is the quality. So what lowers the quality of every exchange
by so much lowers the satisfaction in the end by as much, and the effect on a chat is the constant of an exchange.
"""

import re
from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd

from calibration.corpora.readers.controllable import HIGH, LOW
from calibration.fits.estimates import Estimate
from dialogue_env.acts import Form
from rewards.errors import InputError, unknown

ARMS = {
    "repetition": ("repetition uncontrolled", "repetition controlled"),
    "echo": ("relatedness +13", "relatedness 0"),
    "jump": ("relatedness -10", "relatedness 0"),
    "questioning": ("asking 10+", "asking 7"),
}
"""For each effect the arm that has it in every turn and the one to compare with: for questions that is the best arm."""
ARM_ERROR = 0.03
"""Standard error of an arm's mean in steps of the scale: assumed, as none was published."""
ARM_CHATS = 100
"""Chats in an arm, at least."""
POLAR = re.compile(r"(?:is|are|was|were|do|does|did|has|have|will|would|should)\b", re.IGNORECASE)
"""How a question begins that asks for yes or no."""
FEWEST_ANSWERS = 30
HIGHEST_EFFORT = 1.5


def fit_effects(where: str, arms: Mapping[str, float]) -> tuple[Estimate, ...]:
    """Return ``repetition``, ``echo``, ``jump`` and ``questioning``: an arm's mean enjoyment less that of another, over the range of the scale.

    ``arms`` holds the mean enjoyment (1 to 4) of each arm. Raises InputError if an arm is missing.
    """
    error = float(np.sqrt(2.0)) * ARM_ERROR / (HIGH - LOW)
    estimates = []
    for name, pair in ARMS.items():
        for arm in pair:
            if arm not in arms:
                raise unknown(f"arm of {where}", arm, arms)
        value = (arms[pair[0]] - arms[pair[1]]) / (HIGH - LOW)
        method = f"enjoyment of the arm {pair[0]} less {pair[1]}, over the range; standard error of an arm assumed {ARM_ERROR}"
        estimates.append(Estimate(f"person.satisfaction.{name}", value, error, 2 * ARM_CHATS, where, method))
    return tuple(estimates)


def form_of(questions: Sequence[str], options: int) -> Form:
    """Return the form of an inquiry: a choice if it suggests answers, polar if all of its questions ask for yes or no, else open."""
    if options:
        return Form.CHOICE
    return Form.POLAR if all(POLAR.match(question) for question in questions) else Form.OPEN


def fit_effort(where: str, answers: pd.DataFrame) -> tuple[Estimate, ...]:
    """Return the ``effort`` of answering by form of question, relative to an open one (1): how many words the answers take.

    ``answers`` is a table as of ``in3.read_in3``. Assistants differ in how many questions they ask at a time and in
    what they make people say, and those that suggest answers ask fewer: so it is a Poisson regression of words on
    form, given the assistant and the logarithm of the number of questions; standard errors clustered by dialogue.
    Ratios are cut at ``HIGHEST_EFFORT``. Raises InputError if a form has too few answers.
    """
    forms = pd.Series([form_of(*row) for row in zip(answers["questions"], answers["options"], strict=True)], index=answers.index)
    counts = {form: int((forms == form).sum()) for form in Form}
    for form, count in counts.items():
        if count < FEWEST_ANSWERS:
            raise InputError(f"{where}: {count} answers to {form.name.lower()} questions; at least {FEWEST_ANSWERS} are needed")
    method = "words of answers to {} questions over those to open ones, given assistant and number of questions; Poisson regression"
    estimates = [Estimate("person.answers.effort.0", 1.0, None, counts[Form.OPEN], where, "the reference: an open question")]
    for form, (ratio, error) in _ratios(answers, forms).items():
        told = method.format(form.name.lower())
        estimates.append(Estimate(f"person.answers.effort.{int(form)}", min(ratio, HIGHEST_EFFORT), error, counts[form], where, told))
    return tuple(estimates)


def _ratios(answers: pd.DataFrame, forms: pd.Series) -> dict[Form, tuple[float, float]]:
    """Return the ratio of words to those of answers to open questions, with its standard error, of the other forms."""
    import statsmodels.api as sm  # noqa: PLC0415 -- slow to import

    others = (Form.CHOICE, Form.POLAR)
    design = pd.DataFrame({form.name: (forms == form).astype(float) for form in others})
    design = design.join(pd.get_dummies(answers["assistant"], drop_first=True, dtype=float))
    design["questions"] = np.log(answers["questions"].map(len))
    groups = answers["dialogue"].astype("category").cat.codes
    model = sm.GLM(answers["answer"].str.split().str.len(), sm.add_constant(design), family=sm.families.Poisson())
    fitted = model.fit(cov_type="cluster", cov_kwds={"groups": groups})
    ratios = {form: float(np.exp(fitted.params[form.name])) for form in others}
    return {form: (ratio, ratio * float(fitted.bse[form.name])) for form, ratio in ratios.items()}


def question_worth(where: str, panes: pd.DataFrame) -> tuple[Estimate, ...]:
    """Return what goes with a clarifying pane's judged quality (0 to 1): one more option, and the most clicks instead of none.

    ``panes`` is a table as of ``mimics_duo.read_mimics_duo``. Least squares on both; standard errors clustered by query.
    """
    import statsmodels.api as sm  # noqa: PLC0415 -- slow to import

    design = sm.add_constant(pd.DataFrame({"per_option": panes["options"], "by_engagement": panes["engagement"] / 10.0}))
    groups = panes["query"].astype("category").cat.codes
    fitted = sm.OLS((panes["quality"] - 1.0) / 4.0, design).fit(cov_type="cluster", cov_kwds={"groups": groups})
    return tuple(
        Estimate(f"mimics_duo.quality_{name}", float(fitted.params[name]), float(fitted.bse[name]), len(panes), where, "least squares of judged quality")
        for name in ("per_option", "by_engagement")
    )
