"""Reading TOML tables strictly, and writing files whole or not at all."""

import os
import tempfile
import tomllib
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any, NamedTuple

from rewards.errors import InputError, unknown


def read_toml(path: Path) -> dict[str, Any]:
    """Return the tables of a TOML file; raises InputError naming the file."""
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise InputError(f"{path}: no such file") from None
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise InputError(f"{path}: not a readable TOML file: {str(error).splitlines()[0]}") from None


def check_keys(where: str, table: Any, required: Iterable[str], optional: Iterable[str] = ()) -> Mapping[str, Any]:
    """Return ``table`` if it has all required and only known keys; else raise InputError listing them."""
    if not isinstance(table, Mapping):
        raise InputError(f"{where}: must be a table, not {table!r}")
    required, valid = tuple(required), (*required, *optional)
    for key in table:
        if key not in valid:
            raise unknown(f"key in {where}:", key, valid)
    for key in required:
        if key not in table:
            raise InputError(f"{where}: key {key!r} is missing; needed: {', '.join(required)}")
    return table


def number(where: str, value: Any, low: float, high: float) -> float:
    """Return ``value`` as a float within [low, high]; raises InputError naming ``where``."""
    if isinstance(value, bool) or not isinstance(value, (int, float)) or not low <= value <= high:
        raise InputError(f"{where}: must be a number in [{low:g}, {high:g}], not {value!r}")
    return float(value)


class Setting(NamedTuple):
    """A number that is set by hand, and the range in which it may plausibly lie."""

    value: float
    low: float
    high: float


def setting(where: str, value: Any, low: float, high: float) -> Setting:
    """Return a number within [low, high], or ``{ value, low, high }`` with its range; raises InputError naming ``where``.

    A number without a range is its own.
    """
    if not isinstance(value, Mapping):
        return Setting(*[number(where, value, low, high)] * 3)
    check_keys(where, value, Setting._fields)
    found = Setting(*(number(f"{where}.{key}", value[key], low, high) for key in Setting._fields))
    if not found.low <= found.value <= found.high:
        raise InputError(f"{where}: the range [{found.low:g}, {found.high:g}] does not contain the value {found.value:g}")
    return found


def flag(where: str, value: Any) -> bool:
    """Return a truth value; raises InputError naming ``where``."""
    if not isinstance(value, bool):
        raise InputError(f"{where}: must be true or false, not {value!r}")
    return value


def interval(where: str, value: Any) -> tuple[float, float]:
    """Return a pair [low, high] within [0, 1]; raises InputError naming ``where``."""
    if not isinstance(value, list) or len(value) != 2:
        raise InputError(f"{where}: must be a pair [low, high], not {value!r}")
    low, high = (number(where, end, 0.0, 1.0) for end in value)
    if low > high:
        raise InputError(f"{where}: low end {low:g} is above high end {high:g}")
    return low, high


def text(where: str, value: Any) -> str:
    """Return a string that is not blank; raises InputError naming ``where``."""
    if not isinstance(value, str) or not value.strip():
        raise InputError(f"{where}: must be a text, not {value!r}")
    return value


def texts(where: str, value: Any) -> tuple[str, ...]:
    """Return a list of texts that is not empty as a tuple; raises InputError naming ``where``."""
    if not isinstance(value, list) or not value:
        raise InputError(f"{where}: must be a list of texts, not {value!r}")
    return tuple(text(where, item) for item in value)


def write_whole(path: Path, content: str | bytes) -> None:
    """Write a file through a temporary one beside it, so that it is never half there."""
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, temporary = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    try:
        with os.fdopen(handle, "wb") as stream:
            stream.write(content.encode("utf-8") if isinstance(content, str) else content)
        os.chmod(temporary, 0o644)
        os.replace(temporary, path)
    except BaseException:
        os.unlink(temporary)
        raise
