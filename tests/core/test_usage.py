"""Tokens in buckets that do not overlap, whatever the vendor's input holds."""

from dataclasses import astuple
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agentmux.core.usage import Tokens, sum_tokens, tokens_beside, tokens_within, usd_text

COUNTS = st.integers(-10, 10**9)
EACH = st.builds(Tokens, *[st.integers(0, 10**9)] * 5)


def test_input_that_leaves_the_cache_out_stays_as_it_is() -> None:
    counted = tokens_beside(100, 20, cache_read=3000, write_5m=400, write_1h=50)
    assert counted == Tokens(100, 3000, 400, 50, 20)
    assert counted.prompt == 3550


def test_input_that_holds_the_cache_is_freed_of_it() -> None:
    counted = tokens_within(3500, 20, cache_read=3000, cache_write=400)
    assert counted == Tokens(100, 3000, 400, 0, 20)
    assert counted.prompt == 3500


@pytest.mark.parametrize(
    ("given", "counted"),
    [
        ((10, 1, 40, 0), Tokens(0, 10, 0, 0, 1)),
        ((10, 1, 6, 40), Tokens(0, 6, 4, 0, 1)),
        ((10, 1, 40, 40), Tokens(0, 10, 0, 0, 1)),
        ((-5, -1, -2, -3), Tokens()),
    ],
)
def test_a_cache_larger_than_its_input_is_cut_down(
    given: tuple[int, int, int, int], counted: Tokens
) -> None:
    assert tokens_within(*given) == counted


@given(COUNTS, COUNTS, COUNTS, COUNTS, COUNTS)
def test_no_bucket_is_ever_below_nothing(a: int, b: int, c: int, d: int, e: int) -> None:
    within, beside = tokens_within(a, b, c, d), tokens_beside(a, b, c, d, e)
    assert min(*astuple(within), *astuple(beside)) >= 0
    assert within.prompt == max(0, a)
    assert beside.prompt == sum(max(0, n) for n in (a, c, d, e))


@given(st.lists(EACH, max_size=5))
def test_a_sum_is_the_sum_of_each_bucket(counted: list[Tokens]) -> None:
    total = sum_tokens(counted)
    assert astuple(total) == tuple(map(sum, zip(*map(astuple, [Tokens(), *counted]), strict=True)))
    assert total.prompt == sum(each.prompt for each in counted)
    assert total.is_empty == (not any(astuple(total)))


def test_nothing_counted_is_empty() -> None:
    assert sum_tokens([]) == Tokens()
    assert Tokens().is_empty
    assert not Tokens(cache_write_1h=1).is_empty


@pytest.mark.parametrize(
    ("amount", "text"),
    [
        ("0", "0.00"),
        ("5", "5.00"),
        ("4.10", "4.10"),
        ("0.0127920", "0.012792"),
        ("1E-7", "0.0000001"),
        ("1E+3", "1000.00"),
        ("-0.5", "-0.50"),
    ],
)
def test_an_amount_is_written_in_plain_digits(amount: str, text: str) -> None:
    assert usd_text(Decimal(amount)) == text
