"""What happens: simulated dialogues with people who do not simply cooperate.

Importing this package registers ``initiative_gym/Dialogue-v0`` with Gymnasium. What it exports, and Numba with
it, is imported when it is first used.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

import gymnasium

if TYPE_CHECKING:
    from dialogue_env.domain.domain import domain_names, load_domain
    from dialogue_env.draws import Stream
    from dialogue_env.env import DialogueEnv
    from dialogue_env.person.population import load_population, population_names
    from dialogue_env.simulator import Simulator, exchanges
    from dialogue_env.state import State
    from dialogue_env.vector_env import DialogueVectorEnv
    from dialogue_env.world import World, build_world

__all__ = [
    "DialogueEnv",
    "DialogueVectorEnv",
    "Simulator",
    "State",
    "Stream",
    "World",
    "build_world",
    "domain_names",
    "exchanges",
    "load_domain",
    "load_population",
    "population_names",
]
_MODULES = {
    "DialogueEnv": "env",
    "DialogueVectorEnv": "vector_env",
    "Simulator": "simulator",
    "State": "state",
    "Stream": "draws",
    "World": "world",
    "build_world": "world",
    "domain_names": "domain.domain",
    "exchanges": "simulator",
    "load_domain": "domain.domain",
    "load_population": "person.population",
    "population_names": "person.population",
}

gymnasium.register(
    id="initiative_gym/Dialogue-v0",
    entry_point="dialogue_env.env:DialogueEnv",
    vector_entry_point="dialogue_env.vector_env:DialogueVectorEnv",
)


def __getattr__(name: str) -> Any:
    if name not in _MODULES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{_MODULES[name]}"), name)


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
