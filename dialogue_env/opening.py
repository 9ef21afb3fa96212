"""How a dialogue begins: who the person is, what they want, and what they care for."""

import numpy as np
import numpy.typing as npt

from dialogue_env.belief import prior, summarise
from dialogue_env.move import utility
from dialogue_env.population import Trait
from dialogue_env.rng import uniforms
from dialogue_env.slate import slate_of
from dialogue_env.state import NOWHERE, Mind, Signal, State, Talk
from dialogue_env.transition import popular_value, progress
from dialogue_env.world import World

Floats = npt.NDArray[np.float32]
Ints = npt.NDArray[np.int64]

FAVOURITES = 3
TASTE = np.array([0.5, 0.3, 0.2], np.float32)
"""Weight of the three favourite topics in a person's interests."""
START_SATISFACTION = (0.45, 0.65)


def open_dialogues(world: World, keys: npt.NDArray[np.uint64]) -> State:
    """Return new dialogues [B]; everything drawn is a function of the keys [B]."""
    domain, slots, traits = world.domain, len(world.sizes), len(Trait)
    count, topics = len(keys), len(domain.topics)
    draws = uniforms(keys, np.zeros(count, np.int64), 8 + FAVOURITES + slots + traits)
    general, taste, wishes, character = np.split(draws, np.cumsum((8, FAVOURITES, slots)), axis=1)
    user_type, trait_values = world.population.draw(general[:, 0], character)
    topic = np.array(domain.opening_topics)[(general[:, 1] * len(domain.opening_topics)).astype(np.int64)]
    need = np.searchsorted(np.cumsum(domain.catalogue.popularity)[:-1], general[:, 2], side="right")
    wish = _wishes(world, need, wishes)
    favourites = (taste * topics).astype(np.int64)
    interest = np.zeros((count, topics), np.float32)
    for f in range(FAVOURITES):
        interest += TASTE[f] * domain.closeness[favourites[:, f]]
    items, summary = prior(world)
    slot_belief, fit = summarise(world, summary)
    talk, signals = np.zeros((count, len(Talk)), np.int64), np.full((count, len(Signal)), 0.5, np.float32)
    talk[:, Talk.TOPIC] = topic
    talk[:, [Talk.OWN_TOPIC, Talk.LAST_ACT, Talk.LAST_REPLY]] = NOWHERE
    talk[:, Talk.BEST_ITEM] = best = int(items.argmax())
    signals[:, [Signal.SURPRISE, Signal.HESITATION]] = 0.0
    signals[:, Signal.BEST_MASS] = items[best]
    liking = np.full((count, topics), 0.5, np.float32)
    visits = np.zeros((count, topics), np.uint8)
    visits[np.arange(count), topic] = 1
    return State(
        talk=talk,
        signals=signals,
        slate=slate_of(world, topic, liking),
        uses=np.zeros((count, len(world.acts.names)), np.uint8),
        asked=np.zeros((count, slots), np.uint8),
        visits=visits,
        liking=liking,
        evidence=np.ones((count, slots, world.marginals.shape[1] + 1), np.float32),
        items=np.repeat(items[None], count, axis=0),
        slot_belief=np.repeat(slot_belief, count, axis=0),
        fit=np.repeat(fit, count, axis=0),
        key=keys,
        user_type=user_type,
        traits=trait_values,
        need=need,
        wish=wish,
        favourites=favourites,
        interest=interest,
        mind=_mind(world, general, trait_values, utility(world, wish, talk[:, Talk.BEST_ITEM])),
    )


def _wishes(world: World, need: Ints, draws: Floats) -> Ints:
    """Return wishes [B, S]: the item's values, but a slot may not matter or may deviate."""
    wish = world.codes[need].copy()
    deviates = world.dont_care + (1.0 - world.dont_care) * world.deviation
    for s, size in enumerate(world.sizes):
        u = draws[:, s]
        rescaled = (u - np.float32(world.dont_care)) / np.float32(max(deviates - world.dont_care, 1e-9))
        other = popular_value(world, np.full(len(need), s), np.clip(rescaled, 0.0, 1.0))
        wish[:, s] = np.where(u < world.dont_care, size, np.where(u < deviates, other, wish[:, s]))
    return wish


def _mind(world: World, general: Floats, traits: Floats, best: Floats) -> Floats:
    """Return the initial mind [B, 13] from general draws 3 (satisfaction) and 4 (distress)."""
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
