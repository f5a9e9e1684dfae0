"""What responses cost: every known trap of pricing, with an answer counted by hand.

The prices behind the answers, in dollars for a million tokens, are those of the pinned list.
"""

import subprocess
import sys
from dataclasses import replace
from datetime import UTC, datetime
from decimal import Decimal
from importlib.metadata import version
from typing import Any

import pytest
from genai_prices.data import providers
from genai_prices.data_snapshot import DataSnapshot, set_custom_snapshot
from hypothesis import given
from hypothesis import strategies as st

from agentmux.config import Price
from agentmux.core.events import UsageReported
from agentmux.core.facts import Usage
from agentmux.core.usage import Tokens, tokens_beside, tokens_within
from agentmux.mux.prices import LIST_DATE, LIST_VERSION, OWN, Prices, load_prices
from tests.agents.claude_code.recorded import CLAUDE, recorded
from tests.support.books import Books, report
from tests.support.replay import replay

NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)
LISTED = load_prices({})


def usage(model: str | None, tokens: Tokens, **more: Any) -> Usage:
    return Usage(**{"at": NOW, "response": "r1", "model": model, "tokens": tokens, **more})


def cost(model: str, tokens: Tokens, **more: Any) -> str | None:
    """The cost as plain text, so that a float among the figures would show."""
    priced = LISTED.price(usage(model, tokens, **more)).cost_usd
    assert priced is None or type(priced) is Decimal
    return None if priced is None else format(priced.normalize(), "f")


# --- buckets ---------------------------------------------------------------------------------


def test_the_real_program_comes_to_the_same_total() -> None:
    """Claude Code's own figure for these four requests, a title among them: $0.012792."""
    requests = (
        tokens_beside(100, 50, write_5m=1000),
        tokens_beside(101, 51, cache_read=2000, write_5m=200),
        tokens_beside(102, 52, cache_read=4000, write_5m=200),
        tokens_beside(40, 8),
    )
    costs = [LISTED.price(usage("claude-opus-5-5", each)).cost_usd for each in requests]
    assert sum(filter(None, costs)) == Decimal("0.012792")


@pytest.mark.parametrize(
    ("tokens", "wanted"),
    [
        # 100 at 4, 50 at 20
        (tokens_beside(100, 50), "0.0014"),
        # and 1,000 at 5: five minutes cost a quarter more than input
        (tokens_beside(100, 50, write_5m=1000), "0.0064"),
        # and 1,000 at 8: an hour costs twice the input
        (tokens_beside(100, 50, write_1h=1000), "0.0094"),
        (tokens_beside(0, 0, cache_read=1_000_000), "0.2"),
        (Tokens(), "0"),
    ],
    ids=["plain", "five minutes", "an hour", "read", "nothing"],
)
def test_each_bucket_has_its_price(tokens: Tokens, wanted: str) -> None:
    assert cost("claude-opus-5-5", tokens) == wanted


@pytest.mark.parametrize(
    ("model", "wanted"),
    [("claude-opus-4-5", "0.5"), ("claude-opus-5-5", "0.2"), ("claude-fable-5-2", "0.2")],
)
def test_a_cache_read_is_not_always_a_tenth(model: str, wanted: str) -> None:
    """A tenth of 5, a twentieth of 4, a fortieth of 8."""
    assert cost(model, Tokens(cache_read=1_000_000)) == wanted


def test_input_that_includes_the_cache_is_not_paid_twice() -> None:
    # Of 2,100 sent 2,000 came from the cache: 100 at 2, 2,000 at 0.20, 50 at 10.
    assert cost("gpt-6-sol", tokens_within(2100, 50, cache_read=2000)) == "0.0011"
    # The same words of a vendor that leaves the cache out: 2,100 at 4, 2,000 at 0.20, 50 at 20.
    assert cost("claude-opus-5-5", tokens_beside(2100, 50, cache_read=2000)) == "0.0098"


