import pytest

from evaluation import suite
from evaluation.grid import Setting, build_worlds
from evaluation.suite import load_suite, suite_names
from rewards import InputError


@pytest.mark.parametrize("name", suite_names())
def test_suites_hold_numbered_settings_that_exist(name: str):
    settings = load_suite(name)
    assert len({setting.label for setting in settings}) == len(settings)
    assert len(build_worlds(settings)) == len(settings)


def test_the_standard_suite_never_changes_the_ends_of_its_parts():
    settings = load_suite("standard")
    assert settings[0] == Setting("concierge", "everyone", 0.05, "S01")
    assert settings[26] == Setting("support", "adversarial", 0.15, "S27")
    assert settings[27] == Setting("concierge", "people", 0.05, "S28")
    assert settings[-1] == Setting("support", "people_tail_99", 0.05, "S36")


def test_an_unknown_suite_is_refused():
    with pytest.raises(InputError, match="unknown suite 'hard'; valid: standard"):
        load_suite("hard")


def test_a_noise_out_of_range_is_refused(tmp_path, monkeypatch: pytest.MonkeyPatch):
    (tmp_path / "suite.toml").write_text('loud = [{ id = "S01", domain = "concierge", population = "everyone", noise = 0.7 }]')
    monkeypatch.setattr(suite, "FILE", tmp_path / "suite.toml")
    with pytest.raises(InputError, match=r"noise must lie in \[0, 0.5\], not 0.7"):
        build_worlds(load_suite("loud"))


def test_two_rows_of_one_number_are_refused(tmp_path, monkeypatch: pytest.MonkeyPatch):
    row = '{ id = "S01", domain = "concierge", population = "everyone", noise = 0.0 }'
    (tmp_path / "suite.toml").write_text(f"twice = [{row}, {row}]")
    monkeypatch.setattr(suite, "FILE", tmp_path / "suite.toml")
    with pytest.raises(InputError, match="two rows have the same id"):
        load_suite("twice")
