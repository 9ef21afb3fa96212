"""The comparisons of the realism report, one per corpus."""

from pathlib import Path
from typing import TYPE_CHECKING

from calibration.realism.ratios import Comparison

if TYPE_CHECKING:
    from calibration.realism.comparisons.persuasion import Persuasion


def load_comparisons(root: Path) -> tuple["Persuasion", *tuple[Comparison, ...]]:
    """Return every comparison on the corpora below ``root``, persuasion first; raises InputError if one is not there."""
    from calibration.realism.comparisons.answers import load_answers  # noqa: PLC0415 -- comparisons share parts of one another
    from calibration.realism.comparisons.leaving import load_leaving  # noqa: PLC0415
    from calibration.realism.comparisons.persuasion import load_persuasion  # noqa: PLC0415
    from calibration.realism.comparisons.ratings import load_ratings  # noqa: PLC0415
    from calibration.realism.comparisons.topic_shifts import load_topic_shifts  # noqa: PLC0415
    from calibration.realism.comparisons.transfer import load_transfer  # noqa: PLC0415

    persuasion = load_persuasion(root)
    return persuasion, load_leaving(root), load_answers(root), load_topic_shifts(root), load_ratings(root), load_transfer(root, persuasion)
