"""Money as other programs and people read it."""

from decimal import Decimal

from agentmux.core.bill import Bill
from agentmux.core.budget import Window
from agentmux.core.facts import Quota, UsageTotal
from agentmux.core.usage import Tokens
from agentmux.report.money import BILL_FIELDS, bill_row, window_lines, window_row
from agentmux.report.sessions import session_row
from tests.support.books import Books, usage
from tests.support.events import at


def test_a_bill_without_responses_has_no_keys() -> None:
    assert bill_row(Bill()) == {}


def test_a_bill_as_json() -> None:
    books = Books()
    books.open()
    books.say("otlp", usage("r1", Tokens(1, 2, 3, 4, 5)))
    assert bill_row(books.bill()) == {
        "tokens": {
            "input": 1,
            "cache_read": 2,
            "cache_write_5m": 3,
            "cache_write_1h": 4,
            "output": 5,
            "responses": 1,
        },
        "cost_usd": "15.00",
        "certain": True,
        "unpriced_responses": 0,
        "cost_basis": "list_price",
        "price_date": "2026-03-01",
    }
    quota = Quota(at=at(), window="five_hour", used_pct=1)
    own = UsageTotal(at=at(), usd=Decimal("0.0128"))
    books.say("statusline", quota, own)
    row = session_row(books.session())
    assert (row["cost_basis"], row["reported_usd"]) == ("list_price_equivalent", "0.0128")
    assert set(bill_row(books.bill())) == set(BILL_FIELDS)


def test_unpriced_is_null_and_not_certain() -> None:
    books = Books()
    books.open()
    books.say("otlp", usage("r1", Tokens(1), model="free"))
    row = bill_row(books.bill())
    assert (row["cost_usd"], row["certain"], row["unpriced_responses"]) == (None, False, 1)
    assert "price_date" not in row


def window(spent: str, limit: str | None, session: str | None = None) -> Window:
    cap = None if limit is None else Decimal(limit)
    name, period = ("session", session) if session else ("day", "2026-03-01")
    return Window(name, period, Decimal(spent), Decimal(1), cap, session=session)


def test_a_limit_as_json() -> None:
    assert window_row(window("4", "5")) == {
        "window": "day",
        "period": "2026-03-01",
        "profile": None,
        "session": None,
        "spent_usd": "4.00",
        "certain": True,
        "reserved_usd": "1.00",
        "limit_usd": "5.00",
        "level": "warning",
    }
    assert window_row(window("4", None))["limit_usd"] is None


def test_limits_in_words() -> None:
    books = Books()
    books.open(name="csv\x1b[31m")
    found = [window("4", "5"), window("1", None), window("2", "2", "s1")]
    assert window_lines(found, books.fleet) == [
        "2026-03-01: $4.00 spent and $1.00 set aside of $5.00 today (more than 80 %)",
        "2026-03-01: $1.00 spent and $1.00 set aside today",
        "s1 csv\\x1b[31m: $2.00 spent and $1.00 set aside of $2.00 (over: nothing new begins)",
    ]
