"""What the policy sees: named slices of one flat vector in [-1, 1], from public columns only."""

from dataclasses import dataclass
from math import prod

import numpy as np
import numpy.typing as npt

from dialogue_env.acts import REPLY, Family, UserAct
from dialogue_env.state import NOWHERE, Signal, State, Talk
from dialogue_env.world import World
from rewards import TERM_NAMES, InputError
from rewards.errors import unknown

Floats = npt.NDArray[np.float32]

CAP = 5.0
SLOT_FEATURES = ("entropy", "top_mass", "asked", "relevance")
CANDIDATE_FEATURES = ("goal_closeness", "closeness", "liking", "novelty", "own_topic")
ACT_FEATURES = ("fit", "uses", "open")


@dataclass(frozen=True, slots=True)
class Layout:
    """Where each named slice lies in the observation; all values lie in [0, 1] but ``acts`` fit in [-1, 1].

    =============  =========  ===========================================================
    slice          shape      content
    =============  =========  ===========================================================
    time           1          share of the turn budget that is used
    floor          5          question pending; person thinking; hesitation; own topic raised; agreed
    last_reply     12         recognised reply, one-hot (all 0 at the start)
    last_family    12         family of the agent's last act, one-hot
    factors        4          estimated satisfaction; cooperative degree; goal difficulty; estimated distress
    surprise       1          1 - predicted probability of the value just heard
    history        2          offers and refusals so far, over 5
    item           1          belief in the most likely item
    topic          2          the current topic's closeness to the goal and estimated interest
    weights        M          reward weights, over the greatest if that is above 1
    acts           [3, A]     expected fit; uses over 3; open to be chosen
    slots          [4, S]     entropy; greatest mass; times asked over 3; relevance of its question now
    candidates     [5, K]     closeness to goal; to the current topic; estimated interest; novelty; person's own
    =============  =========  ===========================================================
    """

    shapes: dict[str, tuple[int, ...]]

    @property
    def size(self) -> int:
        """Length D of the observation."""
        return sum(prod(shape) for shape in self.shapes.values())

    def slices(self) -> dict[str, slice]:
        """Return the slice of each name."""
        ends = np.cumsum([prod(shape) for shape in self.shapes.values()]).tolist()
        return {name: slice(end - prod(shape), end) for (name, shape), end in zip(self.shapes.items(), ends, strict=True)}

    def view(self, observation: Floats, name: str) -> Floats:
        """Return the named part of observations [..., D], shaped [..., *shape]."""
        return observation[..., self.slices()[name]].reshape(*observation.shape[:-1], *self.shapes[name])


def layout_of(world: World) -> Layout:
    """Return the layout of a world's observations."""
    return Layout(
        {
            "time": (1,),
            "floor": (5,),
            "last_reply": (len(UserAct),),
            "last_family": (len(Family),),
            "factors": (4,),
            "surprise": (1,),
            "history": (2,),
            "item": (1,),
            "topic": (2,),
            "weights": (len(TERM_NAMES),),
            "acts": (len(ACT_FEATURES), len(world.acts.names)),
            "slots": (len(SLOT_FEATURES), len(world.sizes)),
            "candidates": (len(CANDIDATE_FEATURES), world.domain.slate_size),
        }
    )