def test_a_cache_without_a_price_costs_what_input_does() -> None:
    # 1,000 and 100 written at 2, 2,000 read at 0.20, 10 at 12.
    tokens = tokens_beside(1000, 10, cache_read=2000, write_5m=100)
    assert cost("gemini-3.1-pro-preview", tokens) == "0.00272"


@pytest.mark.parametrize(
    ("run", "cost_usd", "certain", "reported_usd"),
    [
        # Nine whole responses come to 0.046872; of one that was cut off 1,100 tokens were sent
        # and one came back, at least: 0.00542.
        ("", "0.052292", False, "0.052352"),
        ("interrupt-and-question", "0.024848", True, "0.024848"),
        # Without telemetry the title, 0.00032, is told of by nobody but the program's own total.
        ("api-errors", "0.0064", True, "0.00672"),
        # The program's total began anew after /clear: 0.0128 and 0.014212.
        ("clear-compact-model-switch", "0.021364", True, "0.027012"),
        # Complete 0.062816; a cut one 0.00542 more; the title, 0.00032, is missing.
        ("subagent-and-background", "0.067916", False, "0.074016"),
        ("usage-limit-subscription", "0.0032", True, "0.0032"),
    ],
)
def test_recorded_runs_of_a_real_agent(
    run: str, cost_usd: str, certain: bool, reported_usd: str
) -> None:
    """Every line that Claude Code wrote and posted, against what the API had counted."""
    played = replay(CLAUDE, recorded(run))
    books = Books(price=priced)
    books.open(seconds=-1e7)
    for source, fact in played.facts:
        books.page(report(source, [fact]), now=datetime(2030, 1, 1, tzinfo=UTC))
    bill = books.bill()
    assert (bill.cost_usd, bill.certain) == (Decimal(cost_usd), certain)
    assert bill.reported_usd is not None
    assert round(bill.reported_usd, 12) == Decimal(reported_usd)


def priced(row: UsageReported) -> UsageReported:
    cost_usd, price_date = LISTED.price(row)
    return replace(row, cost_usd=cost_usd, price_date=price_date)


# --- tiers -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("tokens", "wanted"),
    [
        # 100,000 in all: 1,000 at 0.10, 99,000 at 0.01, 10 at 0.50
        (Tokens(1_000, 99_000, 0, 0, 10), "0.001095"),
        # one more, from the cache, and everything costs five times as much
        (Tokens(1_000, 99_001, 0, 0, 10), "0.00547505"),
        (Tokens(1_000, 0, 50_000, 49_001, 10), "0.080776"),
    ],
    ids=["at the limit", "one above", "written"],
)
def test_the_length_of_a_prompt_includes_its_cache(tokens: Tokens, wanted: str) -> None:
    assert cost("claude-haiku-5-5", tokens) == wanted


def test_output_makes_no_prompt_longer() -> None:
    assert cost("claude-haiku-5-5", Tokens(100_000, output=100_000)) == "0.06"


@pytest.mark.parametrize(
    ("model", "more", "wanted"),
    [
        ("gpt-6-sol", {}, "0.3"),
        ("gpt-6-sol", {"tier": "default"}, "0.3"),
        ("gpt-6-sol", {"tier": "priority"}, "0.6"),
        ("gpt-6-sol", {"fast": True}, "0.6"),
        ("gpt-6-sol", {"tier": "priority", "fast": True}, "0.6"),
        ("gpt-6-sol", {"tier": "flex"}, "0.15"),
        ("gpt-6-sol", {"tier": "flex", "fast": True}, "0.15"),
        ("gpt-6-sol", {"tier": "batch"}, "0.15"),
        ("claude-opus-5-5", {"tier": "standard"}, "0.6"),
        ("claude-opus-5-5", {"fast": True}, "1.2"),
        ("claude-opus-5-5", {"tier": "batch"}, "0.3"),
    ],
)
def test_the_service_tier_and_the_speed_have_prices(
    model: str, more: dict[str, Any], wanted: str
) -> None:
    """Of 100,000 sent and 10,000 received."""
    assert cost(model, Tokens(100_000, output=10_000), **more) == wanted


