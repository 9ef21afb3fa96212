"""Fixed lists of acts: how they are played, kept and refused."""

from pathlib import Path

import numpy as np
import pytest
from hand_made import tiny_of, world_of

from dialogue_env import domain_names, load_domain
from dialogue_env.acts import Family
from evaluation.rollout import play
from policies.loader import load_policy
from policies.script import FILE, Script, ScriptPolicy, played, read_scripts, write_scripts
from rewards import InputError, RewardWeights

WEIGHTS = RewardWeights.parse("balanced")
HOLD, TELL, ANSWER, PROPOSE = 0, 1, 2, 3


def script(*acts: str, answers: bool = False, population: str = "mixed") -> Script:
    return Script("tiny", population, answers, acts, 0.5, "by hand")


def test_acts_by_hand() -> None:
    open_ = np.array([[True, True, False, True], [True, False, True, True], [True, True, True, True]])
    list_ = np.array([TELL, PROPOSE])
    deaf = np.zeros(0, np.int64)
    assert played(list_, np.array([0, 0, 0]), open_, HOLD, deaf).tolist() == [TELL, HOLD, TELL]  # closed: nothing is said
    assert played(list_, np.array([1, 1, 7]), open_, HOLD, deaf).tolist() == [PROPOSE] * 3  # after the last it stays with it
    assert played(list_, np.array([0, 1, 1]), open_, HOLD, np.array([ANSWER])).tolist() == [TELL, ANSWER, ANSWER]


@pytest.mark.parametrize("answers", [False, True])
def test_it_plays_its_list_whatever_is_heard(answers: bool) -> None:
    world = tiny_of()
    acts = ("explore", "tell", "shift:0", "propose", "propose", "close")
    dialogues = play(world, ScriptPolicy(script(*acts, answers=answers), world), np.arange(200), 0, WEIGHTS)
    for i, act in enumerate(acts):
        at = dialogues.acts[dialogues.turns > i, i]
        others = {world.acts.names[other] for other in np.unique(at)} - {act}
        assert others <= ({"answer"} if answers else set())
    assert dialogues.turns.max() == len(acts)


@pytest.mark.parametrize("name", ["rules:script", "rules:script_answers"])
@pytest.mark.parametrize("domain", domain_names())
def test_shipped_scripts_are_far_above_random_acts(domain: str, name: str) -> None:
    world = world_of(domain, "mixed")
    value, chance = (play(world, load_policy(policy, world), np.arange(400), 5, WEIGHTS).returns(WEIGHTS).mean() for policy in (name, "rules:random"))
    assert value > chance + 0.5
    kept = next(found for found in read_scripts(FILE) if found.place == (domain, "mixed", name.endswith("answers")))
    assert value == pytest.approx(kept.found, abs=0.1)


def test_scripts_are_read_as_they_were_written(tmp_path: Path) -> None:
    scripts = (script("close", population="b"), script("hold", "close", answers=True))
    write_scripts(tmp_path / "s.toml", scripts)
    assert read_scripts(tmp_path / "s.toml") == tuple(sorted(scripts, key=lambda one: one.place))


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("scripts = []\n", "needs at least one [[scripts]]"),
        ("[[script]]\n", "unknown key in {path}: 'script'; valid: scripts"),
        ("[[scripts]]\ndomain = 'tiny'\n", "scripts[0]: key 'population' is missing; needed: domain, population, answers, acts, found, command"),
        (
            "[[scripts]]\ndomain='tiny'\npopulation='people'\nanswers=1\nacts=['close']\nfound=0\ncommand='x'\n",
            "scripts[0].answers must be true or false, not 1",
        ),
        (
            "[[scripts]]\ndomain='tiny'\npopulation='people'\nanswers=false\nacts=['clos']\nfound=0\ncommand='x'\n",
            "act in the script of domain 'tiny': 'clos'; valid: hold, ",
        ),
        (
            "[[scripts]]\ndomain='other'\npopulation='people'\nanswers=false\nacts=['close']\nfound=0\ncommand='x'\n",
            "no script for domain 'tiny'; search one with python -m evaluation.search, and play it as script:FILE",
        ),
    ],
)
def test_bad_files_are_one_line(content: str, message: str, tmp_path: Path) -> None:
    path = tmp_path / "s.toml"
    path.write_text(content)
    with pytest.raises(InputError) as caught:
        load_policy(f"script:{path}", tiny_of())
    assert message.format(path=path) in str(caught.value)
    assert "\n" not in str(caught.value)


def test_every_act_of_the_shipped_scripts_is_there() -> None:
    for one in read_scripts(FILE):
        names = world_of(one.domain, "mixed").acts.names
        assert set(one.acts) <= set(names)
        assert len(one.acts) <= load_domain(one.domain).max_turns
        assert names[world_of(one.domain, "mixed").acts.span[Family.CLOSE].start] == "close"
