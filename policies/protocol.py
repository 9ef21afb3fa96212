"""What a policy is: SB3's own ``predict`` with masks, or a rule that sees the true state."""

from typing import Any, Protocol, runtime_checkable

from dialogue_env.state import State
from dialogue_env.types import I64


@runtime_checkable
class Policy(Protocol):
    """What plays from observations. Every SB3 model is one; a class of your own needs this one method."""

    def predict(self, observation: Any, state: Any = None, episode_start: Any = None, deterministic: bool = False, action_masks: Any = None) -> tuple[Any, Any]:
        """Return acts [B] and the recurrent state for observations [B, D]; ``action_masks`` [B, A] say what is open."""


@runtime_checkable
class Planner(Protocol):
    """A rule that sees the true state, hidden person and all: never a contender."""

    def plan(self, state: State) -> I64:
        """Return acts [B]."""


def informed(policy: Policy | Planner) -> bool:
    """Return whether a policy sees the hidden person: a rule that does, or a ceiling."""
    return isinstance(policy, Planner) or getattr(policy, "informed", False)


def remember(memory: Any, rows: I64) -> Any:
    """Return the recurrent state (arrays [layers, B, H] in a tuple) of the dialogues at ``rows`` alone."""
    return None if memory is None else tuple(part[:, rows] for part in memory)
