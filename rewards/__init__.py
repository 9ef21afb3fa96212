"""What counts: the facts of one exchange, reward terms over them, and weights.

>>> from rewards import RewardWeights, TERMS
>>> RewardWeights.parse("goal=1,final_satisfaction=0.5").as_dict()["goal"]
1.0
"""

from rewards.errors import InputError
from rewards.terms import TERM_NAMES, TERMS, Term, reward_vector
from rewards.turn import FACTS, Facts
from rewards.weights import PRESETS, RewardWeights, weighted_sum
from rewards.weights_range import WeightsRange

__all__ = ["FACTS", "PRESETS", "TERMS", "TERM_NAMES", "Facts", "InputError", "RewardWeights", "Term", "WeightsRange", "reward_vector", "weighted_sum"]
