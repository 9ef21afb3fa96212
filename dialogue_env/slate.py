"""Which topics the agent may lead to now, and which acts are open to it."""

import numpy as np
import numpy.typing as npt

from dialogue_env.acts import FAMILY, REPLY
from dialogue_env.state import NOWHERE, Talk
from dialogue_env.world import World

Floats = npt.NDArray[np.float32]
Ints = npt.NDArray[np.int64]
Bools = npt.NDArray[np.bool_]

ALWAYS = np.float32(0.99)
"""A slot spoken of this often (three times, of State.asked) is asked no more."""


def slate_of(world: World, topic: Ints, liking: Floats) -> Ints:
    """Return the slate [B, K] at ``topic`` [B]: its neighbours, the last replaced by the best-liked topic.

    The replacement is left out where that topic is current or on the slate already.
    """
    slate = world.neighbours[topic]
    liked = liking.argmax(axis=1)
    new = (liked != topic) & (slate != liked[:, None]).all(axis=1)
    slate[:, -1] = np.where(new, liked, slate[:, -1])
    return slate


def open_acts(world: World, talk: Ints, asked: Floats) -> Bools:
    """Return which acts can be chosen, [B, A], from ``State.talk`` and ``State.asked``; at least one always can.

    ANSWER needs a question, CORRECT a complaint, CHECK something to recap, YIELD a topic of
    the person's; a slot can be asked three times.
    """
    rows = world.acts.span
    mask = np.ones((len(talk), len(world.acts.names)), bool)
    mask[:, rows[FAMILY.ANSWER]] = (talk[:, Talk.LAST_REPLY] == REPLY.ASK)[:, None]
    mask[:, rows[FAMILY.CORRECT]] = (talk[:, Talk.LAST_REPLY] == REPLY.REPAIR)[:, None]
    mask[:, rows[FAMILY.YIELD]] = (talk[:, Talk.OWN_TOPIC] != NOWHERE)[:, None]
    mask[:, rows[FAMILY.CHECK]] = (asked > 0).any(axis=1, keepdims=True)
    if rows[FAMILY.CLARIFY].stop:
        mask[:, rows[FAMILY.CLARIFY]] = asked < ALWAYS
    return mask
