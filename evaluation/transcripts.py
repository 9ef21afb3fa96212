"""Dialogues to read: the acts that were played, replayed with the same people and put into words.

A dialogue is a function of (seed, number, acts), so no policy is needed, and stored dialogues
can be read too.
"""

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass

import numpy as np
import numpy.typing as npt

from dialogue_env.acts import Family, Report, UserAct
from dialogue_env.rng import Draw, uniforms
from dialogue_env.state import NOWHERE, Mind, State, Talk
from dialogue_env.world import World
from evaluation.grid import Cell, Setting
from evaluation.phrases import Spoken, agent_text, person_text
from evaluation.replay import replay
from rewards import InputError

Floats = npt.NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Exchange:
    """One turn in words; what begins with ``hidden`` no agent ever saw."""

    turn: int
    act: str
    agent: str
    reply: str  # as recognised
    person: str
    hidden_satisfaction: float
    hidden_willingness: float


@dataclass(frozen=True, slots=True)
class Transcript:
    """One dialogue in words, with how it ended."""

    setting: Setting
    policy: str
    seed: int
    person: int
    hidden_user_type: str
    success: bool
    left: bool
    exchanges: tuple[Exchange, ...]


def transcribe(world: World, cell: Cell, people: int) -> list[Transcript]:
    """Return the dialogues of the first ``people`` persons of a cell.

    Raises InputError if there are fewer, or if the world plays differently from the one the cell was played in.
    """
    if not 1 <= people <= len(cell.dialogues.number):
        raise InputError(f"transcripts must lie in [1, {len(cell.dialogues.number)}] (the number of dialogues), not {people}")
    dialogues = cell.dialogues.take(np.arange(people))
    lines: list[list[Exchange]] = [[] for _ in range(people)]
    for step in replay(world, cell, dialogues):
        draws = uniforms(step.before.key, step.before.talk[:, Talk.TURN] + 1, len(Draw) + 3)[:, len(Draw) :]
        for i, row in enumerate(step.rows):
            lines[row].append(_exchange(world, step.before, step.after, i, draws[i]))
    return [_transcript(cell, i, lines[i]) for i in range(people)]


def _transcript(cell: Cell, i: int, lines: Sequence[Exchange]) -> Transcript:
    dialogues = cell.dialogues
    return Transcript(
        setting=cell.setting,
        policy=cell.policy,
        seed=cell.seed,
        person=int(dialogues.number[i]),
        hidden_user_type=cell.types[dialogues.user_type[i]],
        success=bool(dialogues.success[i]),
        left=bool(dialogues.left[i]),
        exchanges=tuple(lines),
    )


def _exchange(world: World, before: State, after: State, i: int, draws: Floats) -> Exchange:
    """Return exchange ``i`` of a batch in words; ``draws`` [3] pick the phrasings."""
    talk = after.talk[i]
    act, reply = int(talk[Talk.LAST_ACT]), UserAct(talk[Talk.LAST_REPLY])
    raised = talk[Talk.OWN_TOPIC] if talk[Talk.OWN_TOPIC] != NOWHERE else talk[Talk.TOPIC]
    spoken = Spoken(Report(talk[Talk.HEARD_KIND]), *(int(talk[column]) for column in (Talk.HEARD_SLOT, Talk.HEARD_FIRST, Talk.HEARD_SECOND)))
    return Exchange(
        turn=int(talk[Talk.TURN]),
        act=world.acts.names[act],
        agent=agent_text(world, act, _topic(world, before, i, act), int(before.talk[i, Talk.BEST_ITEM]), float(draws[0])),
        reply=reply.name,
        person=person_text(world, reply, int(raised), spoken, (float(draws[1]), float(draws[2]))),
        hidden_satisfaction=round(float(after.mind[i, Mind.SATISFACTION]), 3),
        hidden_willingness=round(float(after.mind[i, Mind.WILLINGNESS]), 3),
    )


def _topic(world: World, before: State, i: int, act: int) -> int:
    """Return the topic that ``act`` is about: where a SHIFT leads, what a YIELD takes up, else the current one."""
    if world.acts.family[act] == Family.SHIFT:
        return int(before.slate[i, world.acts.candidate[act]])
    own = int(before.talk[i, Talk.OWN_TOPIC])
    return own if world.acts.family[act] == Family.YIELD and own != NOWHERE else int(before.talk[i, Talk.TOPIC])


def transcripts_jsonl(transcripts: Sequence[Transcript]) -> str:
    """Return one line of JSON per dialogue."""
    return "".join(json.dumps(asdict(transcript), ensure_ascii=False) + "\n" for transcript in transcripts)


def transcripts_markdown(transcripts: Sequence[Transcript], command: str) -> str:
    """Return the dialogues as a page to read; hidden things are marked as such."""
    head = f"# Transcripts\n\nMade by `{command}`. The words are templates; what is marked *hidden* no agent ever saw.\n"
    return head + "".join(f"\n{_markdown(transcript)}" for transcript in transcripts)


def _markdown(transcript: Transcript) -> str:
    setting, end = transcript.setting, "success" if transcript.success else "no success"
    title = f"## {transcript.policy}, {setting.domain}, {setting.population}, person {transcript.person}\n"
    about = f"\n{end}{', the person walked out' if transcript.left else ''}; *hidden: user type {transcript.hidden_user_type}*\n"
    return (
        title
        + about
        + "".join(
            f"\n{line.turn}. **Agent** `{line.act}`: {line.agent}<br>\n    **Person** `{line.reply}`: {line.person}<br>\n"
            f"    *hidden: satisfaction {line.hidden_satisfaction:.2f}, willingness {line.hidden_willingness:.2f}*\n"
            for line in transcript.exchanges
        )
    )
