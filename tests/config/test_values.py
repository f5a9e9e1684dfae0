"""What TOML each type of setting accepts, and tables as flat keys and back."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any, Literal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agentmux.config.settings import Config, Panes, Profile
from agentmux.config.values import (
    UnknownKey,
    WrongValue,
    build,
    convert,
    flatten,
    settings_of,
)

WORDS = tuple[str, ...]
SIZE = tuple[int, int]
Colour = Literal["red", "blue"]


@pytest.mark.parametrize(
    ("hint", "value", "wanted"),
    [
        (str, "x", "x"),
        (str | None, "x", "x"),
        (bool, True, True),
        (int, 0, 0),
        (float, 2, 2.0),
        (float, Decimal("0.5"), 0.5),
        (Decimal, 2, Decimal(2)),
        (Decimal, Decimal("0.10"), Decimal("0.10")),
        (Decimal | None, Decimal(0), Decimal(0)),
        (WORDS, "one", ("one",)),
        (WORDS, ["a", "b"], ("a", "b")),
        (WORDS, [], ()),
        (WORDS | None, ["a"], ("a",)),
        (SIZE, "120x40", (120, 40)),
        (SIZE, "1x9999", (1, 9999)),
        (Colour, "red", "red"),
    ],
)
def test_accepted(hint: Any, value: object, wanted: object) -> None:
    converted = convert(hint, value)
    assert converted == wanted
    assert type(converted) is type(wanted)


@pytest.mark.parametrize(
    ("hint", "value", "wanted"),
    [
        (str, 1, "a string"),
        (str, "a\0b", "a string"),
        (bool, 1, "true or false"),
        (bool, "true", "true or false"),
        (int, True, "a whole number of 0 or more"),
        (int, 1.0, "a whole number of 0 or more"),
        (int, -1, "a whole number of 0 or more"),
        (float, True, "a number"),
        (float, "2", "a number"),
        (float, Decimal("-0.5"), "a number of 0 or more"),
        (float, Decimal("nan"), "a number of 0 or more"),
        (float, Decimal("inf"), "a number of 0 or more"),
        (float, Decimal("1e400"), "a number of 0 or more"),
        (Decimal | None, 10**400, "a number of 0 or more"),
        (Decimal, 0.1, "a number"),
        (Decimal, "0.1", "a number"),
        (WORDS, ["a", 1], "a list of strings"),
        (WORDS, ["a\0"], "a list of strings"),
        (WORDS, {"a": "b"}, "a list of strings"),
        (SIZE, [120, 40], "columns and rows"),
        (SIZE, "0x40", "columns and rows"),
        (SIZE, "120x40\n", "columns and rows"),
        (SIZE, "120X40", "columns and rows"),
        (SIZE, "10000x40", "columns and rows"),
        (Colour, "green", "one of red, blue"),
        (Colour, 1, "one of red, blue"),
        (Colour, ["red"], "one of red, blue"),
    ],
)
def test_not_accepted(hint: Any, value: object, wanted: str) -> None:
    with pytest.raises(ValueError, match=wanted):
        convert(hint, value)


@dataclass(frozen=True)
class Inner:
    size: tuple[int, int] = (1, 1)


@dataclass(frozen=True)
class Outer:
    name: str = "n"
    inner: Inner = Inner()
    many: Mapping[str, Inner] = field(default_factory=dict)
    words: Mapping[str, tuple[str, ...]] = field(default_factory=dict)


TABLE: dict[str, object] = {
    "name": "x",
    "inner": {"size": "2x3"},
    "many": {"a.b": {"size": "4x5"}, "c": {"size": "6x7"}},
    "words": {"go": {"next": "w", "far": {"off": ["f"]}}, "go.1": ["1"]},
}
FLAT = {
    ("name",): "x",
    ("inner", "size"): (2, 3),
    ("many", "a.b", "size"): (4, 5),
    ("many", "c", "size"): (6, 7),
    ("words", "go.next"): ("w",),
    ("words", "go.far.off"): ("f",),
    ("words", "go.1"): ("1",),
}
BUILT = Outer(
    name="x",
    inner=Inner((2, 3)),
    many={"a.b": Inner((4, 5)), "c": Inner((6, 7))},
    words={"go.next": ("w",), "go.far.off": ("f",), "go.1": ("1",)},
)


def test_tables_become_flat_keys_and_flat_keys_settings() -> None:
    assert dict(flatten(Outer, TABLE)) == FLAT
    assert build(Outer, FLAT) == BUILT
    assert dict(settings_of(BUILT)) == FLAT
    assert build(Outer, {}) == Outer()


def test_an_empty_table_is_there_all_the_same() -> None:
    flat = dict(flatten(Outer, {"inner": {}, "many": {"a": {}}, "words": {}}))
    assert flat == {("inner",): {}, ("many", "a"): {}, ("words",): {}}
    assert build(Outer, flat) == Outer(many={"a": Inner()})


@pytest.mark.parametrize(
    ("table", "key", "problem"),
    [
        ({"nam": 1}, ("nam",), UnknownKey(("name", "inner", "many", "words"))),
        ({"inner": {"x": 1}}, ("inner", "x"), UnknownKey(("size",))),
        ({"many": {"a": {"x": 1}}}, ("many", "a", "x"), UnknownKey(("size",))),
        ({"inner": 3}, ("inner",), WrongValue("a table", 3)),
        ({"many": [1]}, ("many",), WrongValue("a table", [1])),
        ({"many": {"a": 3}}, ("many", "a"), WrongValue("a table", 3)),
        ({"words": "x"}, ("words",), WrongValue("a table", "x")),
        ({"words": {"a": 3}}, ("words", "a"), WrongValue("a list of strings", 3)),
        ({"name": 3}, ("name",), WrongValue("a string", 3)),
    ],
)
def test_what_is_wrong_stands_at_its_key(
    table: dict[str, object], key: tuple[str, ...], problem: object
) -> None:
    assert list(flatten(Outer, table)) == [(key, problem)]


@given(
    st.builds(
        Config,
        theme=st.text(),
        keys=st.dictionaries(st.text(min_size=1), st.lists(st.text()).map(tuple), max_size=3),
        profiles=st.dictionaries(
            st.text(), st.builds(Profile, args=st.lists(st.text()).map(tuple)), max_size=3
        ),
        panes=st.builds(Panes, quiet_s=st.floats(0, 10)),
    )
)
def test_any_config_is_the_sum_of_its_settings(config: Config) -> None:
    assert build(Config, dict(settings_of(config))) == config
