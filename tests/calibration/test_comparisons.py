"""The comparisons of the realism report on made-up corpora: values by hand, fits that see their half alone; and on the published ones."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from test_leaving import made_up as calls

from calibration.corpora.dialogues import Dialogue, Exchange, Log
from calibration.fits.answers import REPORTS
from calibration.fits.satisfaction import PLACES
from calibration.realism.comparisons.answers import Answers, load_answers
from calibration.realism.comparisons.leaving import LAST, STAYS, TURN, Leaving, load_leaving
from calibration.realism.comparisons.ratings import END, LOWEST, MEAN, Ratings, load_ratings, measure
from calibration.realism.comparisons.topic_shifts import SHIFTS, TopicShifts, load_topic_shifts
from calibration.realism.comparisons.topic_shifts import STAYS as RUNS
from calibration.realism.ratios import compare

FORMS, KINDS = ("open", "choice", "polar"), ("direct", "no_preference", "bare_no", "refused")


def answers() -> Answers:
    """Return 200 answers to each form of question, one to a question."""
    rng = np.random.default_rng(0)
    kinds = rng.choice(KINDS, 600, p=[0.7, 0.1, 0.15, 0.05])
    return Answers(pd.DataFrame({"form": np.repeat(FORMS, 200), "kind": kinds, "group": np.arange(600)}))


def leaving() -> Leaving:
    return Leaving(calls(600))


def chat(rng: np.random.Generator, name: int) -> Dialogue:
    labels = np.where(rng.random((7, 2)) < 0.25, "shift", "stay")
    return Dialogue(str(name), tuple(Exchange((str(a),), (str(p),)) for a, p in labels), {})


def topic_shifts() -> TopicShifts:
    rng = np.random.default_rng(0)
    return TopicShifts(Log(tuple(chat(rng, i) for i in range(150)), {}))


def ratings() -> Ratings:
    """Return the ratings of 120 dialogues by three observers each."""
    rng, rows = np.random.default_rng(0), []
    for dialogue in range(120):
        relevance, interest = rng.integers(0, 5, 3), rng.integers(1, 4, 3)
        for annotator in range(3):
            felt = np.clip(np.rint(1 + 4 * (0.3 + 0.1 * relevance + 0.1 * interest) + rng.normal(0, 0.7, 3)), 1, 5)
            whole = float(np.clip(np.rint(felt.mean() + rng.normal(0, 0.5)), 1, 5))
            rows += [(f"d{dialogue:03}", f"a{annotator}", p, relevance[p - 1], interest[p - 1], felt[p - 1], whole) for p in PLACES]
    table = pd.DataFrame(rows, columns=["dialogue", "annotator", "place", "relevance", "interest", "satisfaction", "rating"])
    index = ["dialogue", "annotator"]
    wide = table.pivot_table(index=index, columns="place", values="satisfaction").join(table.groupby(index)["rating"].first())
    for name, low, span in (("relevance", 0, 4), ("interest", 1, 2)):
        values = ((table[name] - low) / span).to_numpy().reshape(-1, 3)
        wide = wide.assign(**{f"{name}{place}": values[:, place - 1] for place in PLACES})
    return Ratings(table, table[table["place"] == 1], wide)


MADE = {"answers": answers, "leaving": leaving, "topic shifts": topic_shifts, "satisfaction": ratings}


@pytest.fixture(scope="module", params=list(MADE))
def comparison(request):
    return MADE[request.param]()


def thirds(comparison):
    """Return rows to fit to, rows held out and rows of neither; a group is in one of them."""
    part = np.unique(comparison.groups, return_inverse=True)[1] % 3
    return tuple(np.flatnonzero(part == third) for third in range(3))


def without(comparison, rows):
    """Return the comparison with what the people of ``rows`` did turned round."""
    if isinstance(comparison, Answers):
        kind = comparison.table["kind"].mask(np.isin(np.arange(len(comparison.table)), rows), "refused")
        return replace(comparison, table=comparison.table.assign(kind=kind))
    if isinstance(comparison, Leaving):
        garbled = comparison.table["call"].isin(rows)
        return replace(comparison, table=comparison.table.assign(left=comparison.table["left"] & ~garbled))
    if isinstance(comparison, TopicShifts):
        chats = list(comparison.log.dialogues)
        for row in rows:
            chats[row] = replace(chats[row], exchanges=tuple(replace(e, person=("shift",)) for e in chats[row].exchanges))
        return replace(comparison, log=Log(tuple(chats), {}))
    names = comparison.wide.index[rows].get_level_values("dialogue")
    own = comparison.turns["dialogue"].isin(names)
    turns = comparison.turns.assign(satisfaction=comparison.turns["satisfaction"].mask(own, 1.0), rating=comparison.turns["rating"].mask(own, 1.0))
    wide = comparison.wide.copy()
    wide.loc[wide.index.get_level_values("dialogue").isin(names), [*PLACES, "rating"]] = 1.0
    return replace(comparison, turns=turns, dialogues=turns[turns["place"] == 1], wide=wide)


def equal(one, other):
    return all(np.array_equal(one[name].unit, other[name].unit) and np.array_equal(one[name].value, other[name].value) for name in one)


def test_every_model_plays_every_quantity(comparison):
    train, held, _ = thirds(comparison)
    human = comparison.human(held)
    for quantity in comparison.quantities:
        assert human[quantity.name].unit.max() < len(held)
        assert quantity.name in human
    for model in comparison.models:
        sample = comparison.fit(model, train)(held)
        for quantity in comparison.quantities:
            values = sample[quantity.name]
            assert values.unit.max() < len(held) * comparison.copies
            if quantity.distance == "total variation":
                assert set(values.value) <= set(range(len(quantity.bins)))


def test_the_same_rows_give_the_same_people(comparison):
    train, held, _ = thirds(comparison)
    for model in comparison.models:
        assert equal(comparison.fit(model, train)(held), comparison.fit(model, train)(held))


def test_a_fit_sees_its_own_rows_alone(comparison):
    train, held, others = thirds(comparison)
    garbled = without(comparison, others)
    for model in comparison.models:
        assert equal(comparison.fit(model, train)(held), garbled.fit(model, train)(held)), model
    assert not equal(comparison.human(others), garbled.human(others))


@pytest.mark.parametrize("made", [answers, topic_shifts, ratings])  # where a call ends is part of what is replayed of it
def test_what_held_out_people_did_is_not_played_back(made):
    comparison = made()
    train, held, _ = thirds(comparison)
    garbled = without(comparison, held)
    for model in comparison.models:
        assert equal(comparison.fit(model, train)(held), garbled.fit(model, train)(held)), model


def test_people_are_closer_than_the_first_naive_model(comparison):
    for result in compare(comparison, 2, 0):
        people, naive = (result.scores[model].distance.value for model in comparison.models[:2])
        assert people < naive, result.quantity.name


def test_answers_by_hand():
    table = pd.DataFrame({"form": ["open", "polar", "open"], "kind": ["direct", "bare_no", "refused"], "group": [0, 1, 2]})
    found = Answers(table).human(np.array([2, 0, 1]))
    assert found["answers to open questions"].value.tolist() == [REPORTS.index("refused"), REPORTS.index("value")]
    assert found["answers to open questions"].unit.tolist() == [0, 1]
    assert found["answers to polar questions"].value.tolist() == [REPORTS.index("partial")]
    assert found["answers to choice questions"].value.tolist() == []


def test_leaving_by_hand():
    rows = [(0, 7, False), (0, 8, True), (1, 7, False), (2, 7, True), (3, LAST + 3, True)]
    table = pd.DataFrame(rows, columns=["call", "turn", "left"])
    assert Leaving(table).human(np.array([0, 1, 2, 3]))[TURN.name].value.tolist() == [1, STAYS, 0, LAST - 7]
    assert TURN.bins[STAYS] == "stays"


def test_who_never_leaves_stays():
    made = leaving()
    assert set(made.fit("never leaves", np.arange(300))(np.arange(300, 600))[TURN.name].value) == {STAYS}


def test_topic_shifts_by_hand():
    sides = [("stay", "shift", "stay", "stay"), ("shift", "shift", "shift", "shift")]
    chats = tuple(Dialogue(str(i), tuple(Exchange(("stay",), (one,)) for one in side), {}) for i, side in enumerate(sides))
    found = TopicShifts(Log(chats, {})).human(np.array([0, 1]))
    assert found[SHIFTS.name].value.tolist() == [1, 4]
    assert found[RUNS.name].unit.tolist() == [0, 0]
    assert found[RUNS.name].value.tolist() == [0, 1]


def test_ratings_by_hand():
    found = measure(np.array([[1.0, 4.0, 4.0], [5.0, 5.0, 5.0]]), np.array([2.0, 5.0]))
    assert found[MEAN.name].value.tolist() == [3.0, 5.0]
    assert found[LOWEST.name].value.tolist() == [0, 4]
    assert found[END.name].value.tolist() == [1, 4]


@pytest.mark.parametrize("load", [load_leaving, load_answers, load_topic_shifts, load_ratings])
def test_people_meet_what_is_asked_on_the_published_corpora(corpora_root, load):
    for result in compare(load(corpora_root), 5, 0):
        assert result.scores["people"].ratio.value <= result.quantity.asked, result.quantity.name
