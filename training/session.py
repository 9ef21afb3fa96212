"""One training session: from arguments to a run folder."""

import sys
import time
from dataclasses import fields, replace
from pathlib import Path
from typing import Any

import numpy as np

from dialogue_env.world import World
from evaluation.plots import plot_learning
from policies.loader import load_policy
from rewards import InputError
from training.arguments import Arguments
from training.callback import Recorder, evaluation_weights, play_selection
from training.model import load_last, new_model, save_model
from training.run import BEST, CONFIG, CURVE, EVALUATIONS, LAST, TENSORBOARD, Run, resumed

REFERENCES = ("rules:ask_then_propose", "rules:informed")


def train(arguments: Arguments) -> int:
    """Run the training that the arguments ask for and print where everything is."""
    if arguments.resume:
        folder, run = arguments.resume, resumed(arguments.resume, arguments.steps)
        model = load_last(run, folder)
        if model.num_timesteps >= run.turns:
            raise InputError(f"{folder}: has played {model.num_timesteps:,} of {run.turns:,} turns; give a larger --steps to go on")
    else:
        run = new_run(arguments)
        folder = new_folder(arguments, run.domain)
        model = new_model(run, folder)
    run.save(folder)
    recorder = Recorder(run, folder, model.get_env().envs.world)
    print(f"training {run.algo} on {run.domain} with {run.population}: {run.turns:,} turns into {folder}", file=sys.stderr)
    try:
        learn(model, run, recorder)
        draw_learning_curve(run, folder, recorder.world)
    except KeyboardInterrupt:
        save_model(model, folder / LAST)
        print(f"\nstopped after {model.num_timesteps:,} turns; go on with: python train.py --resume {folder}", file=sys.stderr)
        return 130
    report(folder)
    return 0


def learn(model: Any, run: Run, recorder: Recorder) -> None:
    """Train ``model`` up to the run's turns, and record its last evaluation."""
    begun = model.num_timesteps
    try:
        model.learn(run.turns - begun, callback=recorder, reset_num_timesteps=begun == 0, tb_log_name="run")
    finally:
        recorder.on_training_end()  # else the bar is left open, which CPython 3.13.0 does not survive at its own end
    recorder.evaluate()


def new_run(arguments: Arguments) -> Run:
    """Return the checked run of the arguments, with what was left to defaults written out."""
    run = Run(**{field.name: getattr(arguments, field.name) for field in fields(Run)}).check()
    return replace(run, steps=run.turns, envs=run.batch)


def new_folder(arguments: Arguments, domain: str) -> Path:
    """Return the folder of a new run; it must be empty."""
    name = f"{Path(domain).stem}-{arguments.algo}-{arguments.seed}-{time.strftime('%Y%m%d-%H%M%S')}"
    folder = arguments.out or Path("runs") / name
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise InputError(f"--out {folder}: exists already and is not an empty folder; choose another, or --resume {folder}")
    return folder


def draw_learning_curve(run: Run, folder: Path, world: World) -> None:
    """Write the learning curve as a picture, beside the sensible rule and the one that reads minds on the same fixed people."""
    references = {}
    for name in REFERENCES:
        dialogues = play_selection(world, load_policy(name, world), run, run.range.base)
        references[name] = float(np.mean([dialogues.returns(weights).mean() for weights in evaluation_weights(run)]))
    plot_learning(folder / EVALUATIONS, folder / CURVE, references)


def report(folder: Path) -> None:
    """Print where everything is."""
    for what, file in (("best model", BEST), ("last model", LAST), ("learning curve", CURVE), ("its numbers", EVALUATIONS), ("configuration", CONFIG)):
        print(f"{what:15} {folder / file}")
    print(f"{'TensorBoard':15} tensorboard --logdir {folder / TENSORBOARD}")
    print(f"{'evaluate it':15} python evaluate.py {folder} rules:ask_then_propose rules:informed")
