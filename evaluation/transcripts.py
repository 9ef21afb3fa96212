"""Dialogues to read: the acts that were played, replayed with the same people and put into words.

A dialogue is a function of (stream, seed, number, acts), so no policy is needed, and stored dialogues
can be read too.
"""

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass

import numpy as np

from dialogue_env import Simulator, State, World, build_world
from dialogue_env.acts import Family, Reply, Report
from dialogue_env.draws import Draw, uniforms
from dialogue_env.likelihood import follow_through
from dialogue_env.messages import NOWHERE
from dialogue_env.simulator import Exchange
from dialogue_env.types import F64
from evaluation.grid import Cell, Setting
from evaluation.phrases import Spoken, agent_text, person_text, wish_text
from evaluation.replay import replay
from rewards import InputError, reward_vector

WORDINGS = 3
"""Draws that pick the phrasings of an exchange: of the act, of the reply and of what it lets out."""


@dataclass(frozen=True, slots=True)
class Line:
    """One exchange in words; what begins with ``hidden`` no agent ever saw."""

    turn: int
    act: str
    agent: str
    reply: str  # as heard
    person: str  # as heard
    hidden_reply: str  # as it was meant
    hidden_person: str  # as it was said
    belief: str  # the item that the agent took to be most likely, or in outcome domains the profile
    belief_mass: float
    hidden_satisfaction: float
    hidden_willingness: float
    hidden_wish: str  # what is wanted from here on
    reward: float

    @property
    def misheard(self) -> bool:
        """Whether something else was heard than was said."""
        return (self.reply, self.person) != (self.hidden_reply, self.hidden_person)


@dataclass(frozen=True, slots=True)
class Transcript:
    """One dialogue in words, with how it ended."""

    setting: Setting
    policy: str
    seed: int
    person: int
    hidden_person_type: str
    hidden_need: str  # the item behind the wish, or the profile
    hidden_wish: str  # what the person came for
    success: bool
    left: bool
    agreed: bool  # a yes stood at the end
    hidden_chance: float  # that they would do it, as things stood at the end
    exchanges: tuple[Line, ...]


def transcribe(world: World, cell: Cell, people: int) -> list[Transcript]:
    """Return the dialogues of the first ``people`` persons of a cell.

    Raises InputError if there are fewer, or if the world plays differently from the one the cell was played in.
    """
    if not 1 <= people <= len(cell.dialogues.number):
        raise InputError(f"transcripts must lie in [1, {len(cell.dialogues.number)}] (the number of dialogues), not {people}")
    dialogues = cell.dialogues.take(np.arange(people))
    quiet = Simulator(build_world(world.domain, world.population, 0.0))  # without noise, what is heard is what is said
    lines: list[list[Line]] = [[] for _ in range(people)]
    wanted, chances = [("", "")] * people, np.zeros(people)
    for exchange in replay(world, cell, dialogues):
        said, _ = quiet.step(exchange.before, exchange.action)
        draws = uniforms(exchange.before.person.now["key"], exchange.number + 1, WORDINGS, first=Draw.WORDING)
        rewards, left = cell.weights.score(reward_vector(exchange.facts)), exchange.facts["left"]
        chances[exchange.rows] = follow_through(world, exchange.after.person, left)
        for i, row in enumerate(exchange.rows):
            if not lines[row]:
                wanted[row] = _need(world, exchange.before, i), wish_text(world, exchange.before.person, i)
            lines[row].append(_line(world, exchange, said, i, draws[i], float(rewards[i])))
    return [_transcript(cell, i, wanted[i], float(chances[i]), lines[i]) for i in range(people)]


def _need(world: World, state: State, i: int) -> str:
    return world.domain.catalogue.names[state.person.now["need"][i]]


def _transcript(cell: Cell, i: int, wanted: tuple[str, str], chance: float, lines: Sequence[Line]) -> Transcript:
    dialogues = cell.dialogues
    return Transcript(
        setting=cell.setting,
        policy=cell.policy,
        seed=cell.seed,
        person=int(dialogues.number[i]),
        hidden_person_type=cell.types[dialogues.person_type[i]],
        hidden_need=wanted[0],
        hidden_wish=wanted[1],
        success=bool(dialogues.success[i]),
        left=bool(dialogues.left[i]),
        agreed=bool(dialogues.agreed[i]),
        hidden_chance=round(chance, 3),
        exchanges=tuple(lines),
    )


