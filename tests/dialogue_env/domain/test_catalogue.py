from pathlib import Path

import numpy as np
import pytest

from dialogue_env.domain.catalogue import read_catalogue
from rewards import InputError


def read(folder: Path, content: str | bytes) -> object:
    path = folder / "c.csv"
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return read_catalogue(path)


def test_good_file(tmp_path: Path) -> None:
    catalogue = read(tmp_path, "\ufeffname , colour,weight,size\n a,red, 1,big\nb , blue,3,big\n\nc,red,4,small\n")
    assert catalogue.names == ("a", "b", "c")
    assert catalogue.slots == ("colour", "size")
    assert catalogue.values == (("blue", "red"), ("big", "small"))
    assert catalogue.entries.tolist() == [(0, 0, 1, 1), (0, 1, 0, 1), (1, 0, 0, 1), (1, 1, 0, 1), (2, 0, 1, 1), (2, 1, 1, 1)]
    assert catalogue.popularity.tolist() == [0.125, 0.375, 0.5]  # 1, 3 and 4 of 8


def test_without_weights_all_are_as_popular(tmp_path: Path) -> None:
    assert read(tmp_path, "name,x\na,1\nb,2\nc,2\nd,2\n").popularity.tolist() == [0.25] * 4


def test_fifty_values_are_not_too_many(tmp_path: Path) -> None:
    catalogue = read(tmp_path, "name,x\n" + "".join(f"{i},{i}\n" for i in range(50)))
    assert len(catalogue.values[0]) == 50
    np.testing.assert_array_equal(catalogue.entries["value"], np.argsort(np.argsort([str(i) for i in range(50)])))


def test_blank_cells_and_several_values(tmp_path: Path) -> None:
    catalogue = read(tmp_path, "name,colour,lucky\na, red ;blue;; red,\nb,blue,yes\nc,;,yes\n")
    assert catalogue.values == (("blue", "red"), ("yes",))
    assert catalogue.entries.tolist() == [(0, 0, 0, 2), (0, 0, 1, 2), (1, 0, 0, 1), (1, 1, 0, 1), (2, 1, 0, 1)]
    assert catalogue.of(0).tolist() == [(0, 0, 0, 2), (0, 0, 1, 2)]
    assert catalogue.of(2).tolist() == [(2, 1, 0, 1)]
    assert catalogue.columns["slot"].tolist() == [0, 0, 0, 1, 1]
    assert catalogue.having(0, ["blue"]).tolist() == [True, True, False]
    assert catalogue.having(0, ["blue", "red"]).tolist() == [True, True, False]
    assert catalogue.having(1, ["yes"]).tolist() == [False, True, True]


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("", "column 'name' is missing; found: nothing"),
        ("nom,x\na,1\n", "column 'name' is missing; found: nom, x"),
        ("name,x,x\na,1,1\nb,2,2\n", "column titles must differ and not be blank; found: name, x, x"),
        ("name,x,\na,1,1\nb,2,2\n", "column titles must differ and not be blank; found: name, x, "),
        ("name,x\n", "a catalogue needs 2 to 10,000 rows, this one has 0"),
        ("name,x\na,1\n", "a catalogue needs 2 to 10,000 rows, this one has 1"),
        ("name,x\na,1\nb\n", "row 3 has 1 cells, the header has 2"),
        ("name,x\na,1\nb,2,3\n", "row 3 has 3 cells, the header has 2"),
        ("name,x\na,1\nb,2\na,3\n", "column 'name': 'a' appears more than once"),
        ("name\na\nb\n", "no slot columns; needed: 'name', optionally 'weight', and at least one column of categories"),
        ("name,weight\na,1\nb,2\n", "no slot columns; needed: 'name', optionally 'weight', and at least one column of categories"),
        ("name,x,y\na,1,\nb, ,;\n", "column 'y' is blank in every row; drop it"),
        ("name,x\na,1\nb,1\n", "column 'x' holds '1' in every row; a slot needs rows that differ, drop the column"),
        ("name,x\na,1;2\nb,2; 1\n", "column 'x' holds '1; 2' in every row; a slot needs rows that differ, drop the column"),
        ("name,x\na,1\nb, \nc,2\n", "item 'b' has no values at all; fill a cell or drop the row"),
        *(
            (f"name,x,weight\na,1,{weight}\nb,2,1\n", "column 'weight' (popularity) must hold positive numbers only")
            for weight in ("much", "", "0", "-1", "nan", "inf")
        ),
    ],
)
def test_bad_file(tmp_path: Path, content: str, message: str) -> None:
    with pytest.raises(InputError) as caught:
        read(tmp_path, content)
    assert str(caught.value) == f"{tmp_path}/c.csv: {message}"


def test_column_of_numbers_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError) as caught:
        read(tmp_path, "name,price\n" + "".join(f"{i},{i}\n" for i in range(10_000)))
    assert str(caught.value) == f"{tmp_path}/c.csv: column 'price' has 10,000 different values; a slot may have at most 50, group them or drop the column"


def test_too_many_columns(tmp_path: Path) -> None:
    columns = 1300
    rows = [",".join(f"{n}" for _ in range(columns)) for n in range(50)]
    with pytest.raises(InputError) as caught:
        read(tmp_path, "name," + ",".join(f"x{s}" for s in range(columns)) + "\n" + "".join(f"n{n},{row}\n" for n, row in enumerate(rows)))
    assert str(caught.value) == f"{tmp_path}/c.csv: 1,300 slot columns hold 65,000 different values; together these may be 65,536"


def test_too_many_rows(tmp_path: Path) -> None:
    with pytest.raises(InputError) as caught:
        read(tmp_path, "name,x\n" + "".join(f"{i},{i % 3}\n" for i in range(10_001)))
    assert str(caught.value) == f"{tmp_path}/c.csv: a catalogue needs 2 to 10,000 rows, this one has 10001"


def test_missing_file(tmp_path: Path) -> None:
    with pytest.raises(InputError) as caught:
        read_catalogue(tmp_path / "none.csv")
    assert str(caught.value) == f"{tmp_path}/none.csv: no such catalogue file"


@pytest.mark.parametrize("content", [b"name,x\na,\xff\n", b'name,x\na,"' + b"x" * 200_000 + b'"\n'])
def test_unreadable_file(tmp_path: Path, content: bytes) -> None:
    with pytest.raises(InputError) as caught:
        read(tmp_path, content)
    assert str(caught.value).startswith(f"{tmp_path}/c.csv: not a readable CSV file: ")
    assert "\n" not in str(caught.value)


def test_folder_is_no_catalogue(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="not a readable CSV file"):
        read_catalogue(tmp_path)
