"""Numbered grids of settings that papers can quote, as data in ``suite.toml``."""

from pathlib import Path
from typing import Any

from dialogue_env.files import check_keys, read_toml, text
from evaluation.grid import Setting
from rewards import InputError
from rewards.errors import unknown

FILE = Path(__file__).parent / "suite.toml"
_KEYS = ("id", "domain", "population", "noise")


def suite_names() -> tuple[str, ...]:
    """Return the names of the suites."""
    return tuple(read_toml(FILE))


def load_suite(name: str) -> tuple[Setting, ...]:
    """Return the settings of a suite, labelled by their numbers; raises InputError for an unknown name."""
    suites = read_toml(FILE)
    if name not in suites:
        raise unknown("suite", name, suites)
    settings = tuple(_setting(f"{FILE}: {name}[{i}]", row) for i, row in enumerate(suites[name]))
    if len({setting.label for setting in settings}) < len(settings):
        raise InputError(f"{FILE}: {name}: two rows have the same id")
    return settings


def _setting(where: str, row: Any) -> Setting:
    check_keys(where, row, _KEYS)
    domain, population, label = (text(f"{where}.{key}", row[key]) for key in ("domain", "population", "id"))
    return Setting(domain, population, row["noise"], label)
