"""How a dialogue begins: who the person is, what they want, and what they care for."""

from typing import Any

import numpy as np
import numpy.typing as npt

from dialogue_env.belief import summarise
from dialogue_env.blocks import rowwise_product
from dialogue_env.move import utility
from dialogue_env.rating import rating
from dialogue_env.rng import uniforms
from dialogue_env.slate import open_acts
from dialogue_env.state import FAVOURITES, NOWHERE, Mind, Signal, State, Talk
from dialogue_env.traits import Trait
from dialogue_env.transition import progress
from dialogue_env.world import World

Floats = npt.NDArray[np.float32]
Ints = npt.NDArray[np.int64]

GENERAL = 8
"""Draws that are about the dialogue as a whole."""
TASTE = np.array([0.5, 0.3, 0.2], np.float32)
"""Weight of the favourite topics in a person's interests."""
START_SATISFACTION = (0.45, 0.65)


def opening_table(world: World) -> dict[str, npt.NDArray[Any]]:
    """Return the public columns of a new dialogue, a row for each opening topic: only first impressions differ beside it."""
    domain, slots = world.domain, len(world.sizes)
    topic = np.array(domain.opening_topics)
    count, topics, acts = len(topic), len(domain.topics), len(world.acts.names)
    items = domain.catalogue.popularity.astype(np.float32)
    slot_belief, varying = summarise(world, items[None])
    fit = world.acts.fit[:, 0].copy()
    fit[world.fit_varies] = varying[0]
    talk, signals = np.zeros((count, len(Talk)), np.int64), np.full((count, len(Signal)), 0.5, np.float32)
    talk[:, Talk.TOPIC] = topic
    talk[:, [Talk.OWN_TOPIC, Talk.LAST_ACT, Talk.LAST_REPLY]] = NOWHERE
    talk[:, Talk.BEST_ITEM] = items.argmax()
    signals[:, [Signal.SURPRISE, Signal.HESITATION]] = 0.0
    signals[:, Signal.BEST_MASS] = items.max()
    asked, novelty = np.zeros((count, slots), np.float32), np.ones((count, topics), np.float32)
    novelty[np.arange(count), topic] = 0.5
    return {
        "talk": talk,
        "signals": signals,
        "slate": world.neighbours[topic],
        "open": open_acts(world, talk, asked),
        "uses": np.zeros((count, acts), np.float32),
        "asked": asked,
        "novelty": novelty,
        "liking": np.full((count, topics), 0.5, np.float32),
        "evidence": np.ones((count, slots, world.marginals.shape[1] + 1), np.float32),
        "items": np.repeat(items[None], count, axis=0),
        "slot_belief": np.repeat(slot_belief, count, axis=0),
        "fit": np.repeat(fit[None], count, axis=0),
    }


def open_dialogues(world: World, opening: dict[str, npt.NDArray[Any]], keys: npt.NDArray[np.uint64]) -> State:
    """Return new dialogues [B] from the ``opening_table``; everything drawn is a function of the keys [B]."""
    domain, slots, traits = world.domain, len(world.sizes), len(Trait)
    draws = uniforms(keys, np.zeros(len(keys), np.int64), GENERAL + FAVOURITES + slots + traits)
    general, taste, wishes, character = np.split(draws, np.cumsum((GENERAL, FAVOURITES, slots)), axis=1)
    user_type, trait_values = world.population.draw(general[:, 0], character)
    place = (general[:, 1] * len(domain.opening_topics)).astype(np.int64)
    need = np.searchsorted(world.popularity_below, general[:, 2], side="right")
    wish = _wishes(world, need, wishes)
    favourites = (taste * len(domain.topics)).astype(np.int64)
    liked = domain.closeness[favourites]
    best = np.repeat(opening["talk"][:1, Talk.BEST_ITEM], len(keys))
    mind = _mind(world, general, trait_values, utility(world, wish, best))
    public = {name: table[place] for name, table in opening.items()}
    public["signals"][:, Signal.MOOD] = rating(world, mind[:, Mind.SATISFACTION], general[:, 5])
    public["signals"][:, Signal.UPSET] = rating(world, mind[:, Mind.DISTRESS], general[:, 6])
    return State(
        **public,
        key=keys,
        user_type=user_type,
        traits=trait_values,
        leaning=rowwise_product(trait_values - np.float32(0.5), world.person.character),
        need=need,
        wish=wish,
        first_wish=wish,
        favourites=favourites,
        interest=TASTE[0] * liked[:, 0] + TASTE[1] * liked[:, 1] + TASTE[2] * liked[:, 2],
        mind=mind,
    )


def _wishes(world: World, need: Ints, draws: Floats) -> Ints:
    """Return wishes [B, S]: the item's values, but a slot may not matter or may deviate."""
    deviates = world.dont_care + (1.0 - world.dont_care) * world.deviation
    if not deviates:
        return world.codes[need]
    rescaled = (draws - np.float32(world.dont_care)) / np.float32(deviates - world.dont_care)
    popular = (world.cumulative <= rescaled[:, :, None]).sum(axis=2)
    other = np.minimum(popular, world.sizes - 1)
    return np.where(draws < world.dont_care, world.sizes, np.where(draws < deviates, other, world.codes[need]))


def _mind(world: World, general: Floats, traits: Floats, best: Floats) -> Floats:
    """Return the initial mind [B, 14] from general draws 3 (satisfaction) and 4 (distress)."""
    mind = np.zeros((len(general), len(Mind)), np.float32)
    start = world.domain.start
    for column, (low, high), level in (
        (Mind.SATISFACTION, START_SATISFACTION, general[:, 3]),
        (Mind.WILLINGNESS, start["willingness"], traits[:, Trait.WILLINGNESS]),
        (Mind.DISTRESS, start["distress"], general[:, 4]),
    ):
        mind[:, column] = low + np.float32(high - low) * level
    mind[:, Mind.PROGRESS] = progress(world, mind, best)
    return mind
