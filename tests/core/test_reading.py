"""Look-ups in what others wrote: right where it is right, and empty wherever it is not."""

import time
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agentmux.core.reading import (
    count_at,
    entry_at,
    items_at,
    money_at,
    text_at,
    time_of,
    value_at,
    whole_in,
)
from tests.support.events import JSON

NOW = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)
RECORD = {"a": [{"b": "c"}, 2], "n": None, "t": True, "": {"0": "zero"}}


@pytest.mark.parametrize(
    ("path", "found"),
    [
        ((), RECORD),
        (("a", 0, "b"), "c"),
        (("a", -1), 2),
        (("a", 2), None),
        (("a", -3), None),
        (("a", "0"), None),
        (("a", 0, "b", 0), None),
        (("n", "x"), None),
        (("t", 0), None),
        (("", "0"), "zero"),
        (("", 0), None),
    ],
)
def test_what_stands_at_a_path(path: tuple[str | int, ...], found: object) -> None:
    assert value_at(RECORD, *path) == found


@pytest.mark.parametrize("record", [None, 7, "text", [], {"a": None}, {"a": 7}, {"b": "x"}])
def test_what_is_not_there_is_empty(record: object) -> None:
    assert text_at(record, "a", "b") == ""
    assert count_at(record, "a", "b") == 0
    assert money_at(record, "a", "b") is None
    assert entry_at(record, "a", "b") == {}
    assert items_at(record, "a", "b") == ()


def test_what_is_of_another_type_is_empty() -> None:
    record = {"text": 7, "list": "abc", "entry": [1], "count": [1], "money": {}}
    assert text_at(record, "text") == ""
    assert items_at(record, "list") == ()
    assert entry_at(record, "entry") == {}
    assert count_at(record, "count") == 0
    assert money_at(record, "money") is None


@pytest.mark.parametrize(
    ("value", "count"),
    [
        (7, 7),
        (7.9, 7),
        (-7, -7),
        ("7", 7),
        ("-7", -7),
        ("007", 7),
        (True, 0),
        ("7.5", 0),
        ("--7", 0),
        ("-", 0),
        ("\u0667", 0),
        ("9" * 5000, 0),
        (10**15, 0),
        (10**400, 0),
        (float("nan"), 0),
        (float("-inf"), 0),
        (None, 0),
    ],
)
def test_counts(value: object, count: int) -> None:
    found = count_at({"n": value}, "n")
    assert (found, type(found)) == (count, int)


@pytest.mark.parametrize(
    ("text", "number"),
    [("12", 12), ("-3", -3), ("", None), ("+3", None), ("1 ", None), ("1_000", None)],
)
def test_whole_numbers_in_text(text: str, number: int | None) -> None:
    assert whole_in(text) == number


@pytest.mark.parametrize(
    ("value", "amount"),
    [
        (0, "0"),
        (0.1, "0.1"),
        (1e-7, "1E-7"),
        ("0.30", "0.30"),
        (Decimal("0.012792"), "0.012792"),
        (12, "12"),
        (-0.01, None),
        ("-1", None),
        ("1e999999", None),
        (10**9, None),
        (float("nan"), None),
        ("NaN", None),
        ("sNaN", None),
        ("Infinity", None),
        ("much", None),
        ("", None),
        (True, None),
    ],
)
def test_money_is_exact_and_never_below_nothing(value: object, amount: str | None) -> None:
    found = money_at([value], 0)
    assert (None if found is None else str(found)) == amount


SECOND = datetime(2026, 2, 28, 23, 15, 30, tzinfo=UTC)
HALF = SECOND + timedelta(seconds=0.5)


@pytest.mark.parametrize(
    ("value", "at"),
    [
        (1772320530, SECOND),
        (1772320530.5, HALF),
        ("1772320530", SECOND),
        (1772320530500, HALF),
        ("1772320530500", HALF),
        (1772320530500000, HALF),
        (1772320530500000000, HALF),
        ("1772320530500000000", HALF),
        ("2026-02-28T23:15:30Z", SECOND),
        ("2026-02-28T23:15:30.500000Z", HALF),
        ("2026-02-28T23:15:30.500Z", HALF),
        ("2026-03-01T01:15:30+02:00", SECOND),
        ("2026-02-28 23:15:30", SECOND),
    ],
)
def test_times_in_every_unit(value: object, at: datetime) -> None:
    found = time_of(value, NOW)
    assert abs(found - at) < timedelta(microseconds=2)
    assert found.tzinfo is UTC


@pytest.mark.parametrize("parts", [1, 10**3, 10**6, 10**9])
@pytest.mark.parametrize("year", [2000, 2026])
def test_units_are_told_apart_over_the_years(parts: int, year: int) -> None:
    at = datetime(year, 2, 1, tzinfo=UTC)
    assert time_of(int(at.timestamp()) * parts, NOW) == at


def test_a_time_without_its_zone_is_not_this_machines(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TZ", "EST5")
    time.tzset()
    try:
        assert time_of("2026-02-28T23:15:30", NOW) == SECOND
    finally:
        monkeypatch.undo()
        time.tzset()


@pytest.mark.parametrize(
    "value",
    [
        None,
        True,
        0,
        "0",
        -1,
        "",
        "soon",
        "--5",
        "9" * 5000,
        10**400,
        float("nan"),
        float("inf"),
        [],
        {},
        "0001-01-01T00:00:00+23:59",
        "9999-12-31T23:59:59Z",
        253402300799,
        86400,
        "1999-12-31T23:59:59Z",
    ],
)
def test_what_is_no_time_is_the_time_it_was_read(value: object) -> None:
    assert time_of(value, NOW) == NOW


def test_the_end_of_a_limit_may_lie_ahead_and_not_for_ever() -> None:
    month, years = NOW + timedelta(days=31), NOW + timedelta(days=800)
    assert time_of(month.isoformat(), NOW) == month
    assert time_of(years.timestamp(), NOW) == NOW


@given(JSON, st.lists(st.text(max_size=3) | st.integers(-3, 3), max_size=3))
def test_no_record_makes_a_look_up_raise(record: Any, path: list[str | int]) -> None:
    for look_up in (value_at, text_at, count_at, money_at, entry_at, items_at):
        look_up(record, *path)
    assert time_of(record, NOW).tzinfo is UTC
    assert time_of(value_at(record, *path), NOW) - NOW <= timedelta(days=366)
