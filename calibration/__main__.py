"""``python -m calibration``: fit people to human dialogues, and show how realistic and how kind they are.

python -m calibration fit CORPORA --out people.toml
python -m calibration fit my_corpus.jsonl --map my_labels.toml --out my_people.toml
python -m calibration realism CORPORA
python -m calibration battery --populations people accommodating
"""

import os

for name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"):
    os.environ.setdefault(name, "1")  # before NumPy is imported: sums then come out the same on every machine

import sys  # noqa: E402

import tyro  # noqa: E402

from calibration.commands import Battery, Fit, Realism, run  # noqa: E402


def main(argv: list[str] | None = None) -> int:
    """Run a command; returns its exit status."""
    given = tyro.extras.subcommand_cli_from_dict(
        {"fit": Fit, "realism": Realism, "battery": Battery}, args=sys.argv[1:] if argv is None else argv, prog="python -m calibration"
    )
    return run(given)


if __name__ == "__main__":
    sys.exit(main())
