import copy
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from dialogue_env import domain_names, load_domain
from dialogue_env.acts import Family, Form
from dialogue_env.domain import domain as domain_module
from dialogue_env.domain import embedding
from dialogue_env.files import read_toml
from rewards import InputError

TOPICS = "weather, food, travel, sale"
FAMILIES = ", ".join(Family.__members__)
KEYS = "name, target, summary, catalogue, goal_topic, opening_topics, max_turns, slate, start, progress, acceptance, outcome, topics, acts"


def test_good_file(edited: Callable[..., Path]) -> None:
    domain = load_domain(edited())
    assert (domain.name, domain.target, domain.max_turns, domain.slate_size) == ("tiny", "item", 10, 2)
    assert [topic.name for topic in domain.topics] == TOPICS.split(", ")
    assert (domain.goal_topic, domain.opening_topics) == (3, (0, 2))
    assert domain.start == {"willingness": (0.2, 0.6), "distress": (0.1, 0.5)}
    assert domain.catalogue.names == ("ruby", "rose", "moss", "lake")
    colour, size = domain.slots
    assert (colour.question, colour.form, colour.weight) == ("Which colour?", Form.CHOICE, 3.0)
    assert (size.question, size.form, size.answer, size.weight) == ("What about the size?", Form.OPEN, "As for the size: {value}.", 1.0)
    assert [act.name for act in domain.acts[4:8]] == ["explore", "tell", "appeal", "correct"]
    appeal = domain.acts[6]
    assert (appeal.gain, appeal.comfort, appeal.helps, appeal.hurts) == (0.2, None, {"colour": ("red",)}, {"size": ("small",)})


