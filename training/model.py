"""The SB3 model of a run: new, or as it was last saved."""

import io
from pathlib import Path
from typing import Any

import torch as th

from dialogue_env import DialogueVectorEnv
from dialogue_env.files import write_whole
from dialogue_env.hidden import InformedVectorEnv
from dialogue_env.world import World
from policies.algorithms import spaces_of
from policies.learned import readable
from policies.origin import ORIGIN, Origin, origin_of
from policies.sb3_vec_env import DialogueSB3VecEnv
from rewards import InputError
from training.even_rewards import EvenRewards
from training.run import LAST, TENSORBOARD, Run

PASSING = ("_last_obs", "_last_original_obs", "_last_episode_starts", "_last_lstm_states", "ep_info_buffer", "ep_success_buffer")
"""Attributes of a model that belong to the moment, not to what was learned."""


def make_envs(run: Run) -> DialogueSB3VecEnv | EvenRewards:
    """Return the training dialogues, not seeded yet."""
    kind = InformedVectorEnv if run.informed else DialogueVectorEnv
    dialogues = kind(run.batch, domain=run.domain, population=run.population, reward_weights=run.range, noise=run.noise, hide=run.hide)
    return EvenRewards(DialogueSB3VecEnv(dialogues)) if run.weights_range else DialogueSB3VecEnv(dialogues)


def seed_people(venv: DialogueSB3VecEnv | EvenRewards, run: Run, played: int = 0) -> None:
    """Seed the training dialogues; a resumed run (``played`` turns) meets people it has not met before.

    To be called once the model has its environments, because SB3 seeds them with the run's own seed: then
    runs of neighbouring seeds would share most of their people.
    """
    venv.seed(run.seed * 1_000_003 + played)


def new_model(run: Run, folder: Path) -> Any:
    """Return a fresh model; raises InputError when SB3 refuses a hyper-parameter."""
    th.set_num_threads(1)  # small networks: more threads only wait for one another
    venv, algorithm = make_envs(run), run.algorithm
    scorer = run.network == "scorer"
    policy_kwargs = {"act_map": spaces_of(venv.envs.world, run.informed).act_map} if scorer else {"net_arch": [64, 64]}
    try:
        model = algorithm.model(
            algorithm.scorer if scorer else algorithm.mlp,
            venv,
            policy_kwargs=policy_kwargs,
            seed=run.seed,
            device="cpu",
            tensorboard_log=str(folder / TENSORBOARD),
            **run.hyper_parameters,
        )
    except (TypeError, ValueError, AssertionError) as error:
        raise InputError(f"--hyper: {run.algo} refuses these values: {error}") from None
    setattr(model, ORIGIN, origin_in(venv.envs.world, run).as_dict())
    seed_people(venv, run)
    return model


def origin_in(world: World, run: Run) -> Origin:
    """Return the origin of a model that the run trains in ``world``."""
    return Origin.of(run.algo, world, run.range, run.informed, run.hide)


def load_last(run: Run, folder: Path) -> Any:
    """Return the last model of a run with its optimiser and step count; raises InputError if it cannot be read, or its domain has changed."""
    th.set_num_threads(1)
    path = folder / LAST
    if not path.exists():
        raise InputError(f"{folder}: nothing to resume ({LAST} is missing)")
    venv = make_envs(run)
    with readable(path):
        model = run.algorithm.model.load(path, device="cpu", tensorboard_log=str(folder / TENSORBOARD))
    if differs := origin_of(path, getattr(model, ORIGIN, None)).elsewhere(venv.envs.world):
        raise InputError(f"{path}: {differs}; a run goes on only where it began")
    model.set_env(venv)
    seed_people(venv, run, int(model.num_timesteps))
    return model


def save_model(model: Any, path: Path) -> None:
    """Write a model whole or not at all."""
    buffer = io.BytesIO()
    model.save(buffer, exclude=PASSING)
    write_whole(path, buffer.getvalue())
