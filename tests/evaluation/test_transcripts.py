import json
from dataclasses import replace

import numpy as np
import pytest

from dialogue_env.acts import Report, UserAct
from dialogue_env.world import World
from evaluation.grid import Cell, build_worlds
from evaluation.phrases import Spoken, agent_text, load_phrases, person_text
from evaluation.transcripts import transcribe, transcripts_jsonl, transcripts_markdown
from rewards import InputError

NOTHING = Spoken(Report.NOTHING, 0, 0, 0)


@pytest.fixture(scope="module")
def asking(cells: tuple[Cell, ...]) -> Cell:
    return cells[1]  # ask_then_propose, concierge


@pytest.fixture(scope="module")
def world(asking: Cell) -> World:
    return build_worlds([asking.setting])[asking.setting]


def test_transcripts_are_the_same_every_time_and_for_any_number_of_people(world: World, asking: Cell):
    first = transcribe(world, asking, 5)
    assert first == transcribe(world, asking, 5)
    assert first[:2] == transcribe(world, asking, 2)


def test_transcripts_tell_what_was_played(world: World, asking: Cell):
    dialogues = asking.dialogues
    for i, transcript in enumerate(transcribe(world, asking, 20)):
        assert [line.act for line in transcript.exchanges] == [asking.acts[act] for act in dialogues.acts[i] if act >= 0]
        assert transcript.exchanges[-1].hidden_satisfaction == pytest.approx(dialogues.satisfaction[i], abs=6e-4)
        assert transcript.left == (transcript.exchanges[-1].reply == "LEAVE") == dialogues.left[i]
        assert transcript.hidden_user_type == asking.types[dialogues.user_type[i]]


def test_people_name_values_and_the_agent_proposes_items(world: World, asking: Cell):
    lines = [line for transcript in transcribe(world, asking, 60) for line in transcript.exchanges]
    named = [(line, world.domain.catalogue.slots.index(line.act.removeprefix("clarify:"))) for line in lines if line.act.startswith("clarify:")]
    assert any(value in line.person for line, slot in named for value in world.domain.catalogue.values[slot])
    proposals = [line.agent for line in lines if line.act == "propose"]
    assert proposals
    for text in proposals:
        assert any(name in text for name in world.domain.catalogue.names)
        assert "outdoor: " in text
    assert not any("{" in line.agent + line.person for line in lines)


def test_every_act_reply_and_report_has_words(world: World):
    for act in range(len(world.acts.names)):
        for draw in (0.0, 0.5, 0.999999):
            assert agent_text(world, act, 0, 0, draw).strip()
    for reply in UserAct:
        assert person_text(world, reply, 0, NOTHING, (0.999999, 0.0)).strip()


def test_the_person_speaks_of_the_slot(world: World):
    price = world.domain.catalogue.slots.index("price")
    low, high = world.domain.catalogue.values[price][:2]
    said = {kind: person_text(world, UserAct.ANSWER, 0, Spoken(kind, price, 0, 1), (0.0, 0.0)) for kind in list(Report)[1:]}
    assert said[Report.VALUE] == f"Something {low} would be about right."
    assert said[Report.VAGUE] == f"Something {low} or maybe {high} would be about right."
    assert said[Report.NO_PREFERENCE] == "As for the price, I do not really mind."
    assert said[Report.REFUSED] == "I would rather keep the price to myself."


def test_a_fact_follows_what_else_is_said(world: World):
    price = world.domain.catalogue.slots.index("price")
    value = world.domain.catalogue.values[price][0]
    text = person_text(world, UserAct.SUGGEST, 0, Spoken(Report.VALUE, price, 0, 0), (0.0, 0.0))
    assert text == f"Could we look at weather? Something {value} would be about right."


def test_every_reply_has_three_phrasings():
    phrases = load_phrases()
    assert min(len(variants) for table in (phrases.acts, phrases.reports) for variants in table.values()) >= 3


def test_pages_mark_what_is_hidden(world: World, asking: Cell):
    transcripts = transcribe(world, asking, 2)
    page = transcripts_markdown(transcripts, "python evaluate.py")
    assert page.count("*hidden: satisfaction") == sum(len(transcript.exchanges) for transcript in transcripts)
    assert "Made by `python evaluate.py`" in page
    rows = [json.loads(line) for line in transcripts_jsonl(transcripts).splitlines()]
    assert [row["person"] for row in rows] == [0, 1]
    assert rows[0]["exchanges"][0]["agent"] == transcripts[0].exchanges[0].agent


def test_more_people_than_there_are_is_refused(world: World, asking: Cell):
    for people in (0, 61):
        with pytest.raises(InputError, match=r"transcripts must lie in \[1, 60\]"):
            transcribe(world, asking, people)


def test_dialogues_of_another_world_are_refused(world: World, asking: Cell):
    changed = replace(asking, dialogues=replace(asking.dialogues, turns=np.minimum(asking.dialogues.turns + 1, world.domain.max_turns)))
    with pytest.raises(InputError, match="has changed since these dialogues were played"):
        transcribe(world, changed, 20)
