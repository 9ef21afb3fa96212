import re

import pytest

from calibration.corpora.dialogues import Dialogue, Exchange, Log
from calibration.corpora.labels import FOLDER, check_labels, label_map, load_labels
from dialogue_env import load_domain
from dialogue_env.acts import Family, Reply
from rewards import InputError

GOOD = """
[agent]
default = "ACKNOWLEDGE"
ignore = ["hm"]
PROPOSE = ["ask"]
"INFORM.story" = ["tale"]
"INFORM.logic" = ["reason", "figure"]
[person]
default = "SILENT"
priority = ["RESIST", "ACCEPT"]
ACCEPT = ["yes"]
RESIST = ["no"]
"""


@pytest.fixture
def labels(put):
    return load_labels(put("map.toml", GOOD))


def test_a_label_maps_to_its_family_and_variant(labels):
    assert labels.agent_act(["tale"]) == (Family.INFORM, "story")
    assert labels.agent_act(["ask"]) == (Family.PROPOSE, "")
    assert labels.person_act(["yes"], Family.PROPOSE) is Reply.ACCEPT


def test_of_several_acts_the_first_in_the_file_or_in_priority_counts(labels):
    assert labels.agent_act(["tale", "hm", "ask"]) == (Family.PROPOSE, "")
    assert labels.person_act(["yes", "no"], Family.PROPOSE) is Reply.RESIST


def test_of_several_variants_of_one_family_the_earliest_in_the_turn_counts(labels):
    assert labels.agent_act(["figure", "tale"]) == (Family.INFORM, "logic")


def test_a_turn_of_ignored_labels_is_the_default_and_silence_is_hold(labels):
    assert labels.agent_act(["hm", "hm"]) == (Family.ACKNOWLEDGE, "")
    assert labels.agent_act([]) == (Family.HOLD, "")
    with pytest.raises(InputError, match="a reply without labels has no act"):
        labels.person_act([], Family.PROPOSE)


def test_who_follows_the_lead_to_another_topic_does_not_drift(put):
    own = load_labels(
        put(
            "lead.toml",
            GOOD.replace('default = "SILENT"', 'default = "SILENT"\nfollow_lead = ["chat"]\nDRIFT = ["chat", "away"]').replace(
                '"RESIST", "ACCEPT"]', '"RESIST", "ACCEPT", "DRIFT"]'
            ),
        )
    )
    assert own.person_act(["chat"], Family.SHIFT) is Reply.FOLLOW
    assert own.person_act(["chat"], Family.INFORM) is Reply.DRIFT
    assert own.person_act(["away"], Family.SHIFT) is Reply.DRIFT
    assert own.person_act(["chat", "no"], Family.SHIFT) is Reply.RESIST


def test_a_stricter_reader_takes_soft_resistance_for_resistance(put):
    soft = GOOD.replace('ACCEPT = ["yes"]', 'soft_resistance = ["maybe"]\nACCEPT = ["yes", "maybe"]')
    plain = load_labels(put("map.toml", soft))
    strict = plain.stricter()
    told = [(plain.person_act(labels, Family.PROPOSE), strict.person_act(labels, Family.PROPOSE)) for labels in (["maybe"], ["yes"], ["no"], ["yes", "maybe"])]
    assert told == [(Reply.ACCEPT, Reply.RESIST), (Reply.ACCEPT, Reply.ACCEPT), (Reply.RESIST, Reply.RESIST), (Reply.ACCEPT, Reply.RESIST)]
    assert strict.agent == plain.agent


def test_all_unknown_labels_are_listed_with_their_counts(labels):
    exchanges = (Exchange(("ask", "huh"), ("yes", "er")), Exchange(("huh",), ("eh", "er")), Exchange(("tale",), ("er",)))
    log = Log((Dialogue("a", exchanges, {}), Dialogue("b", exchanges[:1], {})), {})
    message = (
        "corpus.jsonl: unknown labels of the agent: 'huh' (3): add them to [agent] or to ignore; "
        "unknown labels of the person: 'er' (4), 'eh' (1): add them to [person] or to ignore"
    )
    with pytest.raises(InputError, match=re.escape(message)):
        check_labels(labels, log, "corpus.jsonl")


def test_a_log_of_known_labels_passes(labels):
    check_labels(labels, Log((Dialogue("a", (Exchange(("ask", "hm"), ("no",)),), {}),), {}), "corpus.jsonl")


def test_a_single_unknown_label_is_refused(labels):
    with pytest.raises(InputError, match=re.escape("label 'maybe' is in no list; add it to [person] or to ignore")):
        labels.person_act(["yes", "maybe"], Family.PROPOSE)


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("[agent]", "[agent", "not a readable TOML file"),
        ("[person]", "[people]", "unknown key in .*map.toml: 'people'; valid: agent, person"),
        ("PROPOSE", "PROPOES", "unknown act in .*map.toml: agent.PROPOES: 'PROPOES'; valid: HOLD, "),
        ("ACCEPT =", '"ACCEPT.gladly" =', "person.ACCEPT.gladly: the person's acts have no variants"),
        ('"INFORM.story"', "INFORM.story", 'agent.INFORM: must be a list of labels; write an act with a variant in quotes, as "INFORM.story"'),
        ('"reason"', '"ask"', "agent.INFORM.logic: label 'ask' is listed twice"),
        ('"reason"', '"figure"', "agent.INFORM.logic: label 'figure' is listed twice"),
        ('"reason"', '"hm"', "agent.INFORM.logic: label 'hm' is listed twice"),
        ('["no"]', '"no"', "person.RESIST: must be a list of labels, not 'no'"),
        ('["no"]', "[1]", "person.RESIST: must be a text, not 1"),
        ('"SILENT"', '"MUTE"', "person.default: 'MUTE'; valid: ANSWER"),
        ('default = "SILENT"', "", "person: key 'default' is missing"),
        ('["RESIST", "ACCEPT"]', '["RESIST"]', "person.priority: ACCEPT is missing"),
        ('["RESIST", "ACCEPT"]', '["RESIST", "ACCEPT", "ASK"]', "unknown act in .*person.priority: 'ASK'; valid: ACCEPT, RESIST"),
    ],
)
def test_a_fault_in_the_file_names_the_file_and_key(put, old: str, new: str, message: str):
    path = put("map.toml", GOOD.replace(old, new, 1))
    with pytest.raises(InputError, match=message) as caught:
        load_labels(path)
    assert str(path) in str(caught.value)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize("name", sorted(path.stem for path in FOLDER.glob("*.toml")))
def test_the_label_maps_that_ship_can_be_read(name: str):
    labels = label_map(name)
    assert labels.agent.acts  # people's turns are not labelled in every corpus
    for side, members in ((labels.agent, Family.__members__), (labels.person, Reply.__members__)):
        assert {act for act, _ in (*side.acts.values(), side.default)} <= set(members)
        assert set(side.order) == {act for act, _ in side.acts.values()}


def test_an_unknown_label_map_is_refused():
    with pytest.raises(InputError, match="unknown label map 'multiwoz'; valid: betold, casino, "):
        label_map("multiwoz")


def test_the_persuasion_strategies_are_the_acts_of_the_donation_domain():
    named = {variant for family, variant in label_map("p4g").agent.acts.values() if family == "INFORM"}
    acts = {act.name for act in load_domain("donation").acts if act.family == Family.INFORM}
    assert named == acts
