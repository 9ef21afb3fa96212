"""One whole turn on one screen: the file to read first.

``Simulator`` is pure: ``reset`` and ``step`` return new states, and all that they draw is a
function of (dialogue key, turn). Fork a dialogue by indexing its state.
"""

from dataclasses import replace

import numpy as np
import numpy.typing as npt

from dialogue_env.acts import FAMILY, REPLY, REPORT
from dialogue_env.belief import hear, likelihood_table
from dialogue_env.listening import Heard, listen
from dialogue_env.move import Move, read_move
from dialogue_env.opening import open_dialogues, opening_table
from dialogue_env.rng import Draw, dialogue_keys, uniforms
from dialogue_env.slate import open_acts, slate_of
from dialogue_env.state import OFTEN, Mind, State, Talk
from dialogue_env.transition import changed_wish, follow_through, reached_topic, update
from dialogue_env.user import report, respond
from dialogue_env.world import World
from rewards import Turn

Floats = npt.NDArray[np.float32]
Ints = npt.NDArray[np.int64]
Bools = npt.NDArray[np.bool_]

ONE = np.float32(1.0)


class Simulator:
    """Dialogues of one world: ``reset(seed, numbers) -> State``, ``step(state, action) -> (State, Turn)``."""

    def __init__(self, world: World) -> None:
        """Simulate dialogues of ``world``."""
        self.world = world
        self._likelihood = likelihood_table(world)
        self._opening = opening_table(world)

    def reset(self, seeds: Ints | int, numbers: Ints) -> State:
        """Return new dialogues [B]: the same seed and number are the same person with the same luck."""
        return open_dialogues(self.world, self._opening, dialogue_keys(seeds, numbers))

    def step(self, state: State, action: Ints, reply: Ints | None = None) -> tuple[State, Turn]:
        """Return the state and the facts after the agent's acts [B]; rows that have ended must not be stepped.

        A masked act counts as HOLD: a wasted turn. The person's replies [B] are drawn, or, to replay
        a logged dialogue, given.
        """
        world = self.world
        draws = uniforms(state.key, state.talk[:, Talk.TURN] + 1, len(Draw))
        move = read_move(world, state, action)
        reply = respond(world, state, move, draws) if reply is None else reply
        said = report(world, state, move, reply, draws)
        heard = listen(world, state, move, reply, said, draws)
        topic = reached_topic(state, move, reply)
        mind = update(world, state, move, reply, topic, heard.misheard, draws)
        talk = _talk(state, move, reply, heard, topic)
        belief = hear(world, self._likelihood, state, talk, heard.signals, move.proposing & (heard.reply == REPLY.RESIST))
        uses, asked, novelty = _counts(state, move, talk)
        new = replace(
            state,
            talk=talk,
            signals=heard.signals,
            slate=slate_of(world, topic, heard.liking),
            open=open_acts(world, talk, asked),
            uses=uses,
            asked=asked,
            novelty=novelty,
            liking=heard.liking,
            wish=changed_wish(world, state, draws),
            mind=mind,
            **belief,
        )
        return new, self._turn(state, new, move, reply, draws)

    def _turn(self, state: State, new: State, move: Move, reply: Ints, draws: Floats) -> Turn:
        left = reply == REPLY.LEAVE
        ended = left | (move.family == FAMILY.CLOSE) | (new.talk[:, Talk.TURN] >= self.world.domain.max_turns)
        reached, agreed = np.zeros(len(state), bool), new.talk[:, Talk.AGREED] > 0
        over = np.flatnonzero(ended)
        if len(over):
            done = follow_through(self.world, state.traits[over], new.mind[over], agreed[over], left[over])
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
            utility_lost=np.where(ended & agreed, ONE - new.mind[:, Mind.UTILITY], np.float32(0.0)),
            topic_jump=ONE - self.world.domain.closeness[state.talk[:, Talk.TOPIC], move.topic],
        )


def _talk(state: State, move: Move, reply: Ints, heard: Heard, topic: Ints) -> Ints:
    """Return ``State.talk`` after the exchange (the belief in the items comes later)."""
    talk = state.talk.copy()
    talk[:, Talk.TURN] += 1
    talk[:, Talk.TOPIC] = topic
    talk[:, Talk.OWN_TOPIC] = heard.own_topic
    talk[:, Talk.LAST_ACT] = move.act
    talk[:, Talk.LAST_REPLY] = heard.reply
    talk[:, Talk.AGREED] = (reply == REPLY.ACCEPT) | ((talk[:, Talk.AGREED] > 0) & (reply != REPLY.RESIST))
    talk[:, Talk.OFFERS] += move.proposing
    talk[:, Talk.REFUSALS] += heard.reply == REPLY.RESIST
    talk[:, Talk.HEARD_SLOT : Talk.HEARD_SECOND + 1] = heard.report
    return talk


def _counts(state: State, move: Move, talk: Ints) -> tuple[Floats, Floats, Floats]:
    """Return uses [B, A], asked [B, S] and novelty [B, T] after the exchange; a slot told unasked counts as asked."""
    row = np.arange(len(state))
    uses, asked, novelty = state.uses.copy(), state.asked.copy(), state.novelty.copy()
    uses[row, move.act] = np.minimum(uses[row, move.act] + OFTEN, ONE)
    topic = talk[:, Talk.TOPIC]
    seen = novelty[row, topic]
    novelty[row, topic] = seen / (ONE + seen)
    about = np.flatnonzero((move.slot >= 0) | (talk[:, Talk.HEARD_KIND] != REPORT.NOTHING))
    slot = move.slot[about]
    slot = np.where(slot >= 0, slot, talk[about, Talk.HEARD_SLOT])
    asked[about, slot] = np.minimum(asked[about, slot] + OFTEN, ONE)
    return uses, asked, novelty
