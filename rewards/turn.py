"""The facts of one exchange, as the reward sees them."""

from typing import Any

import numpy as np
import numpy.typing as npt

Facts = npt.NDArray[Any]
"""A structured array [B] of FACTS."""

FACTS = np.dtype(
    [
        ("progress_before", "f8"),  # goal progress before the exchange
        ("progress_after", "f8"),  # goal progress after it
        ("satisfaction_before", "f8"),  # the person's satisfaction before the exchange
        ("satisfaction_after", "f8"),  # and after it
        ("question_effort", "f8"),  # effort of the question asked, 0 if none
        ("utility_lost", "f8"),  # share of the first wish that the agreement gives up; only at the end
        ("topic_jump", "f8"),  # 1 - closeness between the topic before and the topic led to
        ("success", "?"),  # the goal was acted on (not merely promised); only at the end
        ("ended", "?"),  # the dialogue is over
        ("left", "?"),  # because the person left
        ("intruded", "?"),  # the agent spoke up, unasked, into a thought that needed no help
        ("missed", "?"),  # a question or a need for help went unanswered
    ],
    align=True,
)
"""What happened in one exchange (the agent's act and the person's reply).

The simulator writes it, but so can a log of human dialogues: reward terms read nothing else. Values lie in [0, 1].
"""
