"""What a response costs by list price, with the person's own prices on top; None if none is known.

The list is genai-prices' bundled data: nothing is fetched, and a row names the date of the list it
was priced by. A price that would have to be guessed is none, never 0: of a model, a service tier
or a fast mode that the list does not have. The import takes half a second, so `load_prices`
belongs in a thread, once, and in nothing that only shows.
"""

import re
from collections.abc import Iterator, Mapping
from datetime import datetime
from decimal import Decimal
from fnmatch import fnmatchcase
from typing import TYPE_CHECKING, NamedTuple

from agentmux.config import Price
from agentmux.core.events import UsageReported
from agentmux.core.facts import Usage
from agentmux.core.usage import Tokens

if TYPE_CHECKING:
    from genai_prices.data_snapshot import DataSnapshot
    from genai_prices.types import ModelInfo, ModelPrice

LIST_VERSION = "0.2.3"
LIST_DATE = "2026-11-10"
"""When that version of the list was published; a test holds it against what is installed."""
OWN = "own"
"""In place of a date: by the person's own prices."""
STANDARD = frozenset({"", "standard", "default", "auto", "on_demand"})
"""Words for the service tier that costs what is listed."""
_SIZE = re.compile(r"\[[^\[\]]*\]$")
"""Mark of the context's size behind a model's name, `claude-opus-5-5[1m]`."""
_KEYS = {
    "input_usd": "input_mtok",
    "cache_read_usd": "cache_read_mtok",
    "cache_write_5m_usd": "cache_write_mtok",
    "cache_write_1h_usd": "cache_write_1h_mtok",
    "output_usd": "output_mtok",
}
"""Our setting → the list's name for the same price."""


class Priced(NamedTuple):
    """What a response costs, and by which list."""

    cost_usd: Decimal | None
    """None: unpriced."""
    price_date: str
    """Date of the list, also when the model is not in it; `own` by the person's prices."""


class Prices:
    """The list and the person's own prices, ready to look up in any thread."""

    def __init__(self, listed: "DataSnapshot", own: Mapping[str, Price]) -> None:
        self._list = listed
        self._own = {pattern.lower(): price for pattern, price in own.items()}

    def price(self, used: Usage | UsageReported) -> Priced:
        """The cost of one response at the time it was given, with its tier and speed."""
        if used.model is None:
            return Priced(None, LIST_DATE)
        found = self._listed(used.provider, used.model)
        prices = None if found is None else _prices_at(found, used.at, _context(used))
        own = self._own_price(used.model)
        if own is None:
            return Priced(None if prices is None else _cost(prices, used.tokens), LIST_DATE)
        return Priced(_cost(_with_own(prices, own), used.tokens), OWN)

    def _listed(self, provider: str | None, model: str) -> "ModelInfo | None":
        for named, name in _references(provider, model):
            try:
                return self._list.find_provider_model(name, None, named, None)[1]
            except LookupError:
                continue
        return None

    def _own_price(self, model: str) -> Price | None:
        """By the exact name, else by the longest pattern that fits."""
        name = model.strip().lower()
        if name in self._own:
            return self._own[name]
        fitting = [pattern for pattern in self._own if fnmatchcase(name, pattern)]
        return self._own[max(fitting, key=len)] if fitting else None


def load_prices(own: Mapping[str, Price]) -> Prices:
    """Load the list, which takes half a second the first time; `own` is `Config.prices`."""
    from genai_prices.data import providers
    from genai_prices.data_snapshot import DataSnapshot

    # A snapshot of our own: the package's could be replaced by its updater, which fetches.
    return Prices(DataSnapshot(providers=providers, from_auto_update=False), own)


def _references(provider: str | None, model: str) -> Iterator[tuple[str | None, str]]:
    """Provider and model as the list may know them, the most exact first.

    A provider that the list does not know is a gateway: what the model costs where it comes from
    is the nearest list price there is.
    """
    name = _SIZE.sub("", model.strip().lower())
    head, slash, rest = name.partition("/")
    if provider:
        yield provider, name
    if slash:
        yield head, rest
    if "anthropic." in name:  # Bedrock's way of naming them
        yield "aws", name
    yield None, name
    if slash:
        yield None, name.rpartition("/")[2]


def _context(used: Usage | UsageReported) -> dict[str, str]:
    """What of the request bears on its price, in the list's words; empty for a plain one."""
    tier = (used.tier or "").strip().lower()
    context = {} if tier in STANDARD else {"service_tier": tier, "processing": tier}
    if used.fast:
        context = {"speed": "fast", "service_tier": "fast", **context}
    return context


def _prices_at(model: "ModelInfo", at: datetime, context: Mapping[str, str]) -> "ModelPrice | None":
    """The model's prices at that time; None when it has none of its own for such a request.

    The list itself would answer with the standard price: half of what a fast request costs.
    """
    fitting = (
        all(context.get(key) == value for key, value in variant.when.items())
        and (variant.constraint is None or variant.constraint.active(at))
        for variant in model.price_variants or ()
    )
    return model.get_prices(at, context) if not context or any(fitting) else None


def _with_own(prices: "ModelPrice | None", own: Price) -> "ModelPrice":
    from genai_prices.types import ModelPrice

    changed = dict(prices.__dict__) if prices is not None else {}
    for ours, theirs in _KEYS.items():
        if (value := getattr(own, ours)) is not None:
            changed[theirs] = value
    if changed.get("cache_write_1h_mtok") is not None and "cache_write_mtok" not in changed:
        changed["cache_write_mtok"] = changed.get("input_mtok")  # the list wants the wider one too
    return ModelPrice(**changed)


def _cost(prices: "ModelPrice", tokens: Tokens) -> Decimal | None:
    """None where a price is missing; a cache without one costs what other input does."""
    from genai_prices.types import Usage as Counted

    if prices.input_mtok is None or (tokens.output and prices.output_mtok is None):
        return None
    counted = Counted(
        input_tokens=tokens.prompt,  # the list wants the whole prompt: its length tiers go by it
        cache_read_tokens=tokens.cache_read,
        cache_write_tokens=tokens.cache_write_5m + tokens.cache_write_1h,
        cache_write_5m_tokens=tokens.cache_write_5m,
        cache_write_1h_tokens=tokens.cache_write_1h,
        output_tokens=tokens.output,
    )
    return prices.calc_price(counted)["total_price"]
