"""The traits of a person."""

TRAITS: dict[str, str] = {
    "cooperativeness": "pull towards answering and following",
    "vagueness": "P(an answer names two values)",
    "refusal": "P(refuses to answer)",
    "error": "P(a value given is wrong)",
    "drift": "pull towards own topics",
    "resistance": "propensity to resist",
    "reactance": "annoyance per push",
    "influence": "how far appeals move them",
    "patience": "against walking out",
    "willingness": "place in the domain's range of initial willingness",
    "emotionality": "pull towards showing feelings",
    "talkativeness": "pull towards asking and suggesting, against silence",
    "disclosure": "P(lets out a fact in an open reply)",
    "follow_through": "does what was agreed",
    "suggestion": "rate of own suggestions",
    "reliability": "of these suggestions",
    "mind_change": "P(one slot of the wish changes), per exchange",
}
"""The traits with what they mean, each in [0, 1]; fitted ones have mean 1/2 and standard deviation 1/6 over people."""
