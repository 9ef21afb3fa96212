"""The facts of one exchange, as the reward sees them."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float32]
Bools = npt.NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Turn:
    """What happened in one exchange (the agent's act and the person's reply), for B dialogues.

    The simulator writes it, but so can a log of human dialogues: reward terms read
    nothing else. Values without a unit lie in [0, 1].
    """

    progress_before: Floats  # [B] goal progress before the exchange
    progress_after: Floats  # [B] goal progress after it
    satisfaction_before: Floats  # [B] the person's satisfaction before the exchange
    satisfaction_after: Floats  # [B] and after it
    reached: Bools  # [B] the goal was acted on (not merely promised); only at the end
    ended: Bools  # [B] the dialogue is over
    left: Bools  # [B] because the person walked out
    question_effort: Floats  # [B] effort of the question asked, 0 if none
    intruded: Bools  # [B] the agent spoke up, unasked, into a thought that needed no help
    missed: Bools  # [B] a question or a need for help went unanswered
    utility_lost: Floats  # [B] share of the first wish that the agreement gives up; only at the end
    topic_jump: Floats  # [B] 1 - closeness between the topic before and the topic led to