@pytest.mark.parametrize(
    ("model", "more"),
    [
        ("claude-sonnet-5-5", {"fast": True}),
        ("claude-opus-5-5", {"tier": "priority"}),
        ("gpt-6-sol", {"tier": "moonlight"}),
        ("claude-opus-5-5", {"tier": "batch", "at": datetime(2026, 10, 13, tzinfo=UTC)}),
    ],
)
def test_a_tier_without_a_price_is_not_taken_for_the_standard_one(
    model: str, more: dict[str, Any]
) -> None:
    assert cost(model, Tokens(100), **more) is None


# --- which price -----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("day", "wanted"), [("2026-10-19", "0.68"), ("2026-10-20", "1.36"), ("2026-10-29", "0.7")]
)
def test_a_price_is_that_of_its_day(day: str, wanted: str) -> None:
    at = datetime.fromisoformat(f"{day}T12:00:00+00:00")
    assert cost("mistral-large-4-0", Tokens(1_000_000), at=at) == wanted


@pytest.mark.parametrize(
    ("model", "provider"),
    [
        ("claude-opus-5-5", None),
        ("claude-opus-5-5", "anthropic"),
        ("Claude-Opus-5-5", "Anthropic"),
        ("claude-opus-5-5[1m]", None),
        ("claude-opus-5-5-20261020", None),
        ("anthropic/claude-opus-5-5", None),
        ("claude-opus-5-5", "some-gateway"),
        ("some-gateway/claude-opus-5-5", "openai"),
    ],
)
def test_a_model_is_known_by_many_names(model: str, provider: str | None) -> None:
    assert cost(model, Tokens(100, output=50), provider=provider) == "0.0014"


def test_a_provider_with_prices_of_its_own_has_them() -> None:
    # Bedrock's regions cost a tenth more than Anthropic.
    wanted = "0.00154"
    tokens = Tokens(100, output=50)
    assert cost("us.anthropic.claude-opus-5-5-v1:0", tokens) == wanted
    assert cost("claude-opus-5-5", tokens, provider="amazon-bedrock") == wanted


@pytest.mark.parametrize("model", ["my-local-model", "qwen3-coder-plus", "gpt-99", "", " ", "/"])
def test_a_model_without_a_price_costs_nothing_known(model: str) -> None:
    assert LISTED.price(usage(model, Tokens(100_000, output=10_000))) == (None, LIST_DATE)


def test_a_response_of_no_known_model_is_unpriced() -> None:
    assert LISTED.price(usage(None, Tokens(100))) == (None, LIST_DATE)


def test_output_without_a_price_is_not_given_away() -> None:
    million, model = Tokens(1_000_000), "text-embedding-3-small"
    assert cost(model, million, provider="openai") == "0.02"
    assert cost(model, million + Tokens(output=1), provider="openai") is None
    assert cost("whisper-1", million) is None


# --- the person's own ------------------------------------------------------------------------


def own(**prices: Price) -> Prices:
    return load_prices({name.replace("_", "-"): price for name, price in prices.items()})


TOKENS = Tokens(1_000_000, 1_000_000, 1_000_000, 1_000_000, 1_000_000)


def test_own_prices_make_an_unknown_model_known() -> None:
    price = Price(Decimal(1), Decimal("0.5"), Decimal(2), Decimal(3), Decimal(10))
    priced = own(my_model=price).price(usage("My-Model", TOKENS))
    assert priced == (Decimal("16.5"), OWN)


def test_own_prices_replace_what_they_name_and_nothing_else() -> None:
    prices = own(claude_opus_5_5=Price(output_usd=Decimal(1)))
    assert prices.price(usage("claude-opus-5-5", TOKENS)) == (Decimal("18.2"), OWN)
    assert prices.price(usage("claude-sonnet-5-5", TOKENS)).price_date == LIST_DATE


