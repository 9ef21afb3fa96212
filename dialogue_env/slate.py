"""Which topics the agent may lead to now, and which acts are open to it."""

import numpy as np
import numpy.typing as npt

from dialogue_env.acts import Family, UserAct
from dialogue_env.state import NOWHERE, State, Talk
from dialogue_env.world import World

Floats = npt.NDArray[np.float32]
Ints = npt.NDArray[np.int64]
Bools = npt.NDArray[np.bool_]

MOST_ASKS = 3


def slate_of(world: World, topic: Ints, liking: Floats) -> Ints:
    """Return the slate [B, K] at ``topic`` [B]: its neighbours, the last replaced by the best-liked topic.

    The replacement is left out where that topic is current or on the slate already.
    """
    slate = world.neighbours[topic]
    liked = liking.argmax(axis=1)
    new = (liked != topic) & (slate != liked[:, None]).all(axis=1)
    slate[:, -1] = np.where(new, liked, slate[:, -1])
    return slate


def action_mask(world: World, state: State) -> Bools:
    """Return which acts are open, [B, A]; at least one always is.

    ANSWER needs a question, CORRECT a complaint, CHECK something to recap, YIELD a topic of
    the person's; a slot can be asked three times.
    """
    acts, talk = world.acts, state.talk
    mask = np.ones((len(state), len(acts.names)), bool)
    asked = state.asked
    for family, open_ in (
        (Family.ANSWER, talk[:, Talk.LAST_REPLY] == UserAct.ASK),
        (Family.CORRECT, talk[:, Talk.LAST_REPLY] == UserAct.REPAIR),
        (Family.YIELD, talk[:, Talk.OWN_TOPIC] != NOWHERE),
        (Family.CHECK, asked.any(axis=1)),
    ):
        for row in acts.rows(family):
            mask[:, row] = open_
    clarify = acts.rows(Family.CLARIFY)
    if len(clarify):
        mask[:, clarify[0] : clarify[-1] + 1] = asked < MOST_ASKS
    return mask
