"""People fitted to a corpus of one's own: the file loads and trains, and says what it could not tell."""

import tomllib
from pathlib import Path

import numpy as np
import pytest

from calibration.fits.own_corpus import fit_own
from calibration.fits.people_file import write_people
from calibration.fits.types_of_people import SHARES
from dialogue_env import DialogueVectorEnv, build_world, load_domain, load_population
from dialogue_env.acts import Family, Reply

EXAMPLES = Path(__file__).parents[2] / "examples"
CORPUS, LABELS = EXAMPLES / "my_corpus.jsonl", EXAMPLES / "my_labels.toml"


@pytest.fixture(scope="module")
def found():
    return fit_own(CORPUS, LABELS)


def test_what_the_corpus_cannot_tell_is_listed(found):
    unseen = "ACKNOWLEDGE, ANSWER, CHECK, CLARIFY, CLOSE, CORRECT, HOLD, YIELD: no replies to fit; these biases stay as shipped"
    assert found.warnings == (
        "person.response.FOLLOW.relevance: too few replies: the prior (58 seen)",
        "person.response.FOLLOW.satisfaction: too few replies: the prior (58 seen)",
        "person.response.DRIFT.relevance: too few replies: the prior (12 seen)",
        "person.response.DRIFT.satisfaction: too few replies: the prior (12 seen)",
        "cooperativeness: too few replies to tell people apart; its coefficient stays as shipped",
        unseen,
    )


def test_every_number_has_its_evidence(found):
    keys = [estimate.key for estimate in found.estimates]
    assert len(keys) == len(set(keys)) == 71
    biases = {f"person.bias.{family}.{reply}" for family, row in found.tables["person"]["bias"].items() for reply in row}
    assert biases == {key for key in keys if key.startswith("person.bias.")}
    assert {estimate.corpus for estimate in found.estimates} == {"my_corpus.jsonl"}


def test_the_written_people_can_be_trained_on(found, tmp_path):
    path = tmp_path / "mine.toml"
    write_people(path, "fit", found.tables, found.estimates)
    population = load_population(path)
    assert population.types == tuple(SHARES)
    world = build_world(load_domain("donation"), population, 0.05)
    bias = tomllib.loads(path.read_text())["person"]["bias"]["PROPOSE"]["ACCEPT"]
    assert world.person.bias[Family.PROPOSE, Reply.ACCEPT] == pytest.approx(bias)
    env = DialogueVectorEnv(4, domain="donation", population=path)
    env.reset(seed=0)
    for _ in range(20):
        _, reward, *_ = env.step(env.action_masks().argmax(axis=1))
        assert np.isfinite(reward).all()


def test_the_same_corpus_gives_the_same_people(found):
    assert fit_own(CORPUS, LABELS) == found


def test_a_corpus_without_the_catch_all_is_fitted_too(put):
    """Where the catch-all never follows, biases are relative to the most frequent reply, and it is as rare as half a person."""
    path = put("mine.jsonl", CORPUS.read_text().replace('["ok"]', '["answer"]'))
    bias = fit_own(path, LABELS).tables["person"]["bias"]["EXPLORE"]
    odds = {reply: np.exp(value) for reply, value in bias.items()}
    assert max(odds, key=odds.__getitem__) == "ANSWER"
    assert odds["ACKNOWLEDGE"] < 0.01 * odds["DRIFT"]
    assert {"EMOTE", "SILENT"} <= set(bias)


def test_a_reply_that_only_this_corpus_labels_is_fitted_once(put):
    lead = next(line for line in LABELS.read_text().splitlines(keepends=True) if line.startswith("follow_lead"))
    labels = put("labels.toml", LABELS.read_text().replace(lead, "").replace("DRIFT", "EMOTE"))
    found = fit_own(CORPUS, labels)
    keys = [estimate.key for estimate in found.estimates]
    assert len(keys) == len(set(keys))
    assert "person.bias.SHIFT.EMOTE" in keys
