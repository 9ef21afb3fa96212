"""The shared scorer as an ordinary SB3 policy of each algorithm: it saves, loads and resumes like any other."""

from typing import Any

import torch as th
from sb3_contrib.common.maskable.policies import MaskableActorCriticPolicy
from sb3_contrib.common.recurrent.policies import RecurrentActorCriticPolicy
from stable_baselines3.common.policies import ActorCriticPolicy
from stable_baselines3.common.type_aliases import PyTorchObs, Schedule
from stable_baselines3.dqn.policies import DQNPolicy, QNetwork
from torch import nn

from policies.scorer import CONTEXT_WIDTH, ActMap, Scorer

SMALLEST = 1e-2
MASKED = -1e8


class _Scoring:
    """The part that the actor-critic policies share: a scorer in the place of MLP and action layer.

    ``forward`` and ``evaluate_actions`` do what SB3's do, without building a distribution
    object: acts are drawn by inverse CDF, which takes a third off the time of a rollout.
    """

    def __init__(self, *args: Any, act_map: ActMap, **kwargs: Any) -> None:
        self.act_map = act_map
        super().__init__(*args, **kwargs)

    def _memory(self) -> int:
        return 0

    def _build_mlp_extractor(self) -> None:
        self.mlp_extractor = Scorer(self.act_map, self._memory())

    def _build(self: Any, lr_schedule: Schedule) -> None:
        super()._build(lr_schedule)  # type: ignore[misc]
        self.action_net = nn.Identity()
        nn.init.orthogonal_(self.mlp_extractor.query.weight, SMALLEST)
        self.optimizer = self.optimizer_class(self.parameters(), lr=lr_schedule(1), **self.optimizer_kwargs)

    def _get_constructor_parameters(self) -> dict[str, Any]:
        return {**super()._get_constructor_parameters(), "act_map": self.act_map}  # type: ignore[misc]


class _FastSampling(_Scoring):
    def forward(self: Any, obs: th.Tensor, deterministic: bool = False, action_masks: Any = None) -> tuple[th.Tensor, th.Tensor, th.Tensor]:
        """Return acts [B], values [B, 1] and log-probabilities [B]."""
        log_probs, values = self._evaluate(obs, action_masks)
        actions = log_probs.argmax(1) if deterministic else _draw(log_probs)
        return actions, values, log_probs.gather(1, actions[:, None])[:, 0]

    def evaluate_actions(self: Any, obs: PyTorchObs, actions: th.Tensor, action_masks: Any = None) -> tuple[th.Tensor, th.Tensor, th.Tensor]:
        """Return values [B, 1], log-probabilities [B] of the acts and entropies [B]."""
        log_probs, values = self._evaluate(obs, action_masks)
        return values, log_probs.gather(1, actions.long().view(-1, 1))[:, 0], -(log_probs.exp() * log_probs).sum(1)

    def _evaluate(self: Any, obs: PyTorchObs, action_masks: Any) -> tuple[th.Tensor, th.Tensor]:
        logits, latent = self.mlp_extractor(self.extract_features(obs))
        if action_masks is not None:
            mask = th.as_tensor(action_masks, dtype=th.bool, device=logits.device).view(logits.shape)
            logits = logits.masked_fill(~mask, MASKED)
        return nn.functional.log_softmax(logits, 1), self.value_net(latent)


def _draw(log_probs: th.Tensor) -> th.Tensor:
    """Draw one act per row; with thresholds in (0, 1] an act of probability 0 is never drawn."""
    cumulative = log_probs.exp().cumsum(1)
    threshold = (1.0 - th.rand(len(log_probs), 1, device=log_probs.device)) * cumulative[:, -1:]
    return (cumulative < threshold).sum(1)


class ScorerPolicy(_FastSampling, ActorCriticPolicy):  # type: ignore[misc]
    """The shared scorer for PPO."""


class MaskableScorerPolicy(_FastSampling, MaskableActorCriticPolicy):  # type: ignore[misc]
    """The shared scorer for MaskablePPO."""


class RecurrentScorerPolicy(_Scoring, RecurrentActorCriticPolicy):  # type: ignore[misc]
    """The shared scorer for RecurrentPPO: the LSTM's output joins the context."""

    def _memory(self) -> int:
        return int(self.lstm_output_dim)

    @staticmethod
    def _process_sequence(features: th.Tensor, lstm_states: Any, episode_starts: th.Tensor, lstm: nn.LSTM) -> Any:
        output, states = RecurrentActorCriticPolicy._process_sequence(features, lstm_states, episode_starts, lstm)
        return th.cat([output, features], 1), states


class ScorerQNetwork(QNetwork):
    """Action values from the shared scorer: a state value plus centred scores."""

    def __init__(self, *args: Any, act_map: ActMap, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.q_net = nn.ModuleDict({"scorer": Scorer(act_map), "value": nn.Linear(CONTEXT_WIDTH, 1)})  # type: ignore[assignment]

    def forward(self, obs: PyTorchObs) -> th.Tensor:
        """Return action values [B, A]."""
        scores, latent = self.q_net["scorer"](self.extract_features(obs, self.features_extractor))  # type: ignore[index]
        value: th.Tensor = self.q_net["value"](latent)  # type: ignore[index]
        return value + scores - scores.mean(1, keepdim=True)


class ScorerDQNPolicy(DQNPolicy):
    """The shared scorer for DQN."""

    def __init__(self, *args: Any, act_map: ActMap, **kwargs: Any) -> None:
        self.act_map = act_map
        super().__init__(*args, **kwargs)

    def make_q_net(self) -> QNetwork:
        """Return a new network."""
        arguments = self._update_features_extractor(self.net_args, features_extractor=None)
        return ScorerQNetwork(**arguments, act_map=self.act_map).to(self.device)

    def _get_constructor_parameters(self) -> dict[str, Any]:
        return {**super()._get_constructor_parameters(), "act_map": self.act_map}
