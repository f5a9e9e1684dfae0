"""What a report says: one table of figures with what each means, and a tally turned into them.

The keys are those of `report --json`; a row is nested, as programs like it, and flat where people
read it. A figure that cannot be given is null, never 0.
"""

from dataclasses import dataclass

from agentmux.core.events import Json
from agentmux.core.tally import FEWEST, Tally, dollars, percentile, seconds

REASONS = ("slot", "budget", "limit", "dependency", "held", "start")
KINDS = ("permission", "question", "plan", "setup", "login")
CAUSES = ("you", "api_error", "limit", "crash", "cap")
BUCKETS = ("input", "cache_read", "cache_write_5m", "cache_write_1h", "output")

DEFINITIONS: dict[str, str] = {
    "sessions": "Sessions of which anything in this row was counted; one that spans two rows is"
    " in both.",
    "turns": "Turns that ended here, from prompt until stop: done by the agent's own completion,"
    " interrupted by the person, or failed.",
    "queue_wait": "Enqueued until launched, for launches here, by reason; a session that did not"
    " queue has waited 0 s.",
    "start": "Launched until ready to work; what a start-up page waited for you is attention wait.",
    "attention_wait": "Ask shown until answered, for asks that ended here, by kind; `open`"
    " asks wait still. Where the record tells that the person was away (no key for five minutes,"
    " or no screen), `here_s` and `away_s` split it; without them that is not known.",
    "interruption": "Turns that ended by anything but the agent's own completion, divided by"
    " turns ended, and how many by each cause.",
    "failure_rate": "Failed turns divided by turns ended.",
    "ask_rate": "Asks shown, per hour in which an agent was working.",
    "wall": "Time of living sessions: working, waiting for you, idle (`unread` of it done and"
    " not looked at), limited, starting, or unknown; beside it, queued.",
    "tokens": "Tokens of responses first told of here, in buckets that do not overlap: input"
    " leaves out the cache, output includes reasoning. Each response counts once, as its newest"
    " row says.",
    "cost_usd": "What those responses cost at list price on the price date, subscriptions too;"
    " null when none of them has a price, at least this much when some have none.",
    "certain": "False when a response was cut off, only estimated, or has no price.",
    "unpriced_responses": "Responses for whose model there is no price.",
    "reported_usd": "What the agents themselves say the responses cost; null when none says.",
    "price_date": "The newest price list used.",
    "percentiles": f"By nearest rank over all waits; null below {FEWEST} of them.",
    "days": "A day is a UTC day. A wait counts on the day it ends, wall time on the day it"
    " passes. While the machine sleeps nobody waits.",
}
"""Figure → what it means, in a sentence."""


@dataclass(frozen=True)
class Figures:
    """Everything a report says of one group."""

    tally: Tally
    sessions: int

    def row(self) -> dict[str, Json]:
        """As in `report --json`."""
        tally = self.tally
        ended = self.turns
        failed = tally.get("turns.failed")
        return {
            "sessions": self.sessions,
            "turns": {
                "n": ended,
                "done": tally.get("turns.done"),
                "interrupted": tally.get("turns.interrupted"),
                "failed": failed,
                "uncertain": tally.get("turns.uncertain"),
            },
            "queue_wait": {
                **_wait(tally, "queue"),
                "by_reason": _split(tally, "queue", REASONS),
                "open": tally.get("queue.open"),
                "unserved": tally.get("queue.unserved"),
            },
            "start": _wait(tally, "start"),
            "attention_wait": {
                **_wait(tally, "ask"),
                **_presence(tally),
                "open": tally.get("ask.open"),
                "open_s": seconds(tally.get("ask.open_us")),
                "by_kind": _split(tally, "ask", KINDS),
            },
            "interruption": {
                "rate": _ratio(ended - tally.get("turns.done"), ended),
                "n": ended,
                "by_cause": {cause: tally.get(f"cause.{cause}") for cause in CAUSES},
            },
            "failure_rate": _ratio(failed, ended),
            "ask_rate": {"n": tally.get("asks.opened"), "per_hour": self.asks_per_hour},
            "wall": self._wall(),
            **self._money(),
        }

    @property
    def turns(self) -> int:
        """Turns that ended."""
        return sum(self.tally.get(f"turns.{how}") for how in ("done", "interrupted", "failed"))

    @property
    def asks_per_hour(self) -> float | None:
        """Per hour in which an agent was working."""
        working = seconds(self.tally.get("wall.working"))
        return round(self.tally.get("asks.opened") * 3600 / working, 3) if working else None

    def _wall(self) -> dict[str, Json]:
        wall = {
            name.removeprefix("wall."): seconds(us)
            for name, us in self.tally.counts.items()
            if name.startswith("wall.")
        }
        unread = wall.get("unread", 0.0)
        return {
            "working_s": wall.get("working", 0.0),
            "waiting_for_you_s": wall.get("asking", 0.0),
            "idle_s": seconds(self.tally.get("wall.idle") + self.tally.get("wall.unread")),
            "unread_s": unread,
            "limited_s": wall.get("limited", 0.0),
            "starting_s": wall.get("starting", 0.0),
            "unknown_s": wall.get("unknown", 0.0),
            "queued_s": wall.get("queued", 0.0),
        }

    def _money(self) -> dict[str, Json]:
        tally = self.tally
        unpriced = tally.get("unpriced")
        tokens: dict[str, Json] = {name: tally.get(f"tokens.{name}") for name in BUCKETS}
        dates = [name for name in tally.counts if name.startswith("price_date.")]
        return {
            "tokens": {**tokens, "responses": tally.get("responses")},
            "cost_usd": self.cost_usd,
            "certain": self.certain,
            "unpriced_responses": unpriced,
            "reported_usd": dollars(tally.get("reported"))
            if tally.get("reported_responses")
            else None,
            "price_date": max(dates, default="").removeprefix("price_date.") or None,
        }

    @property
    def certain(self) -> bool:
        """Whether the cost is all of it and exact."""
        return not any(self.tally.get(name) for name in ("unpriced", "incomplete", "estimated"))

    @property
    def cost_usd(self) -> str | None:
        """None when there were responses and none of them has a price."""
        responses, unpriced = self.tally.get("responses"), self.tally.get("unpriced")
        return None if unpriced and unpriced == responses else dollars(self.tally.get("cost"))


def _wait(tally: Tally, name: str) -> dict[str, Json]:
    ordered = sorted(tally.samples.get(name, ()))
    return {
        "n": len(ordered),
        "p50_s": _seconds(percentile(ordered, 50)),
        "p95_s": _seconds(percentile(ordered, 95)),
        "total_s": seconds(sum(ordered)),
    }


def _presence(tally: Tally) -> dict[str, float]:
    """How much of the waits passed with the person there; nothing while nobody recorded that."""
    if not tally.get("ask.away"):
        return {}
    return {"here_s": seconds(tally.get("ask.here")), "away_s": seconds(tally.get("ask.away"))}


def _split(tally: Tally, name: str, parts: tuple[str, ...]) -> dict[str, Json]:
    return {part: seconds(tally.get(f"{name}.{part}")) for part in parts}


def _seconds(us: int | None) -> float | None:
    return None if us is None else seconds(us)


def _ratio(part: int, whole: int) -> float | None:
    return round(part / whole, 4) if whole else None
