"""Imports only go down; see the floors in the design."""

import ast
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
FLOORS = {
    "rewards": {"numpy", "numba"},
    "dialogue_env": {"numpy", "numba", "scipy", "gymnasium", "sentence_transformers", "transformers"},
    "policies": {"numpy", "gymnasium", "torch", "stable_baselines3", "sb3_contrib"},
    "evaluation": {"numpy", "scipy", "gymnasium", "torch", "stable_baselines3", "sb3_contrib", "matplotlib", "rich", "tqdm", "tyro"},
    "training": {"numpy", "gymnasium", "torch", "stable_baselines3", "sb3_contrib", "rich", "tqdm", "tyro"},
    "tuning": {"numpy", "scipy", "moocore", "optuna", "ray", "plotly", "matplotlib", "rich", "tqdm", "tyro", "filelock"},
    "calibration": {"numpy", "scipy", "pandas", "openpyxl", "sklearn", "statsmodels", "xlogit", "tomli_w", "matplotlib", "rich", "tqdm", "tyro"},
}
"""The packages from the ground up, and what of others' each may import; each may import those before it."""
SLOW = {"sentence_transformers", "transformers", "torch", "scipy", "matplotlib"}
"""What takes long to import: never at the top of a file on the two lowest floors."""
FOLDERS = {"agent": set(), "person": set(), "domain": {"person"}}
"""The folders of ``dialogue_env``, and which others each stands on: person and agent never import each other."""


def imports(path: Path, lazy: bool = True) -> Iterator[str]:
    """Yield the full names of the modules a file imports; without ``lazy`` only those imported at the top."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    for node in ast.walk(tree) if lazy else tree.body:
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path}: relative import"
            assert node.module
            yield node.module
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def tops(path: Path, lazy: bool = True) -> set[str]:
    return {name.partition(".")[0] for name in imports(path, lazy)} - set(sys.stdlib_module_names)


def files(floor: str) -> list[Path]:
    found = sorted((ROOT / floor).rglob("*.py"))
    assert found
    return found


@pytest.mark.parametrize("floor", list(FLOORS))
def test_floor_imports_from_below(floor: str) -> None:
    below = list(FLOORS)[: list(FLOORS).index(floor)]
    above = {str(path.relative_to(ROOT)): tops(path) - FLOORS[floor] - {floor, *below} for path in files(floor)}
    assert {path: names for path, names in above.items() if names} == {}


@pytest.mark.parametrize("floor", ["rewards", "dialogue_env"])
def test_slow_packages_are_imported_late(floor: str) -> None:
    early = {str(path.relative_to(ROOT)): tops(path, lazy=False) & SLOW for path in files(floor)}
    assert {path: names for path, names in early.items() if names} == {}


def test_rules_need_no_torch() -> None:
    for name in ("rules", "view"):
        assert tops(ROOT / "policies" / f"{name}.py") <= {"numpy", "dialogue_env", "policies"}
    assert {name for name in imports(ROOT / "policies" / "rules.py") if name.startswith("policies.")} == {"policies.view", "policies.view.View"}


def test_nothing_imports_the_scripts() -> None:
    scripts = {"train", "tune", "evaluate", "benchmarks", "studies"}
    importers = {str(path.relative_to(ROOT)): tops(path) & scripts for floor in FLOORS for path in files(floor)}
    assert {path: names for path, names in importers.items() if names} == {}


def test_only_the_scripts_and_its_own_tests_import_the_calibration() -> None:
    below = [path for floor in FLOORS if floor != "calibration" for path in files(floor)]
    beside = [path for folder in ("benchmarks", "examples", "tests") for path in files(folder) if path.parent != ROOT / "tests" / "calibration"]
    importers = {str(path.relative_to(ROOT)) for path in below + beside if "calibration" in tops(path)}
    assert importers == set()


def module_of(path: Path) -> str:
    """Return a module's name within ``dialogue_env``, such as ``person.mind``."""
    return ".".join(path.relative_to(ROOT / "dialogue_env").with_suffix("").parts)


def inside() -> dict[str, set[str]]:
    """Return which modules of ``dialogue_env`` each of them imports."""
    modules = {module_of(path): path for path in files("dialogue_env") if not path.stem.startswith("__")}
    graph = {}
    for name, path in modules.items():
        inner = {found.removeprefix("dialogue_env.") for found in imports(path) if found.partition(".")[0] == "dialogue_env"}
        assert "dialogue_env" not in inner, f"{path}: imports the whole package"
        graph[name] = inner & set(modules)
    return graph


def beneath(name: str, graph: dict[str, set[str]]) -> set[str]:
    """Return all that a module imports, and all that these import."""
    found: set[str] = set()
    left = {name}
    while left:
        found |= (new := graph[left.pop()] - found)
        left |= new
    return found


def folders(name: str, graph: dict[str, set[str]]) -> set[str]:
    """Return the folders that a module stands on."""
    return {other.partition(".")[0] for other in beneath(name, graph) if "." in other}


def test_the_two_sides_never_import_each_other() -> None:
    graph = inside()
    assert {name.partition(".")[0] for name in graph if "." in name} == set(FOLDERS)
    for name in graph:
        folder, dot, _ = name.partition(".")
        assert not dot or folders(name, graph) <= FOLDERS[folder] | {folder}, name


def test_the_channel_knows_neither_side() -> None:
    assert folders("channel", inside()) == set()


def test_what_folders_share_stands_on_none_of_them() -> None:
    graph = inside()
    shared = {other for name, below in graph.items() if "." in name for other in below if "." not in other}
    assert "acts" in shared
    assert {name: folders(name, graph) for name in shared if folders(name, graph)} == {}


def test_there_are_no_import_cycles() -> None:
    graph = inside()
    assert [name for name in graph if name in beneath(name, graph)] == []
