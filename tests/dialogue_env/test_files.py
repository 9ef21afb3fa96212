from pathlib import Path

import pytest

from dialogue_env.files import check_keys, interval, number, read_toml, text, texts, write_whole
from rewards import InputError


def test_read_toml_gives_tables(tmp_path: Path) -> None:
    (tmp_path / "a.toml").write_text('[a]\nb = "ü"\n', encoding="utf-8")
    assert read_toml(tmp_path / "a.toml") == {"a": {"b": "ü"}}


@pytest.mark.parametrize("content", [b"a = \xff", b"a = ", b"a = 1\na = 2"])
def test_read_toml_refuses_what_is_no_toml(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "a.toml").write_bytes(content)
    with pytest.raises(InputError) as caught:
        read_toml(tmp_path / "a.toml")
    assert str(caught.value).startswith(f"{tmp_path}/a.toml: not a readable TOML file: ")
    assert "\n" not in str(caught.value)


def test_read_toml_refuses_a_folder_and_a_missing_file(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="not a readable TOML file"):
        read_toml(tmp_path)
    with pytest.raises(InputError) as caught:
        read_toml(tmp_path / "none.toml")
    assert str(caught.value) == f"{tmp_path}/none.toml: no such file"


@pytest.mark.parametrize(
    ("table", "message"),
    [
        ({"a": 1, "x": 2}, "unknown key in here: 'x'; valid: a, b, c"),
        ({"a": 1, "c": 2}, "here: key 'b' is missing; needed: a, b"),
        (3, "here: must be a table, not 3"),
        (["a"], "here: must be a table, not ['a']"),
    ],
)
def test_check_keys_refuses(table: object, message: str) -> None:
    with pytest.raises(InputError) as caught:
        check_keys("here", table, ("a", "b"), ("c",))
    assert str(caught.value) == message


def test_check_keys_returns_a_good_table() -> None:
    assert check_keys("here", {"a": 1, "c": 2}, ("a",), ("b", "c")) == {"a": 1, "c": 2}


@pytest.mark.parametrize("value", [-0.1, 1.1, float("nan"), float("inf"), "1", True, None])
def test_number_refuses(value: object) -> None:
    with pytest.raises(InputError) as caught:
        number("here", value, 0.0, 1.0)
    assert str(caught.value) == f"here: must be a number in [0, 1], not {value!r}"


def test_number_takes_the_ends() -> None:
    assert [number("here", value, 0.0, 1.0) for value in (0, 1.0)] == [0.0, 1.0]


@pytest.mark.parametrize(
    ("value", "message"),
    [
        (0.5, "here: must be a pair [low, high], not 0.5"),
        ([0.5], "here: must be a pair [low, high], not [0.5]"),
        ([0.2, 0.4, 0.6], "here: must be a pair [low, high], not [0.2, 0.4, 0.6]"),
        ([0.5, 0.25], "here: low end 0.5 is above high end 0.25"),
        ([0.5, 2], "here: must be a number in [0, 1], not 2"),
    ],
)
def test_interval_refuses(value: object, message: str) -> None:
    with pytest.raises(InputError) as caught:
        interval("here", value)
    assert str(caught.value) == message


def test_interval_may_be_a_point() -> None:
    assert interval("here", [0.5, 0.5]) == (0.5, 0.5)


@pytest.mark.parametrize("value", ["", "  ", 3, None])
def test_text_refuses(value: object) -> None:
    with pytest.raises(InputError) as caught:
        text("here", value)
    assert str(caught.value) == f"here: must be a text, not {value!r}"


@pytest.mark.parametrize("value", [[], "abc", None])
def test_texts_refuses(value: object) -> None:
    with pytest.raises(InputError) as caught:
        texts("here", value)
    assert str(caught.value) == f"here: must be a list of texts, not {value!r}"


def test_texts_checks_each_text() -> None:
    assert texts("here", ["a", "b"]) == ("a", "b")
    with pytest.raises(InputError, match=r"^here: must be a text, not ''$"):
        texts("here", ["a", ""])


def test_write_whole_writes_and_replaces(tmp_path: Path) -> None:
    path = tmp_path / "new" / "a.txt"
    write_whole(path, "ü")
    assert path.read_bytes() == "ü".encode()
    write_whole(path, b"\x00\xff")
    assert path.read_bytes() == b"\x00\xff"
    assert [entry.name for entry in path.parent.iterdir()] == ["a.txt"]
    assert path.stat().st_mode & 0o777 == 0o644


def test_write_whole_keeps_the_old_file_when_it_fails(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "a.txt"
    write_whole(path, "old")

    def full(*_: object) -> None:
        raise OSError("disk full")

    monkeypatch.setattr("os.replace", full)
    with pytest.raises(OSError, match="disk full"):
        write_whole(path, "new")
    assert path.read_text() == "old"
    assert [entry.name for entry in tmp_path.iterdir()] == ["a.txt"]
