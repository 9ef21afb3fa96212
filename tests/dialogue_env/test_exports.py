"""What the package exports is there when it is used, and not before."""

import subprocess
import sys

import pytest

import dialogue_env


@pytest.mark.parametrize("name", dialogue_env.__all__)
def test_everything_exported_is_there(name: str) -> None:
    assert getattr(dialogue_env, name).__name__ == name
    assert name in dir(dialogue_env)


def test_what_is_not_exported_is_not_there() -> None:
    with pytest.raises(AttributeError, match=r"^module 'dialogue_env' has no attribute 'Nothing'$"):
        _ = dialogue_env.Nothing
    assert set(dialogue_env._MODULES) == set(dialogue_env.__all__)


def test_importing_it_registers_the_environment_and_brings_in_no_compiler() -> None:
    code = "import sys, dialogue_env, gymnasium; gymnasium.spec('initiative_gym/Dialogue-v0'); sys.exit('numba' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
