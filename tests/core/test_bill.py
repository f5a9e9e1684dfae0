"""A bill is the sum of what its rows say last, and the agent's own figures stand beside it."""

from decimal import Decimal
from typing import Any

import pytest

from agentmux.core import events as e
from agentmux.core.bill import (
    MOST_MODELS,
    MOST_SCOPES,
    Bill,
    accounted,
    amount,
    charged,
    told_total,
    with_model,
)
from agentmux.core.facts import AnyFact, ModelChosen, Quota, UsageTotal
from agentmux.core.usage import Charge, Tokens
from tests.support.books import chosen, report
from tests.support.events import at


def row(response: str = "r1", cost: str | None = "1", **more: Any) -> e.UsageReported:
    given: dict[str, Any] = {"model": "m", "tokens": Tokens(10, output=1), "source": "otlp", **more}
    usd = None if cost is None else Decimal(cost)
    return e.UsageReported(at=at(), session="s1", response=response, cost_usd=usd, **given)


def total(usd: str | None, scope: str = "c1", tokens: Tokens | None = None) -> UsageTotal:
    return UsageTotal(
        at=at(), usd=None if usd is None else Decimal(usd), scope=scope, tokens=tokens
    )


def after(*told: tuple[str, UsageTotal]) -> Bill:
    bill = Bill()
    for source, fact in told:
        bill = told_total(bill, source, fact)
    return bill


# --- the sum ---------------------------------------------------------------------------------


def test_a_bill_without_responses_has_no_cost() -> None:
    assert (Bill().cost_usd, Bill().reported_usd, Bill().gap_usd) == (None, None, None)
    assert Bill().certain


def test_unpriced_is_not_nothing() -> None:
    bill = charged(Bill(), row(cost=None))
    assert (bill.cost_usd, bill.unpriced, bill.certain) == (None, 1, False)
    bill = charged(bill, row("r2", "0.25"))
    assert (bill.cost_usd, bill.unpriced, bill.certain) == (Decimal("0.25"), 1, False)
    priced = row(cost="0", replaces=Charge(Tokens(10, output=1), None))
    bill = charged(bill, priced)
    assert (bill.cost_usd, bill.unpriced, bill.certain) == (Decimal("0.25"), 0, True)


def test_what_costs_nothing_costs_0() -> None:
    assert charged(Bill(), row(cost="0")).cost_usd == 0


@pytest.mark.parametrize("how", [{"complete": False}, {"own_estimate": True}])
def test_a_cut_or_guessed_response_makes_the_sum_uncertain(how: dict[str, Any]) -> None:
    bill = charged(Bill(), row(**how))
    assert (bill.cost_usd, bill.certain) == (Decimal(1), False)
    known = Charge(Tokens(10, output=1), Decimal(1), **how)
    assert charged(bill, row(replaces=known)).certain


def test_sums_of_money_are_exact() -> None:
    bill = Bill()
    for n in range(1000):
        bill = charged(bill, row(f"r{n}", "0.1"))
    assert bill.cost_usd == 100


def test_the_date_of_the_prices_is_that_of_the_newest() -> None:
    bill = charged(Bill(), row(price_date="2026-01-01"))
    bill = charged(bill, row("r2", price_date="2026-02-01"))
    assert charged(bill, row("r3")).price_date == "2026-02-01"


@pytest.mark.parametrize("usd", ["NaN", "sNaN", "Infinity", "1E+12", "-9E+999999"])
def test_an_amount_that_is_none_counts_nothing(usd: str) -> None:
    bill = charged(Bill(), row(cost=usd, reported_usd=Decimal(usd)))
    assert (bill.priced_usd, bill.responses_usd) == (Decimal(0), Decimal(0))
    assert amount(Decimal("-1.5")) == Decimal("-1.5")


# --- the agent's own total -------------------------------------------------------------------


def test_a_total_is_no_sum() -> None:
    bill = after(("statusline", total("1")), ("statusline", total("3")), ("statusline", total("3")))
    assert bill.reported_usd == 3


