"""Counting without loss: whole numbers, in any order, back to what a person reads."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agentmux.core.tally import Tally, dollars, merged, microseconds, money, percentile
from tests.support.events import at

NAMES = st.sampled_from(["a", "b"])
TALLIES = st.builds(
    Tally,
    st.dictionaries(NAMES, st.integers(1, 9)),
    st.dictionaries(NAMES, st.lists(st.integers(0, 9), min_size=1)),
)


@given(st.lists(TALLIES), st.integers(0, 5))
def test_parts_may_be_added_in_any_order(tallies: list[Tally], cut: int) -> None:
    turned = merged([*tallies[cut:], *tallies[:cut]])
    whole = merged(tallies)
    assert turned.counts == whole.counts
    for name in whole.samples:
        assert sorted(turned.samples[name]) == sorted(whole.samples[name])


def test_what_is_taken_back_leaves_nothing() -> None:
    tally = Tally()
    tally.add_all({"a": 3, "b": 1})
    tally.add_all({"a": 3}, -1)
    assert tally.counts == {"b": 1}
    assert not tally.is_empty
    tally.add("b", -1)
    assert tally.is_empty


def test_merging_leaves_the_other_as_it_was() -> None:
    one, other = Tally(), Tally({}, {"w": [1]})
    one.merge(other)
    one.sample("w", 2)
    assert other.samples == {"w": [1]}


@pytest.mark.parametrize(
    ("count", "p50", "p95"), [(4, None, None), (5, 3, 5), (20, 10, 19), (21, 11, 20), (100, 50, 95)]
)
def test_percentiles_are_samples_by_nearest_rank(
    count: int, p50: int | None, p95: int | None
) -> None:
    ordered = list(range(1, count + 1))
    assert (percentile(ordered, 50), percentile(ordered, 95)) == (p50, p95)


def test_a_wait_is_never_negative() -> None:
    assert microseconds(at(0), at(1.5)) == 1_500_000
    assert microseconds(at(1), at(0)) == 0


@pytest.mark.parametrize(
    ("usd", "text"),
    [
        ("1.234567", "1.234567"),
        ("0", "0.000000"),
        ("0.0000000001", "0.0000000001"),
        ("12", "12.000000"),
        ("-0.5", "-0.500000"),
        ("1E+3", "1000.000000"),
    ],
)
def test_money_is_exact(usd: str, text: str) -> None:
    counted = money(Decimal(usd))
    assert counted is not None
    assert dollars(counted) == text
    assert Decimal(dollars(counted)) == Decimal(usd)


@pytest.mark.parametrize("usd", ["NaN", "Infinity", "1E+999999", None])
def test_what_cannot_be_a_price_is_none(usd: str | None) -> None:
    assert money(None if usd is None else Decimal(usd)) is None


@given(st.decimals())
def test_no_number_raises(usd: Decimal) -> None:
    money(usd)
