"""Imports only go down; see the floors in the design."""

import ast
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
FLOORS = {
    "rewards": {"numpy"},
    "dialogue_env": {"numpy", "scipy", "gymnasium", "sentence_transformers", "transformers"},
    "policies": {"numpy", "gymnasium", "torch", "stable_baselines3", "sb3_contrib"},
    "evaluation": {"numpy", "scipy", "gymnasium", "torch", "stable_baselines3", "sb3_contrib", "matplotlib", "rich", "tqdm", "tyro"},
    "training": {"numpy", "gymnasium", "torch", "stable_baselines3", "sb3_contrib", "rich", "tqdm", "tyro"},
    "tuning": {"numpy", "scipy", "moocore", "optuna", "ray", "plotly", "matplotlib", "rich", "tqdm", "tyro", "filelock"},
    "calibration": {"numpy", "scipy", "pandas", "openpyxl", "sklearn", "statsmodels", "xlogit", "tomli_w", "matplotlib", "rich", "tqdm", "tyro"},
}
"""The packages from the ground up, and what of others' each may import; each may import those before it."""
SLOW = {"sentence_transformers", "transformers", "torch", "scipy", "matplotlib"}
"""What takes long to import: never at the top of a file on the two lowest floors."""
ORDER = [
    {"acts", "blocks", "catalogue", "columns", "files"},
    {"rng", "embedding", "state", "traits"},
    {"domain", "person"},
    {"population", "act_table"},
    {"world"},
    {"rating", "slate", "belief", "move"},
    {"user"},
    {"transition"},
    {"opening", "listening", "observation", "scoring"},
    {"simulator"},
    {"vector_env"},
    {"env"},
]
"""Modules of ``dialogue_env``, lowest first; each imports from lines before its own."""


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


def inside() -> dict[str, set[str]]:
    """Return which modules of ``dialogue_env`` each of them imports."""
    modules = {path.stem: path for path in files("dialogue_env") if not path.stem.startswith("__")}
    graph = {}
    for name, path in modules.items():
        parts = [part.split(".") for part in imports(path) if part.partition(".")[0] == "dialogue_env"]
        graph[name] = {part[1] for part in parts if len(part) > 1 and part[1] in modules}
        assert all(len(part) > 1 for part in parts), f"{path}: imports the whole package"
    return graph


def test_modules_keep_their_order() -> None:
    level = {name: i for i, names in enumerate(ORDER) for name in names}
    graph = inside()
    assert set(graph) == set(level), "a new module needs a place in ORDER"
    upwards = {name: {other for other in below if level[other] >= level[name]} for name, below in graph.items()}
    assert {name: others for name, others in upwards.items() if others} == {}


def test_there_are_no_import_cycles() -> None:
    left = {name: below - {name} for name, below in inside().items()}
    while left:
        free = {name for name, below in left.items() if not below & set(left)}
        assert free, f"import cycle among {sorted(left)}"
        left = {name: below for name, below in left.items() if name not in free}
