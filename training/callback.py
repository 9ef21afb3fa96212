"""What happens beside learning: progress, scalars per reward term and person type, evaluation, checkpoints."""

import csv
import io
import sys
import time
from collections import defaultdict
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
from stable_baselines3.common.callbacks import BaseCallback
from tqdm import tqdm

from dialogue_env.draws import Stream
from dialogue_env.files import write_whole
from dialogue_env.hidden import layout_for
from dialogue_env.world import World
from evaluation.rollout import Dialogues, play
from policies.learned import LearnedPolicy
from policies.protocol import Planner, Policy
from rewards import TERM_NAMES, RewardWeights
from training.model import origin_in, save_model
from training.run import BEST, EVALUATIONS, LAST, Run

COLUMNS = ("turns", "seconds", "return_mean", "return_low", "return_high", "success", "satisfaction")
EVALUATION_POINTS = 3
"""Points along each range of reward weights at which a weight-conditioned policy is judged."""


class Recorder(BaseCallback):
    """Records a run into its folder; the best model is the one with the highest mean return on fixed people."""

    def __init__(self, run: Run, folder: Path, world: World) -> None:
        super().__init__()
        self._run, self._folder, self.world = run, folder, world
        self._weights = evaluation_weights(run)
        self._rows: list[dict[str, float]] = read_rows(folder / EVALUATIONS)
        self._sums: dict[str, list[float]] = defaultdict(list)
        self._bar = tqdm(disable=True)
        self._began = time.monotonic() - (self._rows[-1]["seconds"] if self._rows else 0.0)

    def _on_training_start(self) -> None:
        self._bar = tqdm(total=self._run.turns, initial=self.num_timesteps, unit=" turns", unit_scale=True, file=sys.stderr, dynamic_ncols=True)
        self._next = self.num_timesteps + self._run.eval_every

    def _on_rollout_start(self) -> None:
        """Let the entropy bonus fall: early on it makes rare acts tried at all, later it would keep the policy from deciding."""
        settings = self._run.hyper_parameters
        if "ent_coef" in settings:
            self.model.ent_coef = entropy_bonus(settings["ent_coef"], self.num_timesteps / self._run.turns)  # type: ignore[attr-defined]

    def _on_step(self) -> bool:
        self._bar.update(self.num_timesteps - self._bar.n)
        for info in self.locals["infos"]:
            if "dialogue" in info:
                self._note(info["dialogue"], info["episode"]["r"])
        if self.num_timesteps >= self._next:
            self._next += self._run.eval_every
            self.evaluate()
        return True

    def _on_rollout_end(self) -> None:
        for name, values in self._sums.items():
            self.logger.record(name, float(np.mean(values)))
        self._sums.clear()

    def _on_training_end(self) -> None:
        self._bar.close()

    def _note(self, dialogue: dict[str, Any], total: float) -> None:
        """Take one finished dialogue into the scalars of TensorBoard."""
        kind = self.world.population.types[int(dialogue["person_type"])]
        for name, value in zip(TERM_NAMES, dialogue["terms"], strict=True):
            self._sums[f"terms/{name}"].append(float(value))
        self._sums[f"types/{kind}_return"].append(total)
        self._sums[f"types/{kind}_success"].append(float(dialogue["success"]))
        for name in ("success", "left", "turns", "satisfaction", "progress"):
            self._sums[f"dialogue/{name}"].append(float(dialogue[name]))

    def evaluate(self) -> None:
        """Play the fixed people, add a row to the learning curve, and save the last and perhaps the best model.

        Does nothing if the model has not learned since the last row.
        """
        if self._rows and self._rows[-1]["turns"] == self.num_timesteps:
            return
        run, layout = self._run, layout_for(self.world.tables, self._run.informed)
        policy = LearnedPolicy(self.model, run.algorithm.masks, layout, origin=origin_in(self.world, run))
        row = self._row([play_selection(self.world, policy, run, weights) for weights in self._weights])
        best = max((earlier["return_mean"] for earlier in self._rows), default=-np.inf)
        self._rows.append(row)
        for name in ("return_mean", "success", "satisfaction"):
            self.logger.record(f"evaluation/{name}", row[name])
        save_model(self.model, self._folder / LAST)
        if row["return_mean"] > best:
            save_model(self.model, self._folder / BEST)
        _write_rows(self._folder / EVALUATIONS, self._rows)
        self._bar.set_postfix_str(f"return {row['return_mean']:.3f}, success {row['success']:.2f}, satisfaction {row['satisfaction']:.2f}")

    def _row(self, played: Sequence[Dialogues]) -> dict[str, float]:
        """Return a row of the learning curve: means over people and over the reward weights, the interval over people."""
        returns = np.mean([dialogues.returns(weights) for dialogues, weights in zip(played, self._weights, strict=True)], axis=0)
        margin = 1.96 * float(returns.std()) / len(returns) ** 0.5
        mean = float(returns.mean())
        values = (
            self.num_timesteps,
            time.monotonic() - self._began,
            mean,
            mean - margin,
            mean + margin,
            np.mean([dialogues.success.mean() for dialogues in played]),
            np.mean([dialogues.satisfaction.mean() for dialogues in played]),
        )
        return dict(zip(COLUMNS, map(float, values), strict=True))


def evaluation_weights(run: Run) -> tuple[RewardWeights, ...]:
    """Return the reward weights that a run is judged under: its own, or a few points of their range."""
    return run.range.points(EVALUATION_POINTS)


def play_selection(world: World, policy: Policy | Planner, run: Run, weights: RewardWeights) -> Dialogues:
    """Play the fixed people that choose a run's best model, the same in every run; no evaluation meets them."""
    return play(world, policy, np.arange(run.eval_dialogues), 0, weights, Stream.SELECTION)


def entropy_bonus(initial: float, progress: float) -> float:
    """Return the entropy bonus after a share ``progress`` of the turns: it holds for half of them, then falls linearly to a twentieth."""
    return initial * min(1.0, max(0.05, 2.0 - 2.0 * progress))


def read_rows(path: Path) -> list[dict[str, float]]:
    """Return the rows of a learning curve, none if there is no such file yet."""
    if not path.exists():
        return []
    with path.open(encoding="utf-8", newline="") as stream:
        return [{name: float(value) for name, value in row.items()} for row in csv.DictReader(stream)]


def _write_rows(path: Path, rows: list[dict[str, float]]) -> None:
    text = io.StringIO()
    writer = csv.DictWriter(text, COLUMNS, lineterminator="\n")
    writer.writeheader()
    writer.writerows({name: f"{value:.6g}" if name != "turns" else str(int(value)) for name, value in row.items()} for row in rows)
    write_whole(path, text.getvalue())
