"""What happens: simulated dialogues with people who do not simply cooperate.

Importing this package registers ``initiative_gym/Dialogue-v0`` with Gymnasium.
"""

import gymnasium

from dialogue_env.domain import domain_names, load_domain
from dialogue_env.env import DialogueEnv
from dialogue_env.population import load_population, population_names
from dialogue_env.simulator import Simulator
from dialogue_env.vector_env import DialogueVectorEnv
from dialogue_env.world import build_world

__all__ = ["DialogueEnv", "DialogueVectorEnv", "Simulator", "build_world", "domain_names", "load_domain", "load_population", "population_names"]

gymnasium.register(
    id="initiative_gym/Dialogue-v0",
    entry_point="dialogue_env.env:DialogueEnv",
    vector_entry_point="dialogue_env.vector_env:DialogueVectorEnv",
)
