"""``python -m benchmarks``: stepping at every size, training, memory and import time, as a table of ratios."""

import os

for name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"):
    os.environ.setdefault(name, "1")  # before NumPy is imported: thread pools collapse on a busy machine

import subprocess  # noqa: E402
import sys  # noqa: E402
import time  # noqa: E402

from rich.console import Console  # noqa: E402
from rich.table import Table  # noqa: E402

from benchmarks.large import many_items, many_topics  # noqa: E402
from benchmarks.stepping import SIZES, bytes_per_dialogue, compare, compare_single  # noqa: E402
from benchmarks.training import against_defaults, share_of_idle  # noqa: E402
from dialogue_env import domain_names  # noqa: E402


def import_seconds(module: str) -> float:
    """Return the best of five times that a new process takes to import ``module``, less an empty process."""

    def best(code: str) -> float:
        times = []
        for _ in range(5):
            began = time.perf_counter()
            subprocess.run([sys.executable, "-c", code], check=True)
            times.append(time.perf_counter() - began)
        return min(times)

    return best(f"import {module}") - best("pass")


def main() -> None:
    """Print every benchmark."""
    table = Table("what", "ours", "against", "ratio", title="Initiative Gym, ratios within this run")
    for domain in domain_names():
        ours, cartpole, ratio = compare_single(domain)
        table.add_row(f"{domain}: gymnasium.make, one dialogue, turns per CPU-second", f"{ours:,.0f}", f"CartPole {cartpole:,.0f}", f"1/{ratio:.2f}")
        for size in SIZES:
            ours, cartpole, ratio = compare(domain, size)
            table.add_row(f"{domain}: vector environment of {size:,}", f"{ours:,.0f}", f"CartPole {cartpole:,.0f}", f"1/{ratio:.2f}")
    for algo in ("ppo", "maskable_ppo"):
        ours, idle, ratio = share_of_idle(algo)
        table.add_row(f"concierge: training {algo}, turns per second", f"{ours:,.0f}", f"do-nothing environment {idle:,.0f}", f"{ratio:.2f}")
    ours, plain = against_defaults()
    table.add_row(
        "concierge: defaults of train.py, turns per second", f"{ours:,.0f}", f"SB3 defaults, 16 single environments {plain:,.0f}", f"{ours / plain:.1f}"
    )
    for count in (24, 1000, 5000):
        played = many_topics(count)
        table.add_row(
            f"{count:,} made-up topics, turns per CPU-second", f"{played.turns:,.0f}", f"built in {played.built:.1f} CPU-seconds", f"{played.size:,} bytes"
        )
    for count, slots, filled in ((120, 6, 6), (1000, 20, 20), (10_000, 6, 6), (10_000, 20, 20), (10_000, 300, 20)):
        played, what = many_items(count, slots, filled), f"{count:,} made-up items x {slots} slots" + (f", {filled} filled" if filled < slots else "")
        table.add_row(f"{what}, turns per CPU-second", f"{played.turns:,.0f}", f"built in {played.built:.1f} CPU-seconds", f"{played.size:,} bytes")
        table.add_row("  error of the entropies", f"mean {played.errors[0]:.4f}", f"largest {played.errors[1]:.4f}", "")
    for domain in domain_names():
        state, belief = bytes_per_dialogue(domain)
        table.add_row(f"{domain}: bytes per dialogue", f"{state:,}", f"belief {belief:,}", "")
    gymnasium_seconds = import_seconds("gymnasium")
    for module in ("dialogue_env", "dialogue_env.env"):
        ours = import_seconds(module)
        table.add_row(f"import {module}, seconds", f"{ours:.3f}", f"import gymnasium {gymnasium_seconds:.3f}", f"{ours / gymnasium_seconds:.2f}")
    Console(width=150).print(table)


if __name__ == "__main__":
    main()
