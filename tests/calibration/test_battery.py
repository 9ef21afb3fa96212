import io
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from rich.console import Console

from calibration.battery.findings import Finding, assess
from calibration.battery.human import Human, human_figures, load_human
from calibration.battery.measures import MEASURES, measured
from calibration.battery.report import battery
from calibration.corpora.coded import OVER, Coded, code, standing
from calibration.corpora.dialogues import Log
from calibration.corpora.labels import label_map
from calibration.corpora.readers.casino import read_casino
from calibration.corpora.readers.p4g import read_annotated
from calibration.fits.walking_away import walkers
from calibration.scripts import Script, corpus_script, draw_scripts, load_persuader, persuader
from calibration.user_models import Met, RecordedPeople, SimulatedPeople, simulated_people
from dialogue_env import build_world, load_population
from dialogue_env.acts import Family, Reply
from evaluation.bootstrap import Estimate
from rewards.errors import InputError

NOTHING, ASK, YES, NO, OFF, LEAVE = Reply.ACKNOWLEDGE, Reply.ASK, Reply.ACCEPT, Reply.RESIST, Reply.DRIFT, Reply.LEAVE
ASKING = Family.PROPOSE
BY_NAME = {measure.name: measure for measure in MEASURES}


def met(*replies: list[int], acted: float = float("nan"), free: bool = True) -> Met:
    """Return replies to an agent that asks in every exchange; rows end with -1."""
    width = max(map(len, replies))
    reply = np.array([row + [OVER] * (width - len(row)) for row in replies])
    family = np.where((reply == OVER) & ~np.logical_or.accumulate(reply == LEAVE, axis=1), OVER, ASKING)
    return Met(Script(family, np.full(family.shape, "")), reply, np.full(len(replies), acted), free)


@dataclass(frozen=True)
class Always:
    """People who always say the same, and do it or not."""

    name: str
    reply: int
    acts: float

    def meet(self, script: Script, seed: int) -> Met:
        reply = np.where(script.live, self.reply, OVER)
        if self.reply == LEAVE:
            reply[:, 1:] = OVER
        return Met(script, reply, np.full(len(script), self.acts))


@pytest.fixture(scope="module")
def scripts() -> Script:
    return draw_scripts(load_persuader(), 300, 1)


@pytest.fixture(scope="module")
def crowd() -> SimulatedPeople:
    return simulated_people(load_population("everyone"))


def test_a_yes_stands_until_taken_back() -> None:
    reply = np.array([[ASK, YES, NOTHING, NO, YES], [NO, YES, NO, OVER, OVER], [NO, NO, YES, OFF, OVER]])
    assert standing(reply).astype(int).tolist() == [[0, 1, 1, 0, 1], [0, 1, 0, 0, 0], [0, 0, 1, 1, 1]]


@pytest.mark.parametrize(
    ("name", "people", "value"),
    [
        ("acceptance", met([YES, NO], [NO, YES], [YES, LEAVE], [ASK]), 0.5),
        ("depth", met([NO, NO, ASK], [ASK], [NO, NO, NO, YES]), 1.0),
        ("resistance", met([NO, ASK], [ASK, ASK, LEAVE]), 0.25),
        ("deliberation", met([ASK, ASK, YES, ASK], [ASK, NO]), 1.5),
        ("reversals", met([YES, NO], [NO, YES], [YES, ASK, NO], [NO]), 0.5),
        ("say_do", met([YES, NO], [ASK, ASK], acted=0.6), 0.6),
        ("push", met([NO, YES], [ASK, NO]), 0.5),
        ("push", met([YES, YES, YES], [NO, NO, NO]), -3 / 11),
        ("walk_away", met([ASK, LEAVE], [ASK, ASK], [NO], [YES]), 0.25),
        ("timing", met([ASK, YES], [YES], [NO]), 1.5),
        ("off_task", met([OFF, ASK], [YES, YES]), 0.25),
    ],
)
def test_measure(name: str, people: Met, value: float) -> None:
    assert measured(people)[name].value == pytest.approx(value)


