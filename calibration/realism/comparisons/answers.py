"""Answers to clarifying questions in Qulac: the questions as logged, the answers simulated."""

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd

from calibration.corpora.readers.qulac import read_qulac
from calibration.fits.answers import REPORTED, REPORTS, fit_answers, fit_refusal, sort_answers
from calibration.fits.worlds import ASSUMED, replay_world
from calibration.realism.distances import Values
from calibration.realism.ratios import Quantity, Sample, Simulate
from dialogue_env.acts import Family, Form, Reply, Report
from dialogue_env.draws import Stream
from dialogue_env.files import read_toml
from dialogue_env.simulator import Simulator
from dialogue_env.types import F64, I64

CORPUS = "Qulac"
COPIES, SEED = 4, 6
DOMAIN = "concierge"
"""A domain with a slot for each form of question, in which slots may not matter to people."""
PLACE = {Report.VALUE: 0, Report.NO_PREFERENCE: 1, Report.VAGUE: 2, Report.REFUSED: 3}
FORMS = tuple(form.name.lower() for form in Form)


@dataclass(frozen=True, slots=True)
class Answers:
    """The comparison on sorted answers (``answers.sort_answers``) with the number of the question, ``group``."""

    table: pd.DataFrame
    name: str = "answers"
    corpus: str = CORPUS
    replayed: str = "the form of the question, asked first"
    quantities: tuple[Quantity, ...] = tuple(Quantity(f"answers to {form} questions", "answers", "total variation", REPORTS, 1.5) for form in FORMS)
    models: tuple[str, ...] = ("people", "always answers", "whatever the form")
    copies: int = COPIES

    @property
    def groups(self) -> I64:
        """Return the question of each answer."""
        return self.table["group"].to_numpy(np.int64)

    def human(self, rows: I64) -> Sample:
        """Return what the answers ``rows`` report, by form of the question."""
        kinds = self.table["kind"].map(REPORTED).map(REPORTS.index).to_numpy(np.float64)[rows]
        return self._by_form(rows, kinds, 1)

    def fit(self, model: str, rows: I64) -> Simulate:
        """Return a model of answers fitted to the answers ``rows``."""
        train = self.table.iloc[rows]
        if model == "people":
            traits = read_toml(ASSUMED)["traits"]
            hand = replay_world((), domain=DOMAIN)
            refusal = fit_refusal(self.corpus, train, hand.person.constants["answers"]["refusal_relevance"])
            own = fit_answers(self.corpus, train, hand.person.constants["wish"]["dont_care"], float(np.mean(traits["vagueness"])))
            simulator = Simulator(replay_world((refusal, *own), domain=DOMAIN))
            return lambda held: self._by_form(held, self._played(simulator, held), self.copies)
        shares = train["kind"].map(REPORTED).map(REPORTS.index).value_counts(normalize=True).reindex(range(len(REPORTS)), fill_value=0.0).to_numpy()
        shares = np.array([1.0, 0.0, 0.0, 0.0]) if model == "always answers" else shares
        return lambda held: self._by_form(
            held, np.random.default_rng(SEED).choice(len(REPORTS), len(held) * self.copies, p=shares).astype(np.float64), self.copies
        )

    def _played(self, simulator: Simulator, held: I64) -> F64:
        """Return what simulated people report [n * copies] who are asked, as their first question, one of the same form."""
        world = simulator.world
        first = [int(np.flatnonzero(world.tables.slots["form"] == form)[0]) + world.acts.span[Family.CLARIFY].start for form in Form]
        action = np.array([first[FORMS.index(form)] for form in self.table["form"].to_numpy()[held]])
        action = np.repeat(action, self.copies)
        state = simulator.reset(Stream.TRAINING, SEED, np.arange(len(action)))
        after, _ = simulator.step(state, action, np.full(len(action), Reply.ANSWER))
        places = np.array([PLACE.get(report, 0) for report in Report], np.float64)
        return np.asarray(places[after.talk.now["heard_kind"]])

    def _by_form(self, rows: I64, kinds: F64, copies: int) -> Sample:
        form = np.repeat(self.table["form"].to_numpy()[rows], copies)
        among = {quantity.name: np.flatnonzero(form == name) for quantity, name in zip(self.quantities, FORMS, strict=True)}
        return {name: Values(units, kinds[units]) for name, units in among.items()}


def load_answers(root: Path) -> Answers:
    """Return the comparison on the answers below ``root``; raises InputError if they are not there."""
    table = read_qulac(root)
    return Answers(sort_answers(table).assign(group=table["question"].astype("category").cat.codes).reset_index(drop=True))
