"""The world that fitted people live in, for replays of dialogues."""

from pathlib import Path
from typing import Any

from calibration.fits.estimates import DIGITS, Estimate, tables
from calibration.fits.types_of_people import NORMAL
from dialogue_env import load_domain
from dialogue_env.domain.domain import Domain
from dialogue_env.files import read_toml
from dialogue_env.person.population import population_of
from dialogue_env.world import World, build_world

ASSUMED = Path(__file__).parent / "assumed.toml"
"""What no corpus tells, set by hand."""
DOMAIN = "donation"
"""The domain that dialogues are replayed in."""
PAID_TO_STAY = -50.0
"""Logit of leaving in replays: crowd workers are paid to finish, so their lengths say nothing of patience."""


def replay_world(estimates: tuple[Estimate, ...], base: float = PAID_TO_STAY, domain: str | Domain = DOMAIN, resistance: float = 0.5) -> World:
    """Return the world for replays of the ``estimates`` (over what is shipped), without noise; with the default ``base`` nobody leaves.

    ``resistance`` is the mean of the people's trait.
    """
    own = tables(estimates)
    person = dict(own.get("person", {}))
    person["leaving"] = {**person.get("leaving", {}), "base": base}
    kind = traits(estimates) | {"resistance": {"normal": [resistance, NORMAL[1]]}}
    population = population_of("the fit", {"person": person, "types": {"person": kind}, "populations": {"people": {"person": 1.0}}})
    return build_world(domain if isinstance(domain, Domain) else load_domain(domain), population, 0.0)


def traits(estimates: tuple[Estimate, ...]) -> dict[str, Any]:
    """Return the traits of a person: what is assumed, and even ranges about the fitted means (``types.NAME``)."""
    means = tables(estimates).get("types", {})
    return read_toml(ASSUMED)["traits"] | {name: [0.0, round(2.0 * mean, DIGITS)] for name, mean in means.items() if not isinstance(mean, dict)}
