"""What an informed policy sees beside the observation: the hidden person. It makes a ceiling, and can be had in a simulator alone.

The columns stand behind those of the observation, which stay as they are; no function of the agent comes here. To add
one, write a row of ``HIDDEN`` and its line in ``hidden_columns``.
"""

from dataclasses import replace
from typing import Any

import numpy as np
import numpy.typing as npt
from gymnasium.spaces import Box
from gymnasium.vector.utils import batch_space

from dialogue_env.acts import Family, Reply
from dialogue_env.agent.observation import SLICES, Layout, Slice, layout_of, version_of
from dialogue_env.likelihood import interests, missed_wishes, would_accept
from dialogue_env.messages import NOWHERE
from dialogue_env.person.traits import TRAITS
from dialogue_env.state import State
from dialogue_env.tables import Tables
from dialogue_env.types import F32, F64, I64
from dialogue_env.vector_env import DialogueVectorEnv
from dialogue_env.world import World
from rewards import Facts

MIND = {
    "satisfaction": "how content they are",
    "willingness": "to do what the dialogue is for",
    "annoyance": "at being pushed and misheard",
    "distress": "which comfort takes away",
    "misunderstanding": "what is left of being misheard",
    "interest": "in the topic where they take the talk to be",
    "progress": "goal progress",
    "utility": "share of the first wish that the item agreed on meets",
    "stuck": "1 while silent and in need of help",
    "agreed": "1 while a yes stands",
    "rejected": "1 if the last answer to a proposal was no",
}
"""The fields of a person's record that are shown as they are."""
REPLIES = {"resisted": Reply.RESIST, "asked": Reply.ASK, "thinking": Reply.SILENT}
"""The last replies, as they were meant, that are shown."""
HIDDEN: tuple[Slice, ...] = (
    Slice(
        "mind",
        {f"true_{name}": meaning for name, meaning in MIND.items()}
        | {"offered": "1 once something was proposed"}
        | {f"true_{name}": f"1 after {reply.name}" for name, reply in REPLIES.items()},
    ),
    Slice("traits", {f"trait_{name}": meaning for name, meaning in TRAITS.items()}),
    Slice("true_acts", {"true_fit": "fit to the need, in [-1, 1]", "accepted": "chance that a proposal gets a yes, of other acts 0"}, "act"),
    Slice("wish", {"missed": "1 if the most likely item does not meet the wish", "minded": "1 if they mind which value it is"}, "slot"),
    Slice("tastes", {"true_liking": "true interest"}, "candidate"),
)
INFORMED = (*SLICES, *HIDDEN)
"""All that an informed policy sees."""
INFORMED_VERSION = version_of(INFORMED)


def layout_for(tables: Tables, informed: bool) -> Layout:
    """Return the layout of what policies of a world see: the observation, and behind it the hidden columns if they are ``informed``."""
    layout = layout_of(tables)
    return replace(layout, parts=INFORMED) if informed else layout


def with_hidden(world: World, observation: F32, state: State) -> F32:
    """Return observations [B, D] of the dialogues of ``state`` with the hidden columns behind them, [B, D + H]."""
    return np.hstack([observation, hidden_columns(world, state)])


def hidden_columns(world: World, state: State) -> F32:
    """Return the columns of ``HIDDEN`` [B, H] for the true state."""
    people, acts, slots = state.person.now, world.acts, world.tables.slots
    values: dict[str, npt.NDArray[Any]] = {
        **{f"true_{name}": people[name] for name in MIND},
        "offered": people["offered"] != NOWHERE,
        **{f"true_{name}": people["last_reply"] == reply for name, reply in REPLIES.items()},
        **{f"trait_{name}": people["traits"][name] for name in TRAITS},
        "true_fit": world.tables.fits[people["need"]][:, acts.records["fit_row"]],
        "accepted": _accepted(world, state),
        "missed": missed_wishes(world, state),
        "minded": state.person.wish != slots["size"],
        "true_liking": interests(world, state.person, state.talk.slate),
    }
    return np.column_stack([values[feature] for part in HIDDEN for feature in part.features]).astype(np.float32)


def _accepted(world: World, state: State) -> F64:
    """Return the chance [B, A] that each act, if it is a proposal, gets a yes now."""
    chances = np.zeros(state.talk.open.shape)
    for act in world.acts.of(Family.PROPOSE):
        chances[:, act] = would_accept(world, state, np.full(state.size, act))
    return chances


class InformedVectorEnv(DialogueVectorEnv):
    """The same dialogues with the hidden columns behind every observation: what a ceiling is trained in."""

    def __init__(self, num_envs: int = 1, **options: Any) -> None:
        """Make ``num_envs`` dialogues with the options of ``DialogueVectorEnv``."""
        super().__init__(num_envs, **options)
        self.single_observation_space = Box(-1.0, 1.0, (layout_for(self.world.tables, informed=True).size,), np.float32)
        self.observation_space = batch_space(self.single_observation_space, num_envs)

    def exchange(self, state: State, actions: I64) -> tuple[Facts, F32, npt.NDArray[Any], F32]:
        """Play one exchange as ``DialogueVectorEnv`` does, and show who it was with."""
        facts, terms, reward, observation = super().exchange(state, actions)
        return facts, terms, reward, with_hidden(self.world, observation, state)

    def _observed(self, rows: I64 | None = None) -> F32:
        state = self.live(ended=True)
        return with_hidden(self.world, super()._observed(rows), state if rows is None else state.take(rows))