def test_measures_that_nobody_can_tell_have_no_value() -> None:
    values = measured(met([ASK, ASK], [NO, NO], free=False))
    assert {name for name, estimate in values.items() if np.isnan(estimate.value)} == {"say_do", "timing", "walk_away"}


@pytest.mark.parametrize("name", ["acceptance", "resistance"])
def test_verdict_knows_which_way_is_kind(name: str) -> None:
    measure, human = BY_NAME[name], Human(0.5, 0.1, 300, "made up")
    reach = 1.96 * 2**0.5 * 0.1
    assert human.band == pytest.approx((0.5 - reach, 0.5 + reach))
    verdicts = [Finding("m", measure, Estimate(value, value, value), human).verdict for value in (0.1, 0.25, 0.75, 0.9, float("nan"))]
    far = ["red: too hard", "red: too kind"][:: measure.kind]
    assert verdicts == [far[0], "green", "green", far[1], "not told"]


def test_nobody_is_kinder_than_those_who_always_say_yes(scripts: Script) -> None:
    verdicts = {found.measure.name: found.verdict for found in assess(Always("yes", YES, 1.0), scripts, 0, load_human())}
    kind = {"acceptance", "resistance", "deliberation", "reversals", "say_do", "walk_away", "timing", "off_task"}
    assert {name for name, verdict in verdicts.items() if verdict == "red: too kind"} == kind
    assert "red: too hard" not in verdicts.values()


def test_stone_walls_are_too_hard(scripts: Script) -> None:
    verdicts = {found.measure.name: found.verdict for found in assess(Always("no", NO, 0.0), scripts, 0, load_human())}
    assert {name for name, verdict in verdicts.items() if verdict == "red: too hard"} == {"acceptance", "depth", "resistance"}
    assert verdicts["say_do"] == "not told"


def test_those_who_walk_out_say_nothing(scripts: Script) -> None:
    findings = {found.measure.name: found for found in assess(Always("gone", LEAVE, 0.0), scripts, 0, load_human())}
    assert findings["walk_away"].estimate.value == 1.0
    assert findings["walk_away"].verdict == "red: too hard"
    assert findings["resistance"].verdict == "not told"


def test_reply_after_the_end_is_refused() -> None:
    script = Script(np.full((1, 3), ASKING), np.full((1, 3), ""))
    for replies in ([ASK, LEAVE, ASK], [ASK, OVER, OVER], [ASK, ASK, OVER]):
        with pytest.raises(InputError, match="-1 from there on"):
            Met(script, np.array([replies]), np.zeros(1))


def test_simulated_people_are_the_same_for_the_same_seed(crowd: SimulatedPeople, scripts: Script) -> None:
    one, again, other = (crowd.meet(scripts, seed) for seed in (1, 1, 2))
    assert np.array_equal(one.reply, again.reply)
    assert np.array_equal(one.acted, again.acted)
    assert not np.array_equal(one.reply, other.reply)
    assert ((one.acted >= 0) & (one.acted < 1)).all()  # 0 for who was never asked
    assert (one.acted > 0).mean() > 0.7


def test_simulated_people_go_where_their_patience_ends(crowd: SimulatedPeople, scripts: Script) -> None:
    constants = crowd.world.person.constants
    hasty = {**constants, "leaving": {**constants["leaving"], "base": 0.0}}
    world = build_world(crowd.world.domain, replace(crowd.world.population, person=replace(crowd.world.person, constants=hasty)), 0.0)
    left = [measured(people.meet(scripts, 0))["walk_away"].value for people in (crowd, SimulatedPeople("hasty", world))]
    assert left[0] < left[1]
    assert left[1] > 0.85


