"""The traits of a person."""

from dialogue_env.columns import Columns


class Trait(metaclass=Columns):
    """The traits of a person, each in [0, 1]; fitted ones have mean 1/2 and standard deviation 1/6 over people."""

    COOPERATIVENESS = 0
    VAGUENESS = 1  # P(answer names two values)
    REFUSAL = 2  # P(refuses to answer)
    ERROR = 3  # P(a value given is wrong)
    DRIFT = 4  # pull towards own topics
    RESISTANCE = 5  # propensity to resist
    REACTANCE = 6  # annoyance per push
    INFLUENCE = 7  # how far appeals move them
    PATIENCE = 8  # against walking out
    WILLINGNESS = 9  # place in the domain's range of initial willingness
    EMOTIONALITY = 10
    TALKATIVENESS = 11
    DISCLOSURE = 12  # P(lets out a fact in an open reply)
    FOLLOW_THROUGH = 13  # does what was agreed
    SUGGESTION = 14  # rate of own suggestions
    RELIABILITY = 15  # of these suggestions
    MIND_CHANGE = 16  # P(one slot of the wish changes), per turn


TRAITS = tuple(name.lower() for name in Trait)
