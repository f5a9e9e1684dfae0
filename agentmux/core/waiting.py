"""Events of the launch queue, and of what must not count as waiting.

Who waits in the queue is what stands between `Enqueued` and `Dequeued`; `QueueSampled` is the
same told a second way, so that a lost row is noticed (`report --check`).
"""

from collections.abc import Mapping
from dataclasses import field
from datetime import datetime

from agentmux.core.recorded import Json, Recorded
from agentmux.core.records import record


@record
class Enqueued(Recorded):
    """A task waits for its start; `session` is the id it keeps once it is opened.

    One for each stay in the queue, followed by any number of `WaitReason` and one `Dequeued`.
    """

    request: str
    name: str
    agent: str
    repo: str = ""
    profile: str | None = None
    task: str | None = None
    branch: str | None = None
    priority: int = 0
    """Higher ones start first."""
    after: tuple[str, ...] = ()
    """Ids of the sessions that must be done first."""
    reason: str = "slot"
    """What it waits for at first, in the words of `WaitReason`."""
    args: Mapping[str, Json] = field(default_factory=dict)
    """Everything else that was asked of `new`."""
    key: str | None = None


@record
class WaitReason(Recorded):
    """From now on the queued task waits for something else; the time until now was for the last."""

    reason: str
    """`slot`, `budget`, `limit`, `dependency`, `held`, or `start` while it is being prepared."""
    why: str = ""
    """In words: whose limit, which dependency."""
    until: datetime | None = None
    """When that ends, where it is known."""


@record
class Dequeued(Recorded):
    """The task waits in the queue no longer; the queue wait ends here."""

    how: str
    """`launched` (its pane runs), `cancelled` (by a person) or `refused` (it cannot be started).

    Only the first is a queue wait that was served; all three end one.
    """
    why: str = ""


@record
class QueueSampled(Recorded):
    """How many tasks waited at this moment, counted in the queue itself.

    The leader records it on a timer while anything waits, and once with 0 after the last has
    gone. It is what the intervals between `Enqueued` and `Dequeued` are checked against, so it
    must not be derived from them.
    """

    length: int
    every_s: float = 10.0
    """Seconds between two samples: a longer pause was not sampled."""


@record
class PresenceChanged(Recorded):
    """The person came or went: away is no key for five minutes, or no screen."""

    here: bool


@record
class Slept(Recorded):
    """The machine was suspended for `seconds` and woke at `at`: nobody waited meanwhile."""

    seconds: float
