"""The types of the fitted people, by how hard they are, and the population that they make up."""

from typing import Any

NORMAL = [0.5, 0.167]
BANDS = {"people_open": [0.0, 0.5], "people_wary": [0.5, 0.9], "people_opposed": [0.9, 1.0]}
SHARES = {name: round(high - low, 2) for name, (low, high) in BANDS.items()}
"""The people by resistance: the lower half, the next two fifths, the upper tenth. Together they are the fitted distribution."""
TAILS = {"90": [0.9, 1.0], "99": [0.99, 1.0]}
WORSE = {"resistance": True, "drift": True, "cooperativeness": False}
"""The fitted traits that make a person hard, and whether more of them does."""


def populations(own: dict[str, Any], resisting: float) -> dict[str, Any]:
    """Return types and populations: the fitted people, whose other traits are ``own``, by bands of resistance, and their upper tails.

    ``people_resisting`` are the same people in the harder reading, with ``resisting`` as their mean resistance.
    """
    types = {name: own | {"resistance": {"normal": NORMAL, "between": band}} for name, band in BANDS.items()}
    for percent, tail in TAILS.items():
        types[f"people_tail_{percent}"] = own | {
            trait: {"normal": NORMAL, "between": tail if up else [round(1 - end, 2) for end in tail[::-1]]} for trait, up in WORSE.items()
        }
    types["people_resisting"] = own | {"resistance": {"normal": [round(resisting, 3), NORMAL[1]]}}
    return {"types": types, "populations": {"people": SHARES}}