def test_a_total_that_begins_anew_is_added_to_what_it_was() -> None:
    """Claude's after a kill: 0.0128, then 0.014212 from nothing on."""
    told = ("0.0064", "0.0128", "0", "0.0032", "0.014212")
    bill = after(*(("statusline", total(usd)) for usd in told))
    assert bill.reported_usd == Decimal("0.027012")


def test_every_conversation_has_a_total_of_its_own() -> None:
    bill = after(("statusline", total("2")), ("statusline", total("1", "c2")))
    assert bill.reported_usd == 3
    bill = told_total(bill, "statusline", total("2.5"))
    assert bill.reported_usd == Decimal("3.5")


def test_two_sources_tell_of_one_total() -> None:
    """One lags behind the other; neither fell, and they are not added."""
    told = (("statusline", "1"), ("events", "2"), ("statusline", "2"), ("events", "3"))
    bill = after(*((source, total(usd)) for source, usd in told))
    assert bill.reported_usd == 3


def test_a_total_may_be_of_tokens_alone() -> None:
    bill = after(
        ("transcript", total(None, tokens=Tokens(2000, 200, output=100))),
        ("transcript", total(None, tokens=Tokens(40, output=8))),
        ("transcript", total("0.5")),
    )
    (known,) = bill.totals.values()
    assert (known.before_tokens, known.tokens) == (
        Tokens(2000, 200, output=100),
        Tokens(40, output=8),
    )
    assert bill.reported_usd == Decimal("0.5")
    bill = told_total(bill, "transcript", total(None, tokens=Tokens(50, output=9)))
    assert bill.reported_usd == Decimal("0.5")


def test_a_total_is_believed_over_the_sum_of_responses() -> None:
    bill = charged(Bill(), row(reported_usd=Decimal("0.9")))
    assert (bill.reported_usd, bill.gap_usd) == (Decimal("0.9"), Decimal("-0.1"))
    bill = told_total(bill, "statusline", total("1.5"))
    assert (bill.reported_usd, bill.gap_usd) == (Decimal("1.5"), Decimal("0.5"))


def test_conversations_without_end_are_put_together() -> None:
    told = [("statusline", total("1", f"c{n}")) for n in range(MOST_SCOPES + 50)]
    bill = after(*told)
    assert len(bill.totals) == MOST_SCOPES
    assert bill.reported_usd == MOST_SCOPES + 50


# --- what sources say besides ----------------------------------------------------------------


def accounts(*facts: AnyFact, source: str = "transcript") -> tuple[Bill, dict[str, str]]:
    bill, models = accounted(Bill(), {}, report(source, facts))
    return bill, {key: use.model for key, use in models.items()}


def test_a_quota_tells_of_a_subscription() -> None:
    assert not accounts(total("1"))[0].subscription
    bill, _ = accounts(Quota(at=at(), window="five_hour", used_pct=3.5), total("1"))
    assert (bill.subscription, bill.reported_usd) == (True, Decimal(1))


def test_the_newest_choice_of_a_model_is_kept() -> None:
    assert accounts(chosen("a"), chosen("b"))[1] == {"transcript": "b"}
    assert accounts(chosen("a"), chosen("b", conversation="c"))[1] == {
        "transcript": "a",
        "transcript c": "b",
    }


def test_nothing_said_of_money_changes_nothing() -> None:
    bill, models = Bill(), {"x": with_model({}, "x", chosen("m"))["x"]}
    same = accounted(bill, models, report("hook", ()))
    assert (same[0] is bill, same[1] is models) == (True, True)


def test_the_models_kept_are_the_newest() -> None:
    models = with_model({}, "transcript", ModelChosen(at=at(), model="main"))
    for n in range(100):
        models = with_model(models, "transcript", chosen("sub", conversation=f"c{n}"))
        models = with_model(models, "transcript", chosen("main"))
    assert len(models) == MOST_MODELS
    assert "transcript" in models
    assert "transcript c99" in models
