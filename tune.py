"""How hard should it push: sweep the reward weights, see the trade-off, choose.

python tune.py                                                     # one policy for all weights, three seeds, a report
python tune.py --policy separate                                   # one policy per weights, for comparison
python tune.py --policy separate --sampler tpe --search ent_coef=0.05:0.4 --trials 30
python tune.py --resume runs/NAME --at-least satisfaction=0.6      # go on, or report again
"""

import os
import shlex
import sys

os.environ.setdefault("OMP_NUM_THREADS", "1")  # before NumPy: a training has one thread, trainings run side by side
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
os.environ.setdefault("MKL_NUM_THREADS", "1")

import tyro

from rewards import InputError
from tuning.arguments import Arguments


def main(argv: list[str] | None = None) -> int:
    """Sweep; return 0, 2 after bad input, or 130 after Ctrl-C (the sweep can be resumed)."""
    given = list(sys.argv[1:] if argv is None else argv)
    arguments = tyro.cli(Arguments, args=given, prog="tune.py")
    from tuning.session import tune  # noqa: PLC0415 -- Optuna takes a second to import, and --help needs none

    try:
        return tune(arguments, shlex.join(["python", "tune.py", *given]))
    except (InputError, OSError) as error:
        print(f"error: {error}", file=sys.stderr)
        return 2


if __name__ == "__main__":
    sys.exit(main())
