"""The one exception for input that a person can mend."""

from collections.abc import Iterable


class InputError(ValueError):
    """Bad input: one line that names the file, key or argument and the valid choices.

    The scripts print it and exit with status 2.
    """


def unknown(what: str, name: object, choices: Iterable[str]) -> InputError:
    """Return the error for a name that is not among ``choices`` (all of them are listed)."""
    return InputError(f"unknown {what} {str(name)!r}; valid: {', '.join(choices)}")
