"""What happens: simulated dialogues with people who do not simply cooperate.

Importing this package registers ``initiative_gym/Dialogue-v0`` with Gymnasium.
"""

import gymnasium

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

gymnasium.register(
    id="initiative_gym/Dialogue-v0",
    entry_point="dialogue_env.env:DialogueEnv",
    vector_entry_point="dialogue_env.vector_env:DialogueVectorEnv",
)
