"""Evaluate policies with the same simulated people: tables with intervals, files, plots, transcripts.

python evaluate.py rules:push rules:ipro runs/NAME
python evaluate.py --compare rules:push runs/NAME
python evaluate.py runs/NAME --suite standard
python evaluate.py --rescore results/dialogues.npz --weights goal=1,satisfaction=0.2
python evaluate.py --realism CORPORA
"""

import os
import shlex
import sys

os.environ.setdefault("OMP_NUM_THREADS", "1")  # before NumPy: on matrices this small, threads cost more than they give
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
os.environ.setdefault("MKL_NUM_THREADS", "1")

import tyro

from evaluation.arguments import Arguments


def main(argv: list[str] | None = None) -> int:
    """Evaluate; return 0, 2 after one line on stderr about bad input, or what comparing people returns."""
    given = list(sys.argv[1:] if argv is None else argv)
    arguments = tyro.cli(Arguments, args=given, prog="evaluate.py")
    from evaluation.session import check_realism, evaluate  # noqa: PLC0415 -- Numba takes a second to import, and --help needs none
    from rewards import InputError  # noqa: PLC0415

    try:
        if arguments.realism is None:
            evaluate(arguments, shlex.join(["python", "evaluate.py", *given]))
            return 0
        check_realism(arguments)
        from calibration.commands import Realism, run  # noqa: PLC0415 -- beside the package; needs the calibration extra

        return run(Realism(arguments.realism, arguments.out / "realism"))
    except (InputError, OSError) as error:
        print(f"error: {error}", file=sys.stderr)
        return 2


if __name__ == "__main__":
    sys.exit(main())
