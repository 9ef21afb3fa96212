"""The published corpora that can be read, as data in ``published.toml``."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from dialogue_env.files import check_keys, read_toml, text, texts
from rewards.errors import InputError, unknown

FILE = Path(__file__).parent / "published.toml"
_KEYS = ("folder", "files", "title", "licence", "use")


@dataclass(frozen=True, slots=True)
class Corpus:
    """A published corpus: where its files lie below the caller's folder, and under which terms."""

    name: str
    folder: str
    files: tuple[str, ...]
    title: str  # with authors and year, to cite it
    licence: str
    use: str  # what it is used for

    def file(self, root: Path, name: str) -> Path:
        """Return the path of one of the corpus's files below ``root``; raises InputError if it is not there."""
        if name not in self.files:
            raise unknown(f"file of {self.name}", name, self.files)
        folder = root / self.folder
        if not folder.is_dir():
            raise InputError(f"{folder}: no such corpus folder; expected the files {', '.join(self.files)} (see docs/calibration.md)")
        if not (folder / name).is_file():
            raise InputError(f"{folder / name}: no such file; {self.name} consists of {', '.join(self.files)} (see docs/calibration.md)")
        return folder / name


@cache
def load_corpora() -> Mapping[str, Corpus]:
    """Return all corpora by name, in the order of the file."""
    return {name: _corpus(name, row) for name, row in read_toml(FILE).items()}


def corpus_file(corpus: str, root: Path, name: str) -> Path:
    """Return the path of a corpus's file below ``root``; raises InputError for an unknown corpus or a missing file."""
    corpora = load_corpora()
    if corpus not in corpora:
        raise unknown("corpus", corpus, corpora)
    return corpora[corpus].file(root, name)


def _corpus(name: str, row: object) -> Corpus:
    where = f"{FILE}: {name}"
    table = check_keys(where, row, _KEYS)
    folder, title, licence, use = (text(f"{where}.{key}", table[key]) for key in ("folder", "title", "licence", "use"))
    return Corpus(name, folder, texts(f"{where}.files", table["files"]), title, licence, use)
