"""Scalar functions, compiled by Numba.

Compiled code is ordinary Python about one dialogue. With ``NUMBA_DISABLE_JIT=1`` it runs uncompiled, for
a debugger, and gives the same dialogues: all arithmetic is in double precision, ``exp`` and ``log`` come from
``math``, and nothing is reordered (no fastmath, no BLAS).
"""

import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, TypeVar, cast

import numba
import numpy as np
from numba.core.registry import CPUDispatcher
from numba.extending import overload

F = TypeVar("F", bound=Callable[..., Any])
PATIENCE = 5.0
"""Seconds before a person is told what is going on."""

_njit: Any = numba.njit  # its annotations leave out `_nrt` and `forceinline`
_INNER = {"error_model": "numpy", "_nrt": False, "no_cpython_wrapper": True, "no_cfunc_wrapper": True}
"""Options of what compiled code alone calls: a door to Python for each function would take a third of the time to compile."""
_config: Any = numba.config

if _config.DISABLE_JIT:
    np.seterr(over="ignore")  # hashes of draws wrap around in 64 bits; compiled code does so silently


class _Inner(CPUDispatcher):
    """A function that only compiled code calls compiled: Python, to which it has no door, calls it as it stands."""

    def __call__(self, *arguments: Any) -> Any:
        """Call the function uncompiled, with the same result."""
        return self.py_func(*arguments)


def _inner(function: Any) -> Any:
    if isinstance(function, CPUDispatcher):
        function.__class__ = _Inner
    return function


def compiled(function: F) -> F:
    """Compile a function into the compiled functions that call it.

    Without inlining, tables of a score of arrays would be copied at every call, without ``_nrt`` their references
    counted: together that took four fifths of the time. It follows that compiled code allocates nothing.
    """
    return cast(F, _inner(_njit(**_INNER, forceinline=True)(function)))


def compiled_apart(function: F) -> F:
    """Compile a function that is called from many places, or seldom, and is long."""
    return cast(F, _inner(_njit(**_INNER)(function)))


def entry(function: F) -> F:
    """Compile a function that Python calls, and keep the result on disk.

    Numba looks at the file of the function alone to see whether its cache is stale, not at the files of what
    it calls; ``dialogue_env.tables`` therefore names the state of all sources in a record's type.
    """
    return cast(F, _njit(error_model="numpy", cache=True, _nrt=False, no_cfunc_wrapper=True)(function))


class Named(np.record):  # type: ignore[misc]  # NumPy calls a class above it final
    """A record whose fields are attributes, as they are in compiled code; a field called ``base`` or ``size`` too."""

    def __getattribute__(self, name: str) -> Any:
        """Return a field, else an attribute."""
        fields = np.record.__getattribute__(self, "dtype").fields
        return self[name] if name in fields else np.record.__getattribute__(self, name)


def records(array: Any) -> Any:
    """Return a structured array whose records have their fields as attributes, as they have in compiled code."""
    return array.view(np.dtype((Named, array.dtype)))


@overload(records)
def _records(array):  # type: ignore[no-untyped-def]  # noqa: ARG001  # Numba compares both signatures
    return lambda array: array


@contextmanager
def told(what: str) -> Iterator[None]:
    """Say on stderr ``what`` is going on if it takes longer than a moment."""
    timer = threading.Timer(PATIENCE, lambda: print(what, file=sys.stderr, flush=True))
    timer.daemon = True
    timer.start()
    try:
        yield
    finally:
        timer.cancel()
