"""A dialogue played again from its acts alone is the same to the last bit."""

from dataclasses import replace

import numpy as np
import pytest

from evaluation.grid import Cell, Setting, build_worlds, load_policies, play_grid
from evaluation.replay import replay
from rewards import InputError, RewardWeights, reward_vector

BALANCED = RewardWeights.parse("balanced")


def test_a_replay_is_what_was_played(cells: tuple[Cell, ...]):
    worlds = build_worlds([cell.setting for cell in cells])
    for cell in cells:
        dialogues, terms = cell.dialogues, np.zeros_like(cell.dialogues.terms)
        for exchange in replay(worlds[cell.setting], cell, dialogues):
            assert np.array_equal(exchange.rows, np.flatnonzero(dialogues.turns > exchange.number))
            assert np.array_equal(exchange.after.talk.now["last_act"], dialogues.acts[exchange.rows, exchange.number])
            terms[exchange.rows] += reward_vector(exchange.facts)
            over = exchange.facts["ended"]
            assert np.array_equal(exchange.after.person.now["satisfaction"][over].astype(np.float32), dialogues.satisfaction[exchange.rows[over]])
        assert np.array_equal(terms, dialogues.terms)


def test_a_yes_counts_if_the_person_stands_by_it_whatever_was_heard():
    worlds = build_worlds([setting := Setting("donation", "people", 0.5)])
    (cell,) = play_grid(load_policies(["rules:random"], worlds, BALANCED), worlds, 300, 0, BALANCED, lambda _: None)
    heard, meant = np.zeros(300, bool), np.zeros(300, bool)
    for exchange in replay(worlds[setting], cell, cell.dialogues):
        heard[exchange.rows], meant[exchange.rows] = exchange.after.talk.now["agreed"], exchange.after.person.now["agreed"]
    assert np.array_equal(cell.dialogues.agreed, meant)
    assert (heard & ~meant).any()  # "no" was heard as something else
    assert (meant & ~heard).any()  # something else was heard as "no"


@pytest.mark.parametrize("change", [-1, 1])
def test_dialogues_that_end_elsewhere_are_of_another_world(cells: tuple[Cell, ...], change: int):
    cell = cells[0]
    world = build_worlds([cell.setting])[cell.setting]
    changed = replace(cell.dialogues, turns=np.clip(cell.dialogues.turns + change, 1, world.domain.max_turns))
    with pytest.raises(InputError, match=r"^concierge: the domain or the simulator has changed since these dialogues were played; evaluate again$"):
        list(replay(world, cell, changed))
