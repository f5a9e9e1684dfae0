"""Events about money: exact amounts, and rows of a writer that knew less."""

from decimal import Decimal

from agentmux.core import events as e
from agentmux.core.usage import Charge, Tokens
from agentmux.ledger.codec import decode_event, encode_event
from tests.support.events import at

USED = e.UsageReported(
    at=at(),
    session="s1",
    response="r1",
    model="m",
    tokens=Tokens(1, 2, 3, 4, 5),
    source="otlp",
    cost_usd=Decimal("0.012792"),
    reported_usd=Decimal("1E-7"),
    replaces=Charge(Tokens(1), Decimal("0.10"), complete=False),
)


def test_money_comes_back_to_the_digit() -> None:
    again = decode_event(encode_event(USED))
    assert isinstance(again, e.UsageReported)
    assert again == USED
    assert again.replaces is not None
    assert (str(again.cost_usd), str(again.replaces.cost_usd)) == ("0.012792", "0.10")


def test_a_row_that_replaces_nothing_says_nothing_of_it() -> None:
    row = encode_event(
        e.UsageReported(at=at(), response="r", model=None, tokens=Tokens(), source="")
    )
    assert "replaces" not in row.body
    assert "cost_usd" not in row.body