def test_own_prices_of_an_unknown_model_take_a_cache_for_input() -> None:
    prices = own(x=Price(input_usd=Decimal(1), output_usd=Decimal(2)))
    assert prices.price(usage("x", TOKENS)).cost_usd == 6
    hour = own(x=Price(input_usd=Decimal(1), cache_write_1h_usd=Decimal(3), output_usd=Decimal(2)))
    assert hour.price(usage("x", TOKENS)).cost_usd == 8


@pytest.mark.parametrize(
    "price",
    [Price(output_usd=Decimal(1)), Price(cache_read_usd=Decimal(1)), Price(input_usd=Decimal(1))],
)
def test_half_a_price_is_none(price: Price) -> None:
    assert own(x=price).price(usage("x", TOKENS)).cost_usd is None


def test_a_model_may_be_said_to_cost_nothing() -> None:
    free = Price(input_usd=Decimal(0), output_usd=Decimal(0))
    assert own(x=free).price(usage("x", TOKENS)) == (Decimal(0), OWN)


def test_own_prices_hold_for_every_tier() -> None:
    price = Price(input_usd=Decimal(1), output_usd=Decimal(1))
    prices = own(claude_sonnet_5_5=price)
    fast = usage("claude-sonnet-5-5", Tokens(1_000_000), fast=True)
    assert prices.price(fast).cost_usd == 1


def test_the_nearest_pattern_counts() -> None:
    names = {"*": 1, "gpt-*": 2, "gpt-9*": 3, "gpt-9[1m]": 4, "GPT-8": 5}
    both = {n: Price(input_usd=Decimal(p), output_usd=Decimal(p)) for n, p in names.items()}
    prices = load_prices(both)
    models = ("llama", "gpt-1", "gpt-9-x", "gpt-9[1m]", "gpt-8")
    found = [prices.price(usage(model, Tokens(1_000_000))).cost_usd for model in models]
    assert found == [1, 2, 3, 4, 5]


# --- the list --------------------------------------------------------------------------------


def test_the_date_is_that_of_the_installed_list() -> None:
    assert version("genai-prices") == LIST_VERSION, "look up its date and change both"


def test_no_other_list_takes_the_place_of_the_bundled_one() -> None:
    set_custom_snapshot(DataSnapshot(providers=[], from_auto_update=True))
    try:
        priced = load_prices({}).price(usage("claude-opus-5-5", Tokens(100)))
        assert priced.cost_usd == Decimal("0.0004")
    finally:
        set_custom_snapshot(None)


def test_every_model_of_the_list_can_be_asked_for() -> None:
    found = 0
    for provider in providers:
        for model in provider.models:
            told = usage(model.id, Tokens(1000, 900, 800, 700, 600), provider=provider.id)
            priced = LISTED.price(told).cost_usd
            found += priced is not None
            assert priced is None or priced >= 0
    assert found > 1500


NAMES = st.text(max_size=30) | st.sampled_from(["gpt-5.5", "claude-opus-5-5", "models/gemini"])
COUNTS = st.integers(0, 10**15)


@given(
    NAMES,
    st.none() | NAMES,
    st.builds(Tokens, COUNTS, COUNTS, COUNTS, COUNTS, COUNTS),
    st.none() | st.sampled_from(["priority", "flex", ""]) | st.text(max_size=8),
    st.booleans(),
)
def test_any_names_and_counts_have_a_cost_or_none(
    model: str, provider: str | None, tokens: Tokens, tier: str | None, fast: bool
) -> None:
    priced = LISTED.price(usage(model, tokens, provider=provider, tier=tier, fast=fast))
    assert priced.cost_usd is None or priced.cost_usd >= 0


def test_the_list_is_loaded_by_nobody_who_does_not_price() -> None:
    program = "import sys, agentmux.mux.prices; print('genai_prices' in sys.modules)"
    ran = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True
    )
    assert ran.stdout == "False\n"
