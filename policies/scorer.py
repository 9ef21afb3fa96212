"""One small network that scores every candidate act: the shared scorer.

The context (everything in the observation that is about no single act) is read once; every
act has features of its own: what it is (family and numbers), its expected fit and uses, and
the slot it asks about or the topic it leads to. With h_a = relu(W [static_a, dynamic_a]) and
a context vector u(context, mean_a h_a), the logit of act a is u . h_a plus a bias for its
family. The same weights score every act, so order does not matter, and the number of topics,
slots and acts may differ between training and use.
"""

from dataclasses import dataclass

import numpy as np
import torch as th
from torch import nn

from dialogue_env.acts import Family
from dialogue_env.agent.observation import Layout
from dialogue_env.domain.act_table import NUMBERS, ActTable

CONTEXT_WIDTH = 64
ACT_WIDTH = 16


@dataclass(frozen=True)
class ActMap:
    """Where the scorer finds its inputs in an observation of size D; plain lists, so that it pickles with the model."""

    size: int  # D
    context: tuple[int, ...]  # columns of the context
    dynamic: tuple[tuple[int, ...], ...]  # [A, 12] columns of each act's own features (17 if informed); D where it has none
    static: tuple[tuple[float, ...], ...]  # [A, 16] family one-hot and numbers


def act_map(layout: Layout, acts: ActTable) -> ActMap:
    """Return the map for a world's layout and acts."""
    places = {"act": np.arange(layout.acts), "slot": acts.records["slot"], "candidate": acts.records["candidate"]}
    context = [layout.columns[feature].start for part in layout.parts if not part.per for feature in part.features]
    own = [
        np.where(place >= 0, layout.columns[feature].start + place, layout.size)
        for per, place in places.items()
        for part in layout.parts
        if part.per == per
        for feature in part.features
    ]
    static = np.column_stack([np.eye(len(Family))[acts.family], *(acts.records[name] for name in NUMBERS)])
    return ActMap(layout.size, tuple(context), tuple(map(tuple, np.stack(own, axis=1).tolist())), tuple(map(tuple, static.tolist())))


class Scorer(nn.Module):
    """Logits [B, A] and a value latent [B, 64] from observations [B, D], with SB3's ``MlpExtractor`` interface.

    With ``memory`` > 0 the input is [B, memory + D]: the output of a recurrent layer goes first
    and joins the context.
    """

    def __init__(self, inputs: ActMap, memory: int = 0) -> None:
        super().__init__()
        self.memory = memory
        self.latent_dim_pi, self.latent_dim_vf = len(inputs.static), CONTEXT_WIDTH
        static = th.tensor(inputs.static)
        self.context_columns: th.Tensor
        self.act_columns: th.Tensor
        self.static: th.Tensor
        self.family: th.Tensor
        self.register_buffer("context_columns", th.tensor(inputs.context), persistent=False)
        self.register_buffer("act_columns", th.tensor(inputs.dynamic).flatten(), persistent=False)
        self.register_buffer("static", static, persistent=False)
        self.register_buffer("family", static[:, : len(Family)].argmax(1), persistent=False)
        context = len(inputs.context) + memory + ACT_WIDTH
        self.embed_static = nn.Linear(static.shape[1], ACT_WIDTH)
        self.embed_dynamic = nn.Linear(len(inputs.dynamic[0]), ACT_WIDTH, bias=False)
        self.actor = nn.Sequential(nn.Linear(context, CONTEXT_WIDTH), nn.Tanh(), nn.Linear(CONTEXT_WIDTH, CONTEXT_WIDTH), nn.Tanh())
        self.query = nn.Linear(CONTEXT_WIDTH, ACT_WIDTH + len(Family))
        self.critic = nn.Sequential(nn.Linear(context, CONTEXT_WIDTH), nn.Tanh(), nn.Linear(CONTEXT_WIDTH, CONTEXT_WIDTH), nn.Tanh())

    def forward(self, features: th.Tensor) -> tuple[th.Tensor, th.Tensor]:
        """Return logits [B, A] and value latents [B, 64]."""
        context, acts = self._read(features)
        return self._logits(context, acts), self.critic(context)

    def forward_actor(self, features: th.Tensor) -> th.Tensor:
        """Return logits [B, A]."""
        return self._logits(*self._read(features))

    def forward_critic(self, features: th.Tensor) -> th.Tensor:
        """Return value latents [B, 64]."""
        latent: th.Tensor = self.critic(self._read(features)[0])
        return latent

    def _read(self, features: th.Tensor) -> tuple[th.Tensor, th.Tensor]:
        """Return the context [B, C] and the acts' embeddings [B, A, 16]."""
        remembered, observation = features[:, : self.memory], features[:, self.memory :]
        padded = nn.functional.pad(observation, (0, 1))
        own = padded.index_select(1, self.act_columns).view(len(features), self.latent_dim_pi, -1)
        acts = th.relu(self.embed_dynamic(own) + self.embed_static(self.static))
        return th.cat([remembered, observation.index_select(1, self.context_columns), acts.mean(1)], 1), acts

    def _logits(self, context: th.Tensor, acts: th.Tensor) -> th.Tensor:
        query = self.query(self.actor(context))
        match = (acts @ query[:, :ACT_WIDTH, None]).squeeze(2)
        return match + query[:, ACT_WIDTH:].index_select(1, self.family)
