"""Money as JSON and in words: a session's bill, and how each limit of the budget stands.

Amounts are decimal strings, and null while nothing is priced: what is unpriced is never 0.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from agentmux.core.bill import Bill
from agentmux.core.events import Json
from agentmux.core.fleet import Fleet
from agentmux.core.text import clean
from agentmux.core.usage import usd_text

if TYPE_CHECKING:  # `ls` needs none of it, and starts with every import it is spared
    from agentmux.core.budget import Window

BILL_FIELDS = {
    "tokens": "`input` (without the cache), `cache_read`, `cache_write_5m`, `cache_write_1h`, "
    "`output`, and `responses`: how many they are of",
    "cost_usd": "at list price, or at your own prices; null when unpriced",
    "certain": "whether the cost is all of it and exact: not when a response is unpriced, was cut "
    "off, or is only guessed by the agent",
    "unpriced_responses": "responses without a price",
    "cost_basis": "`list_price`, or `list_price_equivalent` where a subscription pays",
    "price_date": "date of the price list, or `own`",
    "reported_usd": "what the agent itself says it cost",
}
"""Keys of a session's money → what they mean; none before there is a first response."""


def bill_row(bill: Bill) -> dict[str, Json]:
    """What a session took and cost, as in `ls --json`; empty before the first response."""
    row: dict[str, Json] = {}
    if bill.responses:
        basis = "list_price_equivalent" if bill.subscription else "list_price"
        row = {
            "tokens": {
                "input": bill.tokens.input,
                "cache_read": bill.tokens.cache_read,
                "cache_write_5m": bill.tokens.cache_write_5m,
                "cache_write_1h": bill.tokens.cache_write_1h,
                "output": bill.tokens.output,
                "responses": bill.responses,
            },
            "cost_usd": None if bill.cost_usd is None else usd_text(bill.cost_usd),
            "certain": bill.certain,
            "unpriced_responses": bill.unpriced,
            "cost_basis": basis,
        }
        if bill.price_date is not None:
            row["price_date"] = bill.price_date
    if bill.reported_usd is not None:
        row["reported_usd"] = usd_text(bill.reported_usd)
    return row


def window_row(window: Window) -> dict[str, Json]:
    """One limit as in `budget --json`."""
    limit = window.limit_usd
    return {
        "window": window.name,
        "period": window.period,
        "profile": window.profile,
        "session": window.session,
        "spent_usd": usd_text(window.spent_usd),
        "certain": window.certain,
        "reserved_usd": usd_text(window.reserved_usd),
        "limit_usd": None if limit is None else usd_text(limit),
        "level": window.level,
    }


def window_lines(found: Sequence[Window], fleet: Fleet) -> list[str]:
    """The same for people, one line each."""
    return [f"{_subject(window, fleet)}: {window.words}{_mark(window)}" for window in found]


def _subject(window: Window, fleet: Fleet) -> str:
    if window.session is None:
        return window.period
    return f"{window.session} {clean(fleet.sessions[window.session].name, one_line=True)}"


def _mark(window: Window) -> str:
    if window.level == "over":
        return " (over: nothing new begins)"
    return " (more than 80 %)" if window.level == "warning" else ""
