"""PPO in one file, written against Gymnasium's vector interface alone: ``python examples/ppo_example.py``.

In the manner of CleanRL: nothing of this project but the environment is used. It shows that the
environment needs no adapter; ``train.py`` is faster and learns better.
"""

import gymnasium
import torch
from torch import nn
from torch.distributions import Categorical

import dialogue_env  # noqa: F401 -- registers the environment

ENVS, STEPS, UPDATES, EPOCHS, MINIBATCH = 256, 16, 40, 4, 1024
GAMMA, LAMBDA, CLIP, ENTROPY = 0.99, 0.95, 0.2, 0.02


def main() -> None:
    """Train for 160,000 turns on `donation` and print the mean return as it grows."""
    torch.manual_seed(0)
    torch.set_num_threads(1)
    envs = gymnasium.make_vec("initiative_gym/Dialogue-v0", num_envs=ENVS, vectorization_mode="vector_entry_point", domain="donation")
    size, acts = envs.single_observation_space.shape[0], int(envs.single_action_space.n)
    actor = nn.Sequential(nn.Linear(size, 64), nn.Tanh(), nn.Linear(64, acts))
    critic = nn.Sequential(nn.Linear(size, 64), nn.Tanh(), nn.Linear(64, 1))
    optimizer = torch.optim.Adam([*actor.parameters(), *critic.parameters()], lr=2e-3)
    observation = torch.as_tensor(envs.reset(seed=0)[0])
    returns, finished = torch.zeros(ENVS), []
    for update in range(1, UPDATES + 1):
        rows = []
        for _ in range(STEPS):
            with torch.no_grad():
                policy = Categorical(logits=actor(observation))
                action, value = policy.sample(), critic(observation)[:, 0]
            following, reward, terminated, _, _ = envs.step(action.numpy())
            rows.append((observation, action, policy.log_prob(action), value, torch.as_tensor(reward), torch.as_tensor(terminated)))
            returns += torch.as_tensor(reward)
            finished += returns[terminated].tolist()
            returns[terminated] = 0.0
            observation = torch.as_tensor(following)
        observations, actions, log_probs, values, rewards, ends = map(torch.stack, zip(*rows, strict=True))
        advantages, last = torch.zeros_like(rewards), torch.zeros(ENVS)
        with torch.no_grad():
            after = critic(observation)[:, 0]
        for t in reversed(range(STEPS)):
            going = 1.0 - ends[t].float()
            last = rewards[t] + GAMMA * going * after - values[t] + GAMMA * LAMBDA * going * last
            advantages[t], after = last, values[t]
        batch = [x.flatten(0, 1) for x in (observations, actions, log_probs, advantages, advantages + values)]
        for _ in range(EPOCHS):
            for rows_ in torch.randperm(ENVS * STEPS).split(MINIBATCH):
                obs, act, old, advantage, target = (x[rows_] for x in batch)
                policy = Categorical(logits=actor(obs))
                ratio = (policy.log_prob(act) - old).exp()
                advantage = (advantage - advantage.mean()) / (advantage.std() + 1e-8)
                gain = torch.min(ratio * advantage, ratio.clamp(1 - CLIP, 1 + CLIP) * advantage).mean()
                loss = -gain + 0.5 * (critic(obs)[:, 0] - target).square().mean() - ENTROPY * policy.entropy().mean()
                optimizer.zero_grad()
                loss.backward()
                optimizer.step()
        if update % 10 == 0:
            print(f"{update * ENVS * STEPS:8,} turns, return {sum(finished) / len(finished):6.3f}")
            finished = []


if __name__ == "__main__":
    main()