def test_closeness_is_the_share_of_pairs_less_alike(edited: Callable[..., Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    vectors = {"Sun and rain": [1, 0, 0], "Bread and soup": [4, 3, 0], "Trains and ships": [0, 1, 0], "Buying a stone": [0, 0, 1]}
    vectors |= {"Which colour?": [3, 4, 0], "What about the size?": [0, 0, 2]}
    monkeypatch.setenv("INITIATIVE_GYM_CACHE", str(tmp_path))
    monkeypatch.setattr(embedding, "_encode", lambda texts: np.array([vectors[text] for text in texts], np.float16))
    domain = load_domain(edited())
    # Cosines of the six pairs: weather and food .8, food and travel .6, the others 0. Of six, five are below .8 and four below .6.
    expected = np.array([[6, 5, 0, 0], [5, 6, 4, 0], [0, 4, 6, 0], [0, 0, 0, 6]]) / 6
    np.testing.assert_allclose(domain.map.table, expected, rtol=1e-12)
    # The question about the colour: .6 to weather, (12 + 12) / 25 = .96 to food, .8 to travel, 0 to the sale.
    np.testing.assert_allclose(domain.map.slot_closeness, np.array([[4, 0], [6, 0], [5, 0], [0, 6]]) / 6, rtol=1e-12)


@pytest.mark.parametrize("name", domain_names())
def test_shipped_domain(name: str) -> None:
    domain = load_domain(name)
    assert domain.name == name
    assert all(spec.say for spec in domain.acts if spec.family not in (Family.CLARIFY, Family.SHIFT))
    assert all("{value}" in slot.answer for slot in domain.slots)
    np.testing.assert_array_equal(domain.map.table, domain.map.table.T)
    assert (np.diag(domain.map.table) == 1.0).all()
    for closeness in (domain.map.table, domain.map.slot_closeness, domain.map.goal_closeness):
        assert closeness.min() >= 0.0
        assert closeness.max() <= 1.0


def test_unknown_name() -> None:
    with pytest.raises(InputError) as caught:
        load_domain("tiny")
    assert str(caught.value) == f"unknown domain 'tiny'; valid: {', '.join(domain_names())}, or the path of a .toml file"


BAD = [
    ('name = "tiny"', 'name = "tiny"\nplace = 1', "unknown key in {path}: 'place'; valid: " + KEYS + ", slots, questions"),
    ('name = "tiny"', 'name = "tiny"\nquestions = { SING = 1 }', "unknown key in {path}: questions: 'SING'; valid: " + ", ".join(Family.__members__)),
    ('name = "tiny"', 'name = "tiny"\nquestions = { HOLD = "few" }', "{path}: questions.HOLD: must be a number in [-100, 100], not 'few'"),
    ("weight = 3.0", "weight = 3.0\nobjection = 1", "{path}: slots.colour.objection: must be true or false, not 1"),
    ("weight = 3.0", "objection = true\n[slots.size]\nobjection = true", "{path}: slots: one slot at most may be the objection, not colour, size"),
    ("bias = -1.0\nmatch", "bias = { value = -1.0, low = 0, high = 1 }\nmatch", "{path}: acceptance.bias: the range [0, 1] does not contain the value -1"),
    ("max_turns = 10\n", "", "{path}: key 'max_turns' is missing; needed: " + KEYS),
    ('target = "item"', 'target = "thing"', "unknown target in {path}: 'thing'; valid: item, outcome"),
    ('summary = "Sell one of four stones."', 'summary = " "', "{path}: summary: must be a text, not ' '"),
    ('"tiny.csv"', '"none.csv"', "{folder}/none.csv: no such catalogue file"),
    ('goal_topic = "sale"', 'goal_topic = "gold"', "unknown topic in {path}: goal_topic: 'gold'; valid: " + TOPICS),
    ('["weather", "travel"]', '["weather", "gold"]', "unknown topic in {path}: opening_topics: 'gold'; valid: " + TOPICS),
    ('["weather", "travel"]', "[]", "{path}: opening_topics: must be a list of texts, not []"),
    *(
        (f"max_turns = {10}", f"max_turns = {bad}", "{path}: max_turns must be a whole number in [2, 200], not " + shown)
        for bad, shown in (("1", "1"), ("201", "201"), ("10.5", "10.5"), ("true", "True"), ('"10"', "'10'"))
    ),
    ("slate = 2", "slate = 4", "{path}: slate must be a whole number in [2, 3], not 4"),
    ("slate = 2", "slate = 1", "{path}: slate must be a whole number in [2, 3], not 1"),
    ("[0.2, 0.6]", "[0.6, 0.2]", "{path}: start.willingness: low end 0.6 is above high end 0.2"),
    ("distress = [0.1, 0.5]\n", "", "{path}: start: key 'distress' is missing; needed: willingness, distress"),
    ("match = 0.5", "match = 0.6", "{path}: progress: match, willingness and comfort must be shares that sum to 1"),
    ("match = 0.5\nwillingness = 0.3", "match = 1.1\nwillingness = -0.3", "{path}: progress: match, willingness and comfort must be shares that sum to 1"),
    ("closeness = 0.5", 'closeness = "far"', "{path}: acceptance.closeness: must be a number in [-100, 100], not 'far'"),
    ("agreed = 3.0", "agreed = nan", "{path}: outcome.agreed: must be a number in [-100, 100], not nan"),
    ('name = "food"', 'name = "travel"', "{path}: topics: name 'travel' appears more than once"),
    ('say = "Hungry?"\n', "", "{path}: topics[1]: key 'say' is missing; needed: name, text, say"),
    ('text = "Sun and rain"', 'text = ""', "{path}: topics[0].text: must be a text, not ''"),
    ("[slots.colour]", "[slots.shape]", "unknown key in {path}: slots (columns of the catalogue): 'shape'; valid: colour, size"),
    ('form = "choice"', 'form = "closed"', "unknown form in {path}: slots.colour: 'closed'; valid: open, choice, polar"),
    ("weight = 3.0", "weight = 0", "{path}: slots.colour.weight: must be a number in [0.01, 100], not 0"),
    ("weight = 3.0", "load = 3.0", "unknown key in {path}: slots.colour: 'load'; valid: question, form, answer, weight, objection"),
    ('family = "HOLD"', 'family = "WAIT"', "unknown act family in {path}: acts[0]: 'WAIT'; valid: " + FAMILIES),
    ('say = ["(waits)"]\n', "", "{path}: acts[0]: key 'say' is missing; HOLD needs a list of phrasings"),
    ("gain = 0.1", "gain = 1.1", "{path}: acts[5].gain: must be a number in [0, 1], not 1.1"),
    ("gain = 0.1", "gain = -0.1", "{path}: acts[5].gain: must be a number in [0, 1], not -0.1"),
    ("comfort = 0.5", "comfort = 1.1", "{path}: acts[1].comfort: must be a number in [0, 1], not 1.1"),
    ("pressure = 0.2", "pressure = 1.1", "{path}: acts[5].pressure: must be a number in [0, 1], not 1.1"),
    ("effort = 0.2", "effort = 1.1", "{path}: acts[2].effort: must be a number in [0, 1], not 1.1"),
    ("{ colour = [", "{ shape = [", "unknown key in {path}: acts[6].helps: 'shape'; valid: colour, size"),
    ('["red"]', '["pink"]', "unknown value in {path}: acts[6].helps.colour: 'pink'; valid: blue, green, red"),
    ('name = "tell"', 'name = "appeal"', "{path}: acts: name 'appeal' appears more than once"),
    (
        'family = "CHECK"',
        'family = "EXPLORE"\nname = "probe"',
        "{path}: acts: family EXPLORE may stand once only; ACKNOWLEDGE, INFORM may have variants",
    ),
    *(
        (
            f'family = "{needed}"',
            'family = "INFORM"\nname = "more"',
            "{path}: acts: family " + needed + " is missing; every domain needs HOLD, PROPOSE and CLOSE",
        )
        for needed in ("HOLD", "PROPOSE", "CLOSE")
    ),
]


@pytest.mark.parametrize(("old", "new", "message"), BAD, ids=lambda value: value.strip()[:24])
def test_bad_file(edited: Callable[..., Path], old: str, new: str, message: str) -> None:
    path = edited(old, new)
    with pytest.raises(InputError) as caught:
        load_domain(path)
    assert str(caught.value) == message.format(path=path, folder=path.parent)


@pytest.mark.parametrize(("key", "left", "least"), [("topics", 2, 3), ("acts", 1, 2)])
def test_too_few_entries(edited: Callable[..., Path], key: str, left: int, least: int) -> None:
    path = edited()
    head, *entries = path.read_text().split(f"[[{key}]]")
    rest = "[[acts]]\n" + entries[-1].partition("[[acts]]\n")[2] if key == "topics" else ""
    path.write_text(f"[[{key}]]".join([head, *entries[:left]]) + rest)
    with pytest.raises(InputError) as caught:
        load_domain(path)
    assert str(caught.value) == f"{path}: needs at least {least} [[{key}]]"


def test_texts_without_an_encoder(edited: Callable[..., Path], monkeypatch: pytest.MonkeyPatch) -> None:
    path = edited("Which colour?", "A question never asked before?")
    monkeypatch.setattr(embedding, "_encode", REAL_ENCODE)
    monkeypatch.setitem(sys.modules, "sentence_transformers", None)
    with pytest.raises(InputError, match=r"^\d texts? needs? sentence vectors and the encoder could not be loaded \([^\n]+$"):
        load_domain(path)


REAL_ENCODE = embedding._encode


def places(table: Any) -> Iterator[tuple[Any, ...]]:
    """Yield the path of every value in tables and lists."""
    entries = table.items() if isinstance(table, dict) else enumerate(table) if isinstance(table, list) else ()
    for key, value in entries:
        yield (key,)
        yield from ((key, *rest) for rest in places(value))


NONSENSE = [3, -0.5, "x", True, [], {}, [["x"]], [1, 2, 3], {"x": 1}]


@pytest.mark.parametrize("nonsense", NONSENSE, ids=str)
def test_nonsense_anywhere_ends_in_one_line(nonsense: object, edited: Callable[..., Path], monkeypatch: pytest.MonkeyPatch) -> None:
    path = edited()
    whole = read_toml(path)
    refused, crashed = [], []
    for place in places(whole):
        table = copy.deepcopy(whole)
        inside = table
        for key in place[:-1]:
            inside = inside[key]
        inside[place[-1]] = nonsense
        monkeypatch.setattr(domain_module, "read_toml", lambda _, table=table: table)
        try:
            load_domain(path)
        except InputError as error:
            refused.append(str(error))
        except Exception as error:  # noqa: BLE001 -- listed, so that all places show at once
            crashed.append((place, repr(error)))
    assert crashed == []
    assert len(refused) > len(list(places(whole))) / 4
    assert not [message for message in refused if "\n" in message]
