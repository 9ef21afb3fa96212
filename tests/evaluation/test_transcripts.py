import json
from dataclasses import replace

import numpy as np
import pytest
from hand_made import patchy_of, state_of

from dialogue_env import World
from dialogue_env.acts import Reply, Report
from evaluation.grid import Cell, Setting, build_worlds, load_policies, play_grid
from evaluation.phrases import Spoken, agent_text, load_phrases, person_text, wish_text
from evaluation.replay import replay
from evaluation.transcripts import transcribe, transcripts_jsonl, transcripts_markdown
from rewards import InputError, RewardWeights

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
        assert transcript.left == (transcript.exchanges[-1].hidden_reply == "LEAVE") == dialogues.left[i]
        assert transcript.hidden_person_type == asking.types[dialogues.person_type[i]]


def test_transcripts_tell_what_was_wanted_believed_and_paid(world: World, asking: Cell):
    dialogues, begun = asking.dialogues, next(iter(replay(world, asking, asking.dialogues))).before
    transcripts = transcribe(world, asking, 60)
    names = world.domain.catalogue.names
    np.testing.assert_allclose([sum(line.reward for line in one.exchanges) for one in transcripts], dialogues.returns(asking.weights), atol=2e-3)
    assert [one.hidden_need for one in transcripts] == [names[item] for item in begun.person.now["need"]]
    assert [one.hidden_wish for one in transcripts] == [wish_text(world, begun.person, i) for i in range(60)]
    assert [one.exchanges[0].belief for one in transcripts] == [names[item] for item in begun.talk.now["best_item"]]
    assert any(line.hidden_wish != one.hidden_wish for one in transcripts for line in one.exchanges)  # some change their mind
    assert all(0.0 <= one.hidden_chance <= 1.0 for one in transcripts)
    assert abs(np.mean([one.hidden_chance for one in transcripts]) - dialogues.success.mean()) < 0.2


def test_a_page_says_why_a_yes_came_to_nothing(world: World, asking: Cell):
    one = transcribe(world, asking, 1)[0]
    ends = {
        (True, True, False): "success; return ",
        (False, False, True): "no success, the person left; return ",
        (True, False, False): f"no success: had said yes and did not do it (*hidden: the chance was {100 * one.hidden_chance:.0f} %*); return ",
        (False, True, False): f"success: had not said yes and did it all the same (*hidden: the chance was {100 * one.hidden_chance:.0f} %*); return ",
    }
    for (agreed, success, left), begins in ends.items():
        page = transcripts_markdown([replace(one, agreed=agreed, success=success, left=left)], "x")
        assert f"\n{begins}" in page
    assert f"*hidden: person type {one.hidden_person_type}; {one.hidden_need}: {one.hidden_wish}*" in page


def test_wishes_in_words():
    patchy = patchy_of()
    state = state_of(patchy, 4, person={"need": [0, 1, 2, 2]}, wish=[[2, 0, 1], [3, 2, 1], [1, 1, 0], [1, 0, 1]])
    expected = ["red, big", "any colour", "green, small, lucky: yes", "green, big, any lucky"]
    assert [wish_text(patchy, state.person, i) for i in range(4)] == expected


@pytest.fixture(scope="module")
def loud() -> tuple[World, Cell]:
    """Return 60 dialogues in which half of all replies and values are misheard, and their world."""
    weights = RewardWeights.parse("balanced")
    worlds = build_worlds([setting := Setting("concierge", "everyone", 0.5)])
    (cell,) = play_grid(load_policies(["rules:ask_then_propose"], worlds, weights), worlds, 60, 3, weights, lambda _: None)
    return worlds[setting], cell


