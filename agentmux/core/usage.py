"""Token counts in buckets that do not overlap, and how a vendor's overlapping ones become them.

Vendors disagree on what "input" holds: Anthropic's leaves the cache out, OpenAI's, Gemini's and
Qwen's include it. An adapter turns its record into `Tokens` once, and nothing behind it asks.
"""

from collections.abc import Iterable
from decimal import Decimal

from agentmux.core.records import Records, frozen


@frozen
class Tokens(metaclass=Records):
    """What one response, or many together, took; every token stands in exactly one bucket."""

    input: int = 0
    """Read anew: neither from a cache nor into one."""
    cache_read: int = 0
    cache_write_5m: int = 0
    """Written into a cache kept for five minutes, or one of a kind not told."""
    cache_write_1h: int = 0
    output: int = 0
    """Reasoning included."""

    def __add__(self, other: "Tokens") -> "Tokens":
        return Tokens(
            self.input + other.input,
            self.cache_read + other.cache_read,
            self.cache_write_5m + other.cache_write_5m,
            self.cache_write_1h + other.cache_write_1h,
            self.output + other.output,
        )

    @property
    def prompt(self) -> int:
        """All that was sent, however it was charged: what length tiers of a price go by."""
        return self.input + self.cache_read + self.cache_write_5m + self.cache_write_1h

    @property
    def is_empty(self) -> bool:
        """Whether nothing was counted."""
        return self == Tokens()


@frozen
class Charge(metaclass=Records):
    """What one response adds to a bill."""

    tokens: Tokens = Tokens()
    cost_usd: Decimal | None = None
    """None: unpriced."""
    reported_usd: Decimal | None = None
    """What the agent says it cost."""
    complete: bool = True
    own_estimate: bool = False


def sum_tokens(counted: Iterable[Tokens]) -> Tokens:
    """All of them together."""
    return sum(counted, Tokens())


def tokens_beside(
    sent: int, output: int, cache_read: int = 0, write_5m: int = 0, write_1h: int = 0
) -> Tokens:
    """From figures in which the input leaves the cache out (Anthropic)."""
    return Tokens(*map(_count, (sent, cache_read, write_5m, write_1h, output)))


def tokens_within(sent: int, output: int, cache_read: int = 0, cache_write: int = 0) -> Tokens:
    """From figures in which the input holds the cache as well (OpenAI, Gemini, Qwen, Copilot).

    A cache that is said to be larger than the input it is part of is cut down to it.
    """
    whole = _count(sent)
    read = min(_count(cache_read), whole)
    write = min(_count(cache_write), whole - read)
    return Tokens(whole - read - write, read, write, 0, _count(output))


def usd_text(amount: Decimal) -> str:
    """An amount as plain digits, to the last one that is not 0, at least to the cent."""
    whole, _, part = format(amount.normalize(), "f").partition(".")
    return f"{whole}.{part:0<2}"


def _count(number: int) -> int:
    return max(0, number)
