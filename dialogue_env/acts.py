"""The acts of both sides: one vocabulary for each."""

from enum import IntEnum


class Family(IntEnum):
    """What kind of thing the agent does. A domain lists the ones it enables."""

    HOLD = 0  # stay silent
    ACKNOWLEDGE = 1  # empathise, show understanding
    CHECK = 2  # recap and confirm
    CLARIFY = 3  # ask about one slot: one act per slot
    EXPLORE = 4  # ask an open question
    INFORM = 5  # volunteer something useful, unasked: one act per variant
    CORRECT = 6  # repair a misunderstanding
    PROPOSE = 7  # offer the best item, or ask for the commitment
    YIELD = 8  # follow the person's topic or suggestion
    CLOSE = 9  # end the dialogue
    ANSWER = 10  # reply to what was asked: the reactive move
    SHIFT = 11  # lead to candidate k of the topic slate: one act per candidate


class Reply(IntEnum):
    """What the person does in reply. LEAVE is last: it has a hazard of its own."""

    ANSWER = 0
    ASK = 1
    FOLLOW = 2
    ACCEPT = 3
    RESIST = 4
    DRIFT = 5
    EMOTE = 6
    REPAIR = 7
    SUGGEST = 8
    ACKNOWLEDGE = 9
    SILENT = 10
    LEAVE = 11


class Report(IntEnum):
    """What kind of thing the person let out about a slot."""

    NOTHING = 0
    VALUE = 1  # one value (true or not)
    VAGUE = 2  # one of two values
    NO_PREFERENCE = 3  # "I don't mind", "I don't know"
    REFUSED = 4
    UNFIT = 5  # not this value, which was offered; what would suit is left open


class Form(IntEnum):
    """The form of a slot's question."""

    OPEN = 0  # a wh-question
    CHOICE = 1  # "A or B?"
    POLAR = 2  # yes or no


QUESTIONS = (Family.CLARIFY, Family.EXPLORE, Family.CHECK)
"""Families that ask something of the person."""
INITIATIVE = (Family.CLARIFY, Family.EXPLORE, Family.INFORM, Family.PROPOSE, Family.SHIFT)
"""Families that take the initiative: they do or ask what nobody asked for."""
REACTIVE = (Family.HOLD, Family.ACKNOWLEDGE, Family.YIELD, Family.ANSWER, Family.CLOSE)
"""Families that leave the person's topic alone."""
ECHOING = (Family.ACKNOWLEDGE, Family.CHECK)
"""Families that say back what was said; the same act twice running is parroting."""
REOPENING = (Family.CLARIFY, Family.EXPLORE, Family.SHIFT)
"""Families that open something new, which is out of place once everything is agreed."""
HELPFUL = (Family.ACKNOWLEDGE, Family.CHECK, Family.EXPLORE, Family.INFORM)
"""Families that help somebody who is stuck."""
REPLYING = (Family.ANSWER, Family.INFORM)
"""Families that count as replying to a question (in PersuasionForGood three of four questions are followed by information or an argument)."""
REPLIES = tuple(reply for reply in Reply if reply != Reply.LEAVE)
"""The replies that the logit decides between."""
COOPERATIVE = (Reply.ANSWER, Reply.FOLLOW, Reply.ACCEPT, Reply.ACKNOWLEDGE, Reply.SUGGEST)
CERTAIN = (Reply.ACCEPT, Reply.LEAVE)
"""Replies that nobody mistakes."""
CONFUSABLE = tuple(reply for reply in Reply if reply not in CERTAIN)
TELLING = (Reply.ANSWER, Reply.FOLLOW, Reply.SUGGEST, Reply.RESIST)
"""Replies that can let something out about a slot."""
RAISING = (Reply.DRIFT, Reply.SUGGEST)
"""Replies that raise a topic."""
REFUSING = (Reply.RESIST, Reply.DRIFT, Reply.SILENT, Reply.LEAVE)
"""Replies that do not take up the topic the agent led to."""
