"""What a session used and what that costs, in sums.

A response may be told of any number of times; each row of it brings along what it replaces, so
that no process keeps a map of every response. The agent's own total stands beside ours, whatever
it says.
"""

from collections.abc import Mapping
from dataclasses import field
from decimal import Decimal

from agentmux.core import events as e
from agentmux.core import facts as f
from agentmux.core.records import Records, frozen, replace
from agentmux.core.usage import Charge, Tokens

MOST_MODELS = 16
"""Sources and conversations whose model is kept."""
MOST_SCOPES = 64
"""Conversations whose own total is kept apart."""
MOST_USD = Decimal(10) ** 12
"""No amount of money reaches it; one that does is damage."""
NOTHING = Decimal(0)


@frozen
class ModelUse(metaclass=Records):
    """Which model one source says is used, and how."""

    model: str
    tier: str | None = None
    fast: bool = False


@frozen
class OwnTotal(metaclass=Records):
    """The agent's running total of one conversation, by one source; it may begin anew."""

    usd: Decimal | None = None
    tokens: Tokens | None = None
    before_usd: Decimal = NOTHING
    """What it had come to whenever it fell back."""
    before_tokens: Tokens = field(default_factory=Tokens)


@frozen
class Bill(metaclass=Records):
    """Sums over all responses of a session."""

    tokens: Tokens = field(default_factory=Tokens)
    responses: int = 0
    unpriced: int = 0
    """Responses without a price."""
    incomplete: int = 0
    """Responses that were cut off: they took at least what is counted."""
    estimated: int = 0
    """Responses of which the agent only guessed the figures."""
    priced_usd: Decimal = NOTHING
    """Cost of the priced ones."""
    responses_usd: Decimal | None = None
    """Sum of what the agent says of single responses; None: it says nothing of them."""
    totals: Mapping[str, OwnTotal] = field(default_factory=dict)
    """Source and conversation → the agent's own total."""
    price_date: str | None = None
    """Price list of the newest row."""
    subscription: bool = False
    """Whether a quota is used up instead of money paid: the cost is the list-price equivalent."""

    @property
    def cost_usd(self) -> Decimal | None:
        """Cost by list price; None while nothing is priced."""
        return self.priced_usd if self.responses > self.unpriced else None

    @property
    def certain(self) -> bool:
        """Whether the cost is all of it and exact."""
        return not (self.unpriced or self.incomplete or self.estimated)

    @property
    def reported_usd(self) -> Decimal | None:
        """What the agent itself says all of it cost; None when it says nothing."""
        best: dict[str, Decimal] = {}
        for key, total in self.totals.items():
            if total.usd is not None:
                scope = key.partition(" ")[2]
                best[scope] = max(best.get(scope, NOTHING), total.before_usd + total.usd)
        return sum(best.values(), NOTHING) if best else self.responses_usd

    @property
    def gap_usd(self) -> Decimal | None:
        """How much more the agent says than the list prices come to."""
        if self.cost_usd is None or self.reported_usd is None:
            return None
        return self.reported_usd - self.cost_usd


def charged(bill: Bill, row: e.UsageReported) -> Bill:
    """The bill with the response of `row` in it, in place of what was said of it before."""
    if row.replaces is not None:
        bill = _summed(bill, row.replaces, -1)
    return replace(_summed(bill, charge_of(row), 1), price_date=row.price_date or bill.price_date)


def charge_of(row: e.UsageReported) -> Charge:
    """What a row adds to a bill."""
    return Charge(row.tokens, row.cost_usd, row.reported_usd, row.complete, row.own_estimate)


def amount(usd: Decimal | None) -> Decimal:
    """An amount that can be summed; what is none counts nothing."""
    return usd if usd is not None and usd.is_finite() and abs(usd) < MOST_USD else NOTHING


def _summed(bill: Bill, charge: Charge, sign: int) -> Bill:
    told = bill.responses_usd
    if charge.reported_usd is not None:
        told = (told or NOTHING) + sign * amount(charge.reported_usd)
    return replace(
        bill,
        tokens=bill.tokens + _times(charge.tokens, sign),
        responses=bill.responses + sign,
        unpriced=bill.unpriced + (sign if charge.cost_usd is None else 0),
        incomplete=bill.incomplete + (0 if charge.complete else sign),
        estimated=bill.estimated + (sign if charge.own_estimate else 0),
        priced_usd=bill.priced_usd + sign * amount(charge.cost_usd),
        responses_usd=told,
    )


def _times(tokens: Tokens, sign: int) -> Tokens:
    return Tokens(
        sign * tokens.input,
        sign * tokens.cache_read,
        sign * tokens.cache_write_5m,
        sign * tokens.cache_write_1h,
        sign * tokens.output,
    )


def told_total(bill: Bill, source: str, fact: f.UsageTotal) -> Bill:
    """The bill after the agent's own total was told: one that falls back begins anew."""
    key = f"{source} {fact.scope}"
    known = bill.totals.get(key, OwnTotal())
    usd, tokens = amount(fact.usd) if fact.usd is not None else None, fact.tokens
    if usd is not None and known.usd is not None and usd < known.usd:
        known = replace(known, before_usd=known.before_usd + known.usd)
    if tokens is not None and known.tokens is not None and _fell(tokens, known.tokens):
        known = replace(known, before_tokens=known.before_tokens + known.tokens)
    usd = known.usd if usd is None else usd
    tokens = known.tokens if tokens is None else tokens
    totals = {**bill.totals, key: replace(known, usd=usd, tokens=tokens)}
    return replace(bill, totals=_newest(totals, MOST_SCOPES))


def _fell(now: Tokens, before: Tokens) -> bool:
    return now.prompt < before.prompt or now.output < before.output


def _newest(entries: dict[str, OwnTotal], most: int) -> dict[str, OwnTotal]:
    """About `most` of them: the oldest are put together under their source."""
    scoped = [key for key in entries if not key.endswith(" ")]
    for oldest in scoped[: max(0, len(entries) - most)]:
        gone = entries.pop(oldest)
        rest = f"{oldest.partition(' ')[0]} "
        kept = entries.get(rest, OwnTotal(NOTHING, Tokens()))
        entries[rest] = replace(
            kept,
            before_usd=kept.before_usd + gone.before_usd + (gone.usd or NOTHING),
            before_tokens=kept.before_tokens + gone.before_tokens + (gone.tokens or Tokens()),
        )
    return entries


def accounted(
    bill: Bill, models: Mapping[str, ModelUse], row: e.Reported
) -> tuple[Bill, Mapping[str, ModelUse]]:
    """Bill and models after what one source said: all but the responses, which have rows."""
    for fact in row.facts:
        match fact:
            case f.ModelChosen():
                models = with_model(models, row.source, fact)
            case f.UsageTotal():
                bill = told_total(bill, row.source, fact)
            case f.Quota() if not bill.subscription:
                bill = replace(bill, subscription=True)
    return bill, models


def with_model(
    models: Mapping[str, ModelUse], source: str, fact: f.ModelChosen
) -> Mapping[str, ModelUse]:
    """What each source says is used, after one more choice."""
    key = place(source, fact.conversation)
    others = {known: use for known, use in models.items() if known != key}
    kept = list(others.items())[-(MOST_MODELS - 1) :]
    return {**dict(kept), key: ModelUse(fact.model, fact.tier, fact.fast)}


def place(source: str, conversation: str | None) -> str:
    """Whose model it is, among the models of a session."""
    return f"{source} {conversation}" if conversation else source
