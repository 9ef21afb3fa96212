"""Population files: what a fit found, written as TOML with the evidence for every number."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from calibration.corpora.published import load_corpora
from calibration.fits.estimates import DIGITS, JOIN, Estimate
from dialogue_env.files import write_whole

HEADER = """\
# How people reply and who they are, fitted to human dialogues. Written by the command below; do not edit.
# [person] goes over person.toml, which holds what is set by hand. [[evidence]] says of each number what it
# rests on: `error` is its standard error, `count` the observations.
"""


def render(command: str, tables: Mapping[str, Any], estimates: tuple[Estimate, ...], licence: str = "") -> str:
    """Return the text of a population file; ``licence`` is that of a corpus of the user's own."""
    import tomli_w  # noqa: PLC0415 -- an optional dependency

    content = {"command": command, **rounded(tables), "evidence": [_evidence(estimate, licence) for estimate in estimates]}
    return HEADER + "\n" + str(tomli_w.dumps(content))


def write_people(path: Path, command: str, tables: Mapping[str, Any], estimates: tuple[Estimate, ...], licence: str = "") -> None:
    """Write a population file, whole or not at all."""
    write_whole(path, render(command, tables, estimates, licence))


def rounded(value: Any) -> Any:
    """Return tables with every number as it is printed."""
    if isinstance(value, Mapping):
        return {key: rounded(item) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [rounded(item) for item in value]
    return round(value, DIGITS) + 0.0 if isinstance(value, float) else value


def _evidence(estimate: Estimate, licence: str) -> dict[str, Any]:
    corpora = load_corpora()
    known = [corpora[name] for name in estimate.corpus.split(JOIN) if name in corpora]
    entry: dict[str, Any] = {"key": estimate.key}
    if estimate.error is not None:
        entry["error"] = round(estimate.error, DIGITS)
    source = JOIN.join(corpus.title for corpus in known) or estimate.corpus
    terms = JOIN.join(dict.fromkeys(corpus.licence for corpus in known)) or licence or "the corpus's own"
    return entry | {"count": estimate.count, "source": source, "licence": terms, "method": estimate.method}