class Observer:
    """Writes observations [B, D] of states; ``hide`` names slices that are set to 0 (for ablations)."""

    def __init__(self, world: World, hide: tuple[str, ...] = ()) -> None:
        """Observe dialogues of ``world``; raises InputError for an unknown slice."""
        self.layout = layout_of(world)
        for name in hide:
            if name not in self.layout.shapes:
                raise unknown("observation slice", name, self.layout.shapes)
        self._world = world
        self._slices = self.layout.slices()
        topics = np.arange(len(world.neighbours))[:, None]
        self._neighbours = np.stack([world.goal_closeness[world.neighbours], world.domain.closeness[topics, world.neighbours]], axis=1)  # [T, 2, K]
        self._hidden = [self._slices[name] for name in hide]

    def observe(self, state: State, weights: Floats) -> Floats:
        """Return the observations [B, D] as a fresh array, under reward weights [M], or [B, M] if every dialogue has its own."""
        world, talk, signals, cut = self._world, state.talk, state.signals, self._slices
        out = np.zeros((len(state), self.layout.size), np.float32)
        reply, topic = talk[:, Talk.LAST_REPLY], talk[:, Talk.TOPIC]
        liking = np.minimum(np.maximum(state.liking, np.float32(0.0)), np.float32(1.0))
        row = np.arange(len(state))
        out[:, cut["time"].start] = np.minimum(talk[:, Talk.TURN] / world.domain.max_turns, 1.0)
        floor = cut["floor"].start
        out[:, floor] = reply == REPLY.ASK
        out[:, floor + 1] = reply == REPLY.SILENT
        out[:, floor + 2] = signals[:, Signal.HESITATION]
        out[:, floor + 3] = talk[:, Talk.OWN_TOPIC] != NOWHERE
        out[:, floor + 4] = talk[:, Talk.AGREED]
        begun = np.flatnonzero(reply != NOWHERE)
        out[begun, cut["last_reply"].start + reply[begun]] = 1.0
        out[begun, cut["last_family"].start + world.acts.family[talk[begun, Talk.LAST_ACT]]] = 1.0
        nearness, goal_liking = world.goal_closeness[topic], liking[:, world.domain.goal_topic]
        factors = cut["factors"].start
        out[:, factors] = signals[:, Signal.MOOD]
        out[:, factors + 1] = signals[:, Signal.COOPERATION]
        out[:, factors + 2] = np.float32(1.0) - np.float32(0.5) * (nearness + goal_liking)
        out[:, factors + 3] = signals[:, Signal.UPSET]
        out[:, cut["surprise"].start] = signals[:, Signal.SURPRISE]
        out[:, cut["history"]] = np.minimum(talk[:, [Talk.OFFERS, Talk.REFUSALS]] / CAP, 1.0)
        out[:, cut["item"].start] = signals[:, Signal.BEST_MASS]
        out[:, cut["topic"].start] = nearness
        out[:, cut["topic"].start + 1] = liking[row, topic]
        out[:, cut["weights"]] = weights_seen(weights)
        self._write_acts(out, state)
        self._write_slots(out, state)
        self._write_candidates(out, state, liking)
        for hidden in self._hidden:
            out[:, hidden] = 0.0
        return out

    def _write_acts(self, out: Floats, state: State) -> None:
        acts = self.layout.view(out, "acts")
        acts[:, 0] = state.fit
        acts[:, 1] = state.uses
        acts[:, 2] = state.open

    def _write_slots(self, out: Floats, state: State) -> None:
        slots = self.layout.view(out, "slots")
        slots[:, :2] = state.slot_belief
        slots[:, 2] = state.asked
        slots[:, 3] = self._world.domain.slot_closeness[state.talk[:, Talk.TOPIC]]

    def _write_candidates(self, out: Floats, state: State, liking: Floats) -> None:
        candidates, slate = self.layout.view(out, "candidates"), state.slate
        row, topic, liked = np.arange(len(state))[:, None], state.talk[:, Talk.TOPIC], slate[:, -1]
        candidates[:, :2] = self._neighbours[topic]
        candidates[:, 0, -1] = self._world.goal_closeness[liked]
        candidates[:, 1, -1] = self._world.domain.closeness[topic, liked]
        candidates[:, 2] = liking[row, slate]
        candidates[:, 3] = state.novelty[row, slate]
        candidates[:, 4] = slate == state.talk[:, [Talk.OWN_TOPIC]]


def weights_seen(weights: Floats) -> Floats:
    """Return reward weights [..., M] as they stand in an observation: divided by the greatest if that is above 1.

    Raises InputError unless there is a weight per reward term.
    """
    if weights.shape[-1] != len(TERM_NAMES):
        raise InputError(f"weights must hold {len(TERM_NAMES)} numbers, one per reward term, not {weights.shape[-1]}")
    return weights / np.maximum(weights.max(axis=-1, keepdims=True), np.float32(1.0))
