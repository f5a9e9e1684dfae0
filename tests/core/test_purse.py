"""What was spent when, to the quarter of an hour, and what is set aside for whom."""

from datetime import UTC, datetime, timedelta, timezone
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agentmux.core import events as e
from agentmux.core.purse import Purse, Reservation, Spend, Spends, booked, quarter_of
from agentmux.core.usage import Charge, Tokens
from tests.support.books import Books, usage
from tests.support.events import at, exited

NOON = datetime(2026, 3, 1, 12, 7, 31, tzinfo=UTC)


def row(when: datetime, usd: str | None = "1", **more: Any) -> e.UsageReported:
    cost = None if usd is None else Decimal(usd)
    given: dict[str, Any] = {"model": "m", "tokens": Tokens(1), "source": "otlp", **more}
    return e.UsageReported(at=when, session="s1", response="r", cost_usd=cost, **given)


def reserved(usd: str, session: str | None = "s1") -> e.BudgetReserved:
    return e.BudgetReserved(at=at(), session=session, usd=Decimal(usd), profile="p")


# --- spends ----------------------------------------------------------------------------------


def test_money_is_booked_in_its_quarter_and_by_profile() -> None:
    spends = booked({}, row(NOON), None)
    spends = booked(spends, row(NOON.replace(minute=14, second=59)), "p")
    spends = booked(spends, row(NOON.replace(minute=15, second=0)), "p")
    spends = booked(spends, row(NOON, "0.5"), "p")
    assert spends == {
        "2026-03-01T12:00": {"": Spend(Decimal(1)), "p": Spend(Decimal("1.5"))},
        "2026-03-01T12:15": {"p": Spend(Decimal(1))},
    }


def test_what_a_row_replaces_is_taken_back() -> None:
    spends = booked({}, row(NOON, None), None)
    assert spends["2026-03-01T12:00"][""] == Spend(Decimal(0), 1)
    spends = booked(spends, row(NOON, "3", replaces=Charge(Tokens(1))), None)
    assert spends["2026-03-01T12:00"][""] == Spend(Decimal(3), 0)
    before = Charge(Tokens(1), Decimal(3))
    spends = booked(spends, row(NOON, "2", replaces=before, complete=False), None)
    assert spends["2026-03-01T12:00"][""] == Spend(Decimal(2), 1)


def test_a_day_and_a_bit_is_kept() -> None:
    spends = booked({}, row(NOON), None)
    spends = booked(spends, row(NOON + timedelta(hours=25, minutes=50)), None)
    assert len(spends) == 2
    spends = booked(spends, row(NOON + timedelta(hours=26, minutes=10)), None)
    assert list(spends) == ["2026-03-02T13:45", "2026-03-02T14:15"]
    assert booked(spends, row(NOON), None) == spends


@pytest.mark.parametrize(
    "zone",
    [UTC, timezone(timedelta(hours=5, minutes=45)), timezone(timedelta(hours=-9.5))],
)
def test_every_zones_midnight_begins_a_quarter(zone: timezone) -> None:
    midnight = datetime(2026, 3, 1, tzinfo=zone)
    before = midnight - timedelta(microseconds=1)
    assert quarter_of(before) < quarter_of(midnight)
    assert quarter_of(midnight) == quarter_of(midnight + timedelta(minutes=14))
    assert quarter_of(midnight) == quarter_of(midnight.astimezone(UTC))


@given(st.lists(st.datetimes(timezones=st.just(UTC)), max_size=30))
def test_what_is_kept_is_bounded_and_nothing_raises(times: list[datetime]) -> None:
    spends: Spends = {}
    for when in times:
        spends = booked(spends, row(when), None)
    assert len(spends) <= 26 * 4 + 1
    if times:
        assert quarter_of(max(times)) in spends


def test_there_is_a_first_day() -> None:
    first = datetime(1, 1, 1, 1, tzinfo=UTC)
    assert list(booked({}, row(first), None)) == ["0001-01-01T01:00"]


# --- reservations ----------------------------------------------------------------------------


@pytest.fixture
def books() -> Books:
    made = Books()
    made.open()
    return made


def test_a_queued_task_has_its_share_before_it_is_a_session() -> None:
    books = Books()
    books.apply(reserved("2", "s9"))
    assert books.fleet.purse.reserved == {"s9": Reservation(Decimal(2), "p")}
    books.open("s9")
    assert "s9" in books.fleet.purse.reserved


def test_the_newest_amount_counts_and_0_lets_go(books: Books) -> None:
    books.apply(reserved("2"), reserved("3"))
    assert books.fleet.purse.reserved["s1"].usd == 3
    books.apply(reserved("5", "s2"))
    assert list(books.fleet.purse.reserved) == ["s1", "s2"]
    books.apply(reserved("0"), reserved("0", "s2"))
    assert books.fleet.purse == Purse()
    books.apply(reserved("0"), reserved("1", None))
    assert books.fleet.purse == Purse()


def test_a_share_begins_at_what_the_session_had_cost(books: Books) -> None:
    books.say("otlp", usage("r1", Tokens(7)))
    books.apply(reserved("2"))
    assert books.fleet.purse.reserved["s1"].from_usd == 7


@pytest.mark.parametrize(
    "end",
    [
        e.TurnEnded(at=at(), session="s1", turn=1, outcome="done"),
        exited("s1"),
        e.SessionRemoved(at=at(), session="s1"),
    ],
)
def test_a_share_is_let_go_at_the_end(books: Books, end: e.Event) -> None:
    books.apply(reserved("2"), reserved("2", "s2"), end)
    assert list(books.fleet.purse.reserved) == ["s2"]


# --- crossings -------------------------------------------------------------------------------


def test_the_newest_level_of_each_window_is_kept() -> None:
    def crossed(level: str, period: str, **more: Any) -> e.BudgetCrossed:
        return e.BudgetCrossed(
            at=at(), window="day", period=period, level=level, spent_usd=Decimal(1),
            limit_usd=Decimal(1), **more,
        )  # fmt: skip

    books = Books()
    books.apply(
        crossed("warning", "2026-03-01"),
        crossed("over", "2026-03-01", profile="p"),
        crossed("over", "2026-03-02"),
    )
    levels = {key: (c.period, c.level) for key, c in books.fleet.purse.crossed.items()}
    assert levels == {"day::": ("2026-03-02", "over"), "day:p:": ("2026-03-01", "over")}
