"""One whole turn on one screen: the file to read first.

``Simulator`` is pure: ``reset`` and ``step`` return new states, and all that they draw is a
function of (dialogue key, turn). Fork a dialogue by indexing its state.
"""

from dataclasses import replace
from typing import Any

import numpy as np
import numpy.typing as npt

from dialogue_env.acts import Family, Report, UserAct
from dialogue_env.belief import hear
from dialogue_env.listening import Heard, listen
from dialogue_env.move import Move, read_move
from dialogue_env.opening import open_dialogues
from dialogue_env.rng import Draw, dialogue_keys, uniforms
from dialogue_env.slate import slate_of
from dialogue_env.state import Mind, State, Talk
from dialogue_env.transition import changed_wish, follow_through, reached_topic, update
from dialogue_env.user import report, respond
from dialogue_env.world import World
from rewards import Turn

Floats = npt.NDArray[np.float32]
Ints = npt.NDArray[np.int64]
Bools = npt.NDArray[np.bool_]


class Simulator:
    """Dialogues of one world: ``reset(seed, numbers) -> State``, ``step(state, action) -> (State, Turn)``."""

    def __init__(self, world: World) -> None:
        """Simulate dialogues of ``world``."""
        self.world = world

    def reset(self, seeds: Ints | int, numbers: Ints) -> State:
        """Return new dialogues [B]: the same seed and number are the same person with the same luck."""
        return open_dialogues(self.world, dialogue_keys(seeds, numbers))

    def step(self, state: State, action: Ints) -> tuple[State, Turn]:
        """Return the state and the facts after the agent's acts [B]; rows that have ended must not be stepped.

        A masked act counts as HOLD: a wasted turn.
        """
        world = self.world
        draws = uniforms(state.key, state.talk[:, Talk.TURN] + 1, len(Draw))
        move = read_move(world, state, action)
        reply = respond(world, state, move, draws)
        said = report(world, state, move, reply, draws)
        heard = listen(world, state, move, reply, said, draws)
        topic = reached_topic(state, move, reply)
        mind = update(world, state, move, reply, topic, heard.misheard, draws)
        talk = self._talk(state, move, reply, heard, topic)
        declined = move.proposing & (heard.reply == UserAct.RESIST)
        new = replace(state, talk=talk, signals=heard.signals, liking=heard.liking, mind=mind, wish=changed_wish(world, state, draws))
        new = hear(world, new, said.slot, heard.kind, heard.first, heard.second, declined)
        new = replace(new, slate=slate_of(world, topic, new.liking), **self._counts(state, move, heard, topic))
        return new, self._turn(state, new, move, reply, draws)

    def _talk(self, state: State, move: Move, reply: Ints, heard: Heard, topic: Ints) -> Ints:
        talk = state.talk.copy()
        talk[:, Talk.TURN] += 1
        talk[:, Talk.TOPIC] = topic
        talk[:, Talk.OWN_TOPIC] = heard.own_topic
        talk[:, Talk.LAST_ACT] = move.act
        talk[:, Talk.LAST_REPLY] = heard.reply
        resisted = reply == UserAct.RESIST
        talk[:, Talk.AGREED] = (reply == UserAct.ACCEPT) | ((talk[:, Talk.AGREED] > 0) & ~resisted)
        talk[:, Talk.OFFERS] += move.proposing
        for column, heard_part in (
            (Talk.HEARD_SLOT, heard.slot),
            (Talk.HEARD_KIND, heard.kind),
            (Talk.HEARD_FIRST, heard.first),
            (Talk.HEARD_SECOND, heard.second),
        ):
            talk[:, column] = heard_part
        talk[:, Talk.REFUSALS] += heard.reply == UserAct.RESIST
        return talk

    def _counts(self, state: State, move: Move, heard: Heard, topic: Ints) -> dict[str, Any]:
        row = np.arange(len(state))
        uses, visits, asked = state.uses.copy(), state.visits.copy(), state.asked
        uses[row, move.act] += 1
        visits[row, topic] += 1
        about = np.flatnonzero((move.slot >= 0) | (heard.kind != Report.NOTHING))
        if len(about):
            asked = asked.copy()
            asked[about, np.where(move.slot >= 0, move.slot, heard.slot)[about]] += 1
        return {"uses": uses, "visits": visits, "asked": asked}

    def _turn(self, state: State, new: State, move: Move, reply: Ints, draws: Floats) -> Turn:
        left = reply == UserAct.LEAVE
        ended = left | (move.family == Family.CLOSE) | (new.talk[:, Talk.TURN] >= self.world.domain.max_turns)
        reached, agreed = np.zeros(len(state), bool), new.talk[:, Talk.AGREED] > 0
        over = np.flatnonzero(ended)
        if len(over):
            done = follow_through(self.world, state.take(over), new.mind[over], agreed[over], left[over])
            reached[over] = draws[over, Draw.OUTCOME] < done
        return Turn(
            progress_before=state.mind[:, Mind.PROGRESS],
            progress_after=new.mind[:, Mind.PROGRESS],
            satisfaction_before=state.mind[:, Mind.SATISFACTION],
            satisfaction_after=new.mind[:, Mind.SATISFACTION],
            reached=reached,
            ended=ended,
            left=left,
            question_effort=move.effort,
            intruded=move.intruded,
            missed=move.missed,
            utility_lost=np.where(ended & agreed, np.float32(1.0) - new.mind[:, Mind.UTILITY], np.float32(0.0)),
            topic_jump=np.float32(1.0) - self.world.domain.closeness[state.talk[:, Talk.TOPIC], move.topic],
        )