def test_battery_writes_table_file_and_pictures(tmp_path: Path, scripts: Script) -> None:
    stream = io.StringIO()
    models = (Always("kindly", YES, 1.0), Always("stony", NO, 0.0))
    findings = battery(models, scripts, tmp_path, Console(file=stream, width=120))
    printed = stream.getvalue()
    assert [len(model) for model in findings] == [10, 10]
    assert all(word in printed for word in ("kindly", "stony", "red: too kind", "red: too hard", "green", "not told", "CaSiNo"))
    lines = (tmp_path / "battery.csv").read_text().splitlines()
    assert len(lines) == 21
    assert lines[1].startswith("kindly,acceptance,1.00000,1.00000,1.00000,")
    light, dark = ((tmp_path / name).read_bytes() for name in ("battery.png", "battery_dark.png"))
    assert light[:4] == dark[:4] == b"\x89PNG"
    assert light != dark


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "must be a table"),
        ("[figures.acceptance]\nvalue = 1.0\n", "'depth' is missing"),
        ("".join(f"[figures.{name}]\nvalue = 1.0\nerror = 0.0\ncount = 3\nsource = 'x'\n" for name in BY_NAME), "acceptance.error"),
    ],
)
def test_faulty_file_of_human_figures_is_named(put: Callable[[str, Any], Path], text: str, message: str) -> None:
    path = put("human.toml", text)
    with pytest.raises(InputError, match=message) as caught:
        load_human(path)
    assert str(path) in str(caught.value)


@pytest.fixture(scope="module")
def donations(corpora_root: Path) -> Coded:
    """Return PersuasionForGood's annotated dialogues as acts; the texts are left out, as closeness of topics is not needed."""
    log = read_annotated(corpora_root)
    mute = (replace(d, exchanges=tuple(replace(e, agent_text="", person_text="") for e in d.exchanges)) for d in log.dialogues)
    return code(Log(tuple(mute), {}), label_map("p4g"), "P4G")


def test_shipped_figures_are_those_of_the_corpora(corpora_root: Path, donations: Coded) -> None:
    figures = human_figures(donations, walkers(read_casino(corpora_root)))
    assert {name: Human(**figure) for name, figure in figures.items()} == load_human()
    table = persuader(donations)
    shipped = load_persuader()
    assert table["lengths"] == {str(length): count for length, count in shipped.lengths.items()}
    assert table["acts"] == {str(first): rows for first, rows in shipped.acts.items()}


def test_recorded_people_are_as_people(donations: Coded) -> None:
    people = RecordedPeople("recorded", donations, "gave")
    findings = {found.measure.name: found for found in assess(people, corpus_script(donations), 0, load_human())}
    assert findings.pop("walk_away").verdict == "not told"
    assert all(abs(found.kindness) < 1e-3 for found in findings.values())
    with pytest.raises(InputError, match="own corpus"):
        people.meet(draw_scripts(load_persuader(), 300, 0), 0)


def test_drawn_scripts_serve_as_well_as_those_of_the_corpus(donations: Coded, crowd: SimulatedPeople) -> None:
    human = load_human()
    both = (corpus_script(donations).take(np.repeat(np.arange(len(donations)), 5)), draw_scripts(load_persuader(), 1500, 0))
    findings = [assess(crowd, script, 0, human) for script in both]
    for of_corpus, drawn in zip(*findings, strict=True):
        if of_corpus.measure.name != "walk_away":
            assert abs(of_corpus.kindness - drawn.kindness) < 0.75, of_corpus.measure.name


def test_shipped_people_are_as_kind_as_people_and_accommodating_ones_too_kind() -> None:
    script = draw_scripts(load_persuader(), 3000, 0)
    people, accommodating = (
        {found.measure.name: found.verdict for found in assess(simulated_people(load_population(name)), script, 0, load_human())}
        for name in ("people", "accommodating")
    )
    assert set(people.values()) == {"green"}
    kind = {"acceptance", "depth", "resistance", "deliberation", "reversals", "say_do", "timing", "off_task"}
    assert {accommodating[name] for name in kind} == {"red: too kind"}
