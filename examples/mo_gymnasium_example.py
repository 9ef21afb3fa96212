"""MO-Gymnasium's wrappers on the vector reward, unmodified: ``python examples/mo_gymnasium_example.py``."""

import mo_gymnasium
import numpy as np
from mo_gymnasium.wrappers import LinearReward, MORecordEpisodeStatistics

import dialogue_env  # noqa: F401 -- registers the environment
from rewards import TERM_NAMES, RewardWeights

EPISODES = 20


def main() -> None:
    """Play random dialogues; print the vector return of each term and the weighted return."""
    weights = RewardWeights.parse("goal=1,final_satisfaction=0.5,turn_cost=0.01").as_array()
    env = mo_gymnasium.make("initiative_gym/Dialogue-v0", domain="concierge", reward_weights=None)
    env = LinearReward(MORecordEpisodeStatistics(env), weight=weights)
    rng, vectors = np.random.default_rng(0), []
    for episode in range(EPISODES):
        env.reset(seed=episode)
        ended, info = False, {}
        while not ended:
            action = rng.choice(np.flatnonzero(env.unwrapped.action_masks()))
            _, _, ended, _, info = env.step(action)
        vectors.append(info["episode"]["r"])
    for name, value in zip(TERM_NAMES, np.mean(vectors, axis=0), strict=True):
        print(f"{name:20} {value:8.3f}")
    print(f"{'weighted':20} {np.mean(vectors @ weights):8.3f}")
    two = mo_gymnasium.make("initiative_gym/Dialogue-v0", domain="concierge", reward_weights=["goal_only", "satisfaction_only"])
    print(f"objectives of one's own: a reward of {two.unwrapped.reward_dim} numbers, at least {two.unwrapped.reward_space.low.round(2)}")


if __name__ == "__main__":
    main()
