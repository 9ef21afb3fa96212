"""What passes between the two sides in one exchange: the act in its context, what is said, what is heard."""

from typing import NamedTuple

NOWHERE = -1
"""A topic, act, slot or reply that is not there."""


class Act(NamedTuple):
    """The agent's act in its context: all that anybody in the room could know of it."""

    act: int  # row of the act table; a masked act has become HOLD
    family: int  # Family
    topic: int  # topic it is about: where it leads, else where the agent takes the talk to be
    slot: int  # slot a CLARIFY asks about or a CHECK recaps, else NOWHERE
    item: int  # item that a PROPOSE offers: the most likely one
    repetition: float  # uses of the act so far, at most 3, over 3; of a SHIFT: exchanges on its topic, and `lead_again` right after another
    last: int  # the act before, else NOWHERE
    exchanges: int  # exchanges before this one
    offers: int  # proposals before this one


class Said(NamedTuple):
    """What the person says, and what shows of their condition."""

    reply: int  # Reply
    topic: int  # topic they raise, else NOWHERE
    slot: int  # slot they let something out about
    kind: int  # Report about it
    first: int  # value named
    second: int  # second value of a vague report, else the first again
    satisfaction: float  # as it shows: before this exchange sank in
    distress: float
    stuck: bool  # silent and in need of help


class Heard(NamedTuple):
    """What crosses the air: all that the agent ever learns of an exchange."""

    reply: int  # as recognised
    topic: int
    slot: int
    kind: int
    first: int
    second: int
    mood: float  # an outside observer's rating of the satisfaction, in {0, 1/4, ..., 1}
    upset: float  # and of the distress
    hesitation: float  # cue that a silent person is stuck, in [0, 1]