def test_what_was_meant_agrees_with_what_it_did_to_the_person(loud: tuple[World, Cell]):
    transcripts = transcribe(*loud, 60)
    for exchange in replay(*loud, loud[1].dialogues):
        lines = [transcripts[row].exchanges[exchange.number] for row in exchange.rows]
        before, after, talk = exchange.before.person.now, exchange.after.person.now, exchange.after.talk.now
        assert [line.misheard for line in lines] == (after["unrecognised"] > before["unrecognised"]).tolist()
        assert [line.hidden_reply for line in lines] == [Reply(reply).name for reply in after["last_reply"]]
        assert all(line.hidden_reply in ("DRIFT", "SUGGEST") for line, raised in zip(lines, after["raised"], strict=True) if raised >= 0)
        assert [line.reply for line in lines] == [Reply(reply).name for reply in talk["last_reply"]]


def test_without_noise_nothing_is_misheard(cells: tuple[Cell, ...]):
    cell = cells[4]
    assert cell.setting.noise == 0.0
    lines = [line for transcript in transcribe(build_worlds([cell.setting])[cell.setting], cell, 60) for line in transcript.exchanges]
    assert not any(line.misheard for line in lines)


def test_a_page_shows_what_was_said_and_how_it_was_heard(loud: tuple[World, Cell]):
    transcripts = transcribe(*loud, 3)
    lines = [line for transcript in transcripts for line in transcript.exchanges]
    page = transcripts_markdown(transcripts, "x")
    misheard = [line for line in lines if line.misheard]
    assert 0 < len(misheard) < len(lines)
    assert page.count("(*heard* as `") == len(misheard)
    line = next(line for line in misheard if line.reply != line.hidden_reply)
    assert f"**Person** `{line.hidden_reply}`: {line.hidden_person} (*heard* as `{line.reply}`: {line.person})<br>" in page


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


def test_offers_tell_what_the_item_has_of_the_slots_that_weigh_most(monkeypatch: pytest.MonkeyPatch):
    patchy = patchy_of()
    propose = patchy.acts.names.index("propose")
    specs = tuple(replace(spec, say=("{item}: {values}.",)) for spec in patchy.acts.specs)
    world = replace(patchy, acts=replace(patchy.acts, specs=specs))
    assert [agent_text(world, propose, 0, item, 0.0) for item in range(4)] == [
        "ruby: red, big.",
        "rose: green and red.",
        "moss: green, big, lucky: yes.",
        "lake: blue, small.",
    ]
    monkeypatch.setattr("evaluation.phrases.MOST_TOLD", 1)
    assert agent_text(world, propose, 0, 2, 0.0) == "moss: green."  # the colour weighs three times what the others weigh


def test_every_act_reply_and_report_has_words(world: World):
    for act in range(len(world.acts.names)):
        for draw in (0.0, 0.5, 0.999999):
            assert agent_text(world, act, 0, 0, draw).strip()
    for reply in Reply:
        assert person_text(world, reply, 0, NOTHING, (0.999999, 0.0)).strip()


def test_the_person_speaks_of_the_slot(world: World):
    price = world.domain.catalogue.slots.index("price")
    low, high = world.domain.catalogue.values[price][:2]
    said = {kind: person_text(world, Reply.ANSWER, 0, Spoken(kind, price, 0, 1), (0.0, 0.0)) for kind in list(Report)[1:]}
    assert said[Report.VALUE] == f"Something {low} would be about right."
    assert said[Report.VAGUE] == f"Something {low} or maybe {high} would be about right."
    assert said[Report.NO_PREFERENCE] == "As for the price, I do not really mind."
    assert said[Report.REFUSED] == "I would rather keep the price to myself."


def test_a_fact_follows_what_else_is_said(world: World):
    price = world.domain.catalogue.slots.index("price")
    value = world.domain.catalogue.values[price][0]
    text = person_text(world, Reply.SUGGEST, 0, Spoken(Report.VALUE, price, 0, 0), (0.0, 0.0))
    assert text == f"Could we look at weather? Something {value} would be about right."


def test_every_reply_has_three_phrasings():
    phrases = load_phrases()
    assert min(len(variants) for table in (phrases.replies, phrases.reports) for variants in table.values()) >= 3


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
