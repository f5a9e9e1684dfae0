"""How an agent is made to end: asked by HUP, told by TERM, killed by KILL, with time between.

Pure; the clock is an argument.
"""

from __future__ import annotations

import signal

STEPS = (signal.SIGHUP, signal.SIGTERM, signal.SIGKILL)


class Ending:
    """The ladder; it begins once, however often it is asked for."""

    def __init__(self, grace_s: float) -> None:
        self._grace_s = grace_s
        self._step = 0
        self.due: float | None = None

    def begin(self, now: float) -> None:
        """The pane is going away: end the agent."""
        if self._step == 0 and self.due is None:
            self.due = now

    def tick(self, now: float) -> int | None:
        """The signal to send now, if its time has come."""
        if self.due is None or now < self.due:
            return None
        number = STEPS[self._step]
        self._step += 1
        self.due = now + self._grace_s if self._step < len(STEPS) else None
        return number
