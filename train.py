"""Train a dialogue-strategy policy: ``python train.py --help``.

The result is a run folder with the best and the last model, a learning curve, TensorBoard
scalars and the resolved configuration.
"""

import os
import sys

os.environ.setdefault("OMP_NUM_THREADS", "1")  # before NumPy: batches are small, more threads only wait for one another
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
os.environ.setdefault("MKL_NUM_THREADS", "1")

import tyro

from rewards import InputError
from training.arguments import Arguments


def main(argv: list[str] | None = None) -> int:
    """Train; return 0, 2 after bad input, or 130 after Ctrl-C (the last model is saved)."""
    arguments = tyro.cli(Arguments, args=argv, prog="train.py")
    from training.session import train  # noqa: PLC0415 -- torch takes seconds to import, and --help needs none

    try:
        return train(arguments)
    except InputError as error:
        print(f"error: {error}", file=sys.stderr)
        return 2


if __name__ == "__main__":
    sys.exit(main())
