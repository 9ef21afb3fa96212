"""Reading the formats of the corpora strictly: every fault is one line that names the file and the place."""

import json
import zlib
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any
from xml.etree.ElementTree import ParseError
from zipfile import BadZipFile

import pandas as pd
from openpyxl import load_workbook
from openpyxl.utils.exceptions import InvalidFileException

from rewards.errors import InputError


def read_json(path: Path) -> Any:
    """Return the content of a JSON file in UTF-8; raises InputError naming the file and line."""
    try:
        return parse_json(str(path), path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError) as error:
        raise unreadable(path, "a text in UTF-8", error) from None


def json_lines(where: str, lines: Iterable[bytes]) -> Iterator[tuple[str, Any]]:
    """Yield the place ("file: line 3") and value of each line that is not blank; raises InputError at the first fault."""
    for number, line in enumerate(lines, start=1):
        place = f"{where}: line {number}"
        try:
            content = line.decode("utf-8")
        except UnicodeDecodeError as error:
            raise InputError(f"{place}: not a text in UTF-8: {error}") from None
        if content.strip():
            yield place, parse_json(place, content)


def parse_json(where: str, content: str) -> Any:
    """Return the value of a JSON text; raises InputError naming ``where``, line and column."""
    try:
        return json.loads(content)
    except json.JSONDecodeError as error:
        raise InputError(f"{where}: not valid JSON: {error.msg} (line {error.lineno}, column {error.colno})") from None
    except RecursionError:
        raise InputError(f"{where}: not valid JSON: nested too deeply") from None


def read_csv(path: Path, columns: Iterable[str], separator: str = ",") -> pd.DataFrame:
    """Return a table in UTF-8 with all cells as texts ("" if empty); raises InputError naming the file and missing columns."""
    try:
        table = pd.read_csv(path, sep=separator, dtype=str, keep_default_na=False, index_col=False, encoding="utf-8")
    except (OSError, UnicodeDecodeError, pd.errors.ParserError, pd.errors.EmptyDataError) as error:
        raise unreadable(path, "a table in UTF-8", error) from None
    check_columns(str(path), table.columns, columns)
    return table


def read_sheet(path: Path, columns: Iterable[str]) -> list[dict[str, Any]]:
    """Return the rows of a workbook's first sheet by column; raises InputError naming the file and missing columns."""
    try:
        book = load_workbook(path, read_only=True, data_only=True)
        rows = list(book.worksheets[0].iter_rows(values_only=True)) if book.worksheets else []
        book.close()
    except (OSError, EOFError, BadZipFile, zlib.error, ParseError, InvalidFileException, KeyError, ValueError) as error:
        raise unreadable(path, "an Excel workbook", error) from None
    head = [str(cell) for cell in rows[0]] if rows else []
    check_columns(str(path), head, columns)
    return [dict(zip(head, row, strict=False)) for row in rows[1:]]


def check_columns(where: str, found: Iterable[str], needed: Iterable[str]) -> None:
    """Raise InputError if ``found`` lacks a column of ``needed``."""
    found = set(found)
    missing = [column for column in needed if column not in found]
    if missing:
        raise InputError(f"{where}: column {', '.join(missing)} is missing")


def numbers(where: str, table: pd.DataFrame, column: str) -> pd.Series:
    """Return a column of texts as numbers (NaN where empty); raises InputError naming the first cell that is none."""
    cells = table[column].str.strip()
    values = pd.to_numeric(cells, errors="coerce")
    bad = cells[values.isna() & (cells != "")]
    if len(bad):
        raise InputError(f"{where}: column {column}: row {bad.index[0] + 1}: not a number: {bad.iloc[0]!r}")
    return values


def ratings(where: str, table: pd.DataFrame, column: str, low: int, high: int) -> pd.Series:
    """Return a column of texts as whole numbers in [low, high] (NaN where empty); raises InputError naming the first cell that is none."""
    values = numbers(where, table, column)
    bad = table[column][values.notna() & ~values.isin(range(low, high + 1))]
    if len(bad):
        raise InputError(f"{where}: column {column}: row {bad.index[0] + 1}: must be a whole number in [{low}, {high}], not {bad.iloc[0]!r}")
    return values


def number(where: str, value: Any) -> float:
    """Return a cell or JSON value as a float; raises InputError naming ``where``."""
    try:
        return float(value)
    except (TypeError, ValueError, OverflowError):
        raise InputError(f"{where}: not a number: {value!r}") from None


def field(where: str, row: Any, key: str, kind: type | tuple[type, ...] = object) -> Any:
    """Return ``row[key]`` if it is of ``kind``; raises InputError naming ``where`` and the key."""
    if not isinstance(row, Mapping):
        raise InputError(f"{where}: must be an object with the key {key!r}, not {type(row).__name__}")
    if key not in row:
        raise InputError(f"{where}: key {key!r} is missing")
    if not isinstance(row[key], kind):
        raise InputError(f"{where}: {key}: must not be of type {type(row[key]).__name__}")
    return row[key]


def items(where: str, value: Any) -> list[Any]:
    """Return a JSON list; raises InputError naming ``where`` if it is something else."""
    if not isinstance(value, list):
        raise InputError(f"{where}: must be a list, not {type(value).__name__}")
    return value


def unreadable(path: Path, kind: str, error: Exception) -> InputError:
    """Return the error for a file that is not what it should be."""
    reason = str(error).splitlines()[0] if str(error) else type(error).__name__
    return InputError(f"{path}: not readable as {kind}: {reason}")
