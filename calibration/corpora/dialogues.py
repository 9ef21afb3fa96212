"""The one shape that all corpora are read into: dialogues of exchanges, with the facts of the whole dialogue."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Literal

from rewards.errors import InputError

Speaker = Literal["agent", "person"]


@dataclass(frozen=True, slots=True)
class Exchange:
    """What the agent did and how the person replied.

    The agent's side is empty (no labels, no text) where the person speaks first: the agent stays silent.
    The person's side is empty only in the last exchange of a dialogue that ends with the agent's turn.
    """

    agent: tuple[str, ...]  # labels of what the agent did, in order; () if not labelled
    person: tuple[str, ...]  # labels of the reply
    agent_text: str = ""  # "" where the corpus has none
    person_text: str = ""
    mood: float | None = None  # of the reply, in [-1, 1] (negative .. positive), where the corpus rates it

    @property
    def replied(self) -> bool:
        """Return whether there is a reply: False for the agent's turn that nobody answered."""
        return bool(self.person or self.person_text)


@dataclass(frozen=True, slots=True)
class Dialogue:
    """A dialogue, with the facts of the whole of it by name, e.g. ``{"gave": 1.0, "left": 0.0}``."""

    name: str
    exchanges: tuple[Exchange, ...]
    facts: Mapping[str, float]


@dataclass(frozen=True, slots=True)
class Log:
    """The dialogues of a corpus that can be used, and how many were dropped, by reason."""

    dialogues: tuple[Dialogue, ...]
    dropped: Mapping[str, int]


@dataclass(frozen=True, slots=True)
class Turn:
    """A piece of what one side says; readers make a turn of each sentence or event and let ``pair`` merge them."""

    speaker: Speaker
    labels: tuple[str, ...]
    text: str = ""
    mood: float | None = None


def pair(turns: Iterable[Turn]) -> tuple[Exchange, ...]:
    """Return the exchanges of a dialogue: consecutive turns of one speaker are merged, then the agent's turn goes with the reply.

    Labels are strung together, texts joined by a blank, and the mood is the mean of those given.
    """
    blocks = [_merged(speaker, list(block)) for speaker, block in groupby(turns, key=lambda turn: turn.speaker)]
    if blocks and blocks[0].speaker == "person":
        blocks.insert(0, Turn("agent", ()))
    if len(blocks) % 2:
        blocks.append(Turn("person", ()))
    return tuple(_exchange(agent, person) for agent, person in zip(blocks[::2], blocks[1::2], strict=True))


def fault(dialogue: Dialogue) -> str:
    """Return why a dialogue cannot be used, or "" if it can."""
    if not dialogue.exchanges:
        return "it is empty"
    if not any(exchange.replied for exchange in dialogue.exchanges):
        return "only the agent speaks"
    if not any(exchange.agent or exchange.agent_text for exchange in dialogue.exchanges):
        return "only the person speaks"
    return ""


def check_dialogue(where: str, dialogue: Dialogue) -> Dialogue:
    """Return ``dialogue`` if both sides speak in it; else raise InputError naming ``where`` and the dialogue."""
    reason = fault(dialogue)
    if reason:
        raise InputError(f"{where}: dialogue {dialogue.name!r}: {reason}; a dialogue needs turns of both sides")
    return dialogue


def sift(where: str, dialogues: Iterable[Dialogue]) -> Log:
    """Return the dialogues in which both sides speak, with a count of the others; raises InputError if none is left."""
    pairs = [(dialogue, fault(dialogue)) for dialogue in dialogues]
    kept = tuple(dialogue for dialogue, reason in pairs if not reason)
    if not kept:
        raise InputError(f"{where}: no dialogue in which both sides speak")
    return Log(kept, dict(Counter(reason for _, reason in pairs if reason)))


def _merged(speaker: Speaker, turns: Sequence[Turn]) -> Turn:
    moods = [turn.mood for turn in turns if turn.mood is not None]
    labels = tuple(label for turn in turns for label in turn.labels)
    text = " ".join(turn.text.strip() for turn in turns if turn.text.strip())
    return Turn(speaker, labels, text, sum(moods) / len(moods) if moods else None)


def _exchange(agent: Turn, person: Turn) -> Exchange:
    return Exchange(agent.labels, person.labels, agent.text, person.text, person.mood)
