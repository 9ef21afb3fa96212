"""What is open to the agent: the topics it may lead to now, and the acts it may choose."""

from typing import Any

from dialogue_env.acts import Family, Reply
from dialogue_env.messages import NOWHERE
from rewards.compiled import compiled_apart

ALWAYS = 3
"""A slot spoken of this often is asked no more."""


@compiled_apart
def write_slate(neighbours: Any, centres: Any, topic: int, liking: Any, slate: Any) -> None:
    """Write the slate [K] at ``topic``: its ``neighbours`` [K], the last replaced by what the person likes best.

    The replacement is left out where nothing is liked, or the topic is current or on the slate already.
    """
    size = len(slate)
    for k in range(size):
        slate[k] = neighbours[k]
    best = 0
    for c in range(len(liking)):
        if liking[c] > liking[best]:
            best = c
    liked = centres[best]
    if liking[best] <= 0.5 or liked == topic:
        return
    for k in range(size):
        if slate[k] == liked:
            return
    slate[size - 1] = liked


@compiled_apart
def write_open(acts: Any, now: Any, asked: Any, out: Any) -> None:
    """Write which acts can be chosen into ``out`` [A], from a record of TALK and the slots ``asked`` [S]; at least one always can.

    ANSWER needs a question, CORRECT a complaint, CHECK something to recap, YIELD a topic of
    the person's; a slot can be asked three times.
    """
    recap = False
    for s in range(len(asked)):
        recap = recap or asked[s] > 0
    for a in range(len(out)):
        family = acts[a].family
        if family == Family.ANSWER:
            out[a] = now.last_reply == Reply.ASK
        elif family == Family.CORRECT:
            out[a] = now.last_reply == Reply.REPAIR
        elif family == Family.YIELD:
            out[a] = now.raised != NOWHERE
        elif family == Family.CHECK:
            out[a] = recap
        elif family == Family.CLARIFY:
            out[a] = asked[acts[a].slot] < ALWAYS
        else:
            out[a] = True