def _line(world: World, exchange: Exchange, said: State, i: int, draws: F64, reward: float) -> Line:
    """Return dialogue ``i`` of an exchange in words; ``said`` is the state after it had all been heard, ``draws`` [3] pick the phrasings."""
    before, person = exchange.before.talk.now[i], exchange.after.person.now[i]
    act = int(exchange.after.talk.now["last_act"][i])
    heard, meant = (_reply(world, state, i, (float(draws[1]), float(draws[2]))) for state in (exchange.after, said))
    return Line(
        turn=exchange.number + 1,
        act=world.acts.names[act],
        agent=agent_text(world, act, _topic(world, exchange.before, i, act), int(before["best_item"]), float(draws[0])),
        reply=heard[0],
        person=heard[1],
        hidden_reply=meant[0],
        hidden_person=meant[1],
        belief=world.domain.catalogue.names[before["best_item"]],
        belief_mass=round(float(before["best_mass"]), 3),
        hidden_satisfaction=round(float(person["satisfaction"]), 3),
        hidden_willingness=round(float(person["willingness"]), 3),
        hidden_wish=wish_text(world, exchange.after.person, i),
        reward=round(reward, 4),
    )


def _reply(world: World, after: State, i: int, draws: tuple[float, float]) -> tuple[str, str]:
    """Return the last reply of dialogue ``i`` as heard: its name, and in words."""
    now = after.talk.now[i]
    reply, raised = Reply(now["last_reply"]), int(now["raised"] if now["raised"] != NOWHERE else now["topic"])
    spoken = Spoken(Report(now["heard_kind"]), *(int(now[name]) for name in ("heard_slot", "heard_first", "heard_second")))
    return reply.name, person_text(world, reply, raised, spoken, draws)


def _topic(world: World, before: State, i: int, act: int) -> int:
    """Return the topic that ``act`` is about: where a SHIFT leads, what a YIELD takes up, else the current one."""
    family, now = world.acts.family[act], before.talk.now[i]
    if family == Family.SHIFT:
        return int(before.talk.slate[i, world.acts.records["candidate"][act]])
    return int(now["raised"] if family == Family.YIELD else now["topic"])


def transcripts_jsonl(transcripts: Sequence[Transcript]) -> str:
    """Return one line of JSON per dialogue."""
    return "".join(json.dumps(asdict(transcript), ensure_ascii=False) + "\n" for transcript in transcripts)


def transcripts_markdown(transcripts: Sequence[Transcript], command: str) -> str:
    """Return the dialogues as a page to read; hidden things are marked as such."""
    about = f"Made by `{command}`. The words are templates; what is marked *hidden* no agent ever saw, and where it misheard, it saw what is *heard*."
    return f"# Transcripts\n\n{about}\n" + "".join(f"\n{_markdown(transcript)}" for transcript in transcripts)


def _markdown(transcript: Transcript) -> str:
    setting = transcript.setting
    title = f"## {transcript.policy}, {setting.domain}, {setting.population}, person {transcript.person}\n"
    total = sum(line.reward for line in transcript.exchanges)
    hidden = f"*hidden: person type {transcript.hidden_person_type}; {transcript.hidden_need}: {transcript.hidden_wish}*"
    about = f"\n{_ending(transcript)}; return {total:+.2f}; {hidden}\n"
    wishes = (transcript.hidden_wish, *(line.hidden_wish for line in transcript.exchanges))
    return title + about + "".join(map(_exchange, transcript.exchanges, wishes))


def _ending(transcript: Transcript) -> str:
    """Return how the dialogue ended, and why if a yes came to nothing or success came without one."""
    end = "success" if transcript.success else "no success"
    if transcript.left:
        return f"{end}, the person left"
    if transcript.agreed == transcript.success:
        return end
    said = "had said yes and did not do it" if transcript.agreed else "had not said yes and did it all the same"
    return f"{end}: {said} (*hidden: the chance was {100 * transcript.hidden_chance:.0f} %*)"


def _exchange(line: Line, wish: str) -> str:
    changed = "" if line.hidden_wish == wish else f", now wants {line.hidden_wish}"
    heard = f" (*heard* as `{line.reply}`: {line.person})" if line.misheard else ""
    return (
        f"\n{line.turn}. **Agent** `{line.act}`: {line.agent}<br>\n    **Person** `{line.hidden_reply}`: {line.hidden_person}{heard}<br>\n"
        f"    *believed: {line.belief} ({100 * line.belief_mass:.0f} %)*; "
        f"*hidden: satisfaction {line.hidden_satisfaction:.2f}, willingness {line.hidden_willingness:.2f}, reward {line.reward:+.3f}{changed}*\n"
    )
