"""One response, told by several rows: what is taken back and what is counted."""

from decimal import Decimal

from agentmux.core.spending import bill, meet
from agentmux.core.usage import Tokens
from tests.support.day import used


def test_the_newest_row_replaces_the_one_before_and_keeps_its_model_and_time() -> None:
    first, again = used("s1", "r", 0), used("s1", "r", 9, model=None, tokens=Tokens(output=7))
    known, old, new = meet((), first)
    assert old is None and new is not None
    known, taken_back, counted = meet(known, again)
    assert taken_back == new
    assert counted is not None and counted.bill["tokens.output"] == 7
    assert (counted.model, counted.at) == ("opus", first.at)
    assert known == (counted,)


def test_a_copy_is_counted_nowhere() -> None:
    known, *_ = meet((), used("s1", "r", 0))
    assert meet(known, used("s2", "r", -60)) == (known, None, None)
    later, old, new = meet(known, used("s2", "r", 61))
    assert (len(later), old) == (2, None)
    assert new is not None and new.session == "s2"


def test_what_has_no_price_is_said_and_costs_nothing() -> None:
    told = used("s1", "r", cost_usd=None, price_date=None, complete=False, own_estimate=True)
    assert bill(told) == {
        "responses": 1, "unpriced": 1, "incomplete": 1, "estimated": 1,
        "tokens.input": 10, "tokens.output": 5,
    }  # fmt: skip


def test_a_response_that_cost_nothing_has_a_price() -> None:
    assert bill(used("s1", "r", cost_usd=Decimal(0)))["cost"] == 0
