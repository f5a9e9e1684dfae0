"""Events about money: what responses took, what is set aside, which limit is near."""

from decimal import Decimal

from agentmux.core.recorded import Recorded
from agentmux.core.records import record
from agentmux.core.usage import Charge, Tokens


@record
class UsageReported(Recorded):
    """What one response took, and what that costs by the price list of `price_date`.

    Said again under the same `response` when another source knew more; the newest row counts.
    """

    response: str
    model: str | None
    tokens: Tokens
    source: str
    provider: str | None = None
    turn: int | None = None
    side: str | None = None
    agent: str | None = None
    tier: str | None = None
    fast: bool = False
    complete: bool = True
    own_estimate: bool = False
    reported_usd: Decimal | None = None
    cost_usd: Decimal | None = None
    """None: there is no price for it."""
    price_date: str | None = None
    """`own` in place of a date: by the person's own prices."""
    replaces: Charge | None = None
    """What the row before it of this session and response said, so that sums need not keep every
    response; None: it is the first."""


@record
class BudgetReserved(Recorded):
    """So much is set aside for the task of `session` before it starts; the newest amount counts.

    It is let go when the session's turn ends, when it exits or is removed, and by an amount of 0.
    The session may be a queued one, which is not opened yet.
    """

    usd: Decimal
    profile: str | None = None
    why: str = ""
    """What the amount was taken from."""


@record
class BudgetCrossed(Recorded):
    """What was spent in a window reached a level; or left it, because the limit was changed."""

    window: str
    """`day` or `session`."""
    period: str
    """The day by the person's clock, `2026-11-23`; of a session, its id."""
    level: str
    """`warning` (80 %), `over` (100 %) or `ok`."""
    spent_usd: Decimal
    limit_usd: Decimal | None
    profile: str | None = None
    """Whose limit it is; None: everyone's."""
    certain: bool = True
