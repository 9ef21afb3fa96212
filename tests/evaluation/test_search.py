"""The search for the best fixed list of acts."""

from pathlib import Path

import numpy as np
import pytest
from hand_made import tiny_of, world_of

from evaluation import search
from policies.loader import load_policy
from policies.script import ScriptPolicy, read_scripts
from rewards import RewardWeights

WEIGHTS = RewardWeights.parse("balanced")


def test_a_search_finds_the_best_list_of_two_acts() -> None:
    """Against every list of one and two acts, on the people it is searched on."""
    world = tiny_of()
    tries, acts = search.Search(world, WEIGHTS, False, 60, 1), np.arange(len(world.acts.names))
    lists = [np.array([a]) for a in acts] + [np.array([a, b]) for a in acts for b in acts]
    best = max(float(tries.returns(one).mean()) for one in lists)
    assert tries.best(np.array([world.acts.names.index("propose")]), acts)[1] >= best - 1e-9


def test_a_search_is_worth_what_its_list_is_played_from_the_start() -> None:
    world = tiny_of()
    tries, acts = search.Search(world, WEIGHTS, True, 40, 1), np.arange(len(world.acts.names))
    start = np.array([world.acts.names.index(name) for name in ("explore", "tell", "propose")])
    found, value = tries.best(start, acts)
    assert value == pytest.approx(float(tries.returns(found).mean()), abs=1e-9)
    assert value > float(tries.returns(start).mean())


def test_a_search_is_written_and_played(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    out = tmp_path / "mine.toml"
    given = ["--domain", "donation", "--people", "20", "--starts", "1", "--out", str(out)]
    assert search.main(given) == 0
    assert "on other people (random acts " in capsys.readouterr().out
    assert search.main([*given, "--answers"]) == 0
    first, second = read_scripts(out)
    assert (first.place, second.place) == (("donation", "mixed", False), ("donation", "mixed", True))
    assert first.command == f"python -m evaluation.search --domain donation --people 20 --starts 1 --out {out}"
    world = world_of("donation", "people")
    assert isinstance(load_policy(f"script:{out}", world), ScriptPolicy)
    assert isinstance(load_policy(f"script_answers:{out}", world), ScriptPolicy)


@pytest.mark.parametrize(
    ("given", "message"),
    [
        (["--people", "1"], "--people must be at least 2, not 1"),
        (["--starts", "0"], "--starts must be at least 1, not 0"),
        (["--domain", "opera"], "unknown domain 'opera'"),
    ],
)
def test_bad_arguments_are_one_line(given: list[str], message: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert search.main([*given, "--out", str(tmp_path / "s.toml")]) == 2
    assert message in capsys.readouterr().err
    assert not (tmp_path / "s.toml").exists()


def test_a_search_that_finds_nothing_says_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setattr(search, "worth", lambda *_: np.full(2, 9.0))
    assert search.main(["--domain", "donation", "--people", "10", "--starts", "1", "--out", str(tmp_path / "s.toml")]) == 2
    assert "no list better than random acts (9.000) was found for donation and mixed; nothing is written" in capsys.readouterr().err
