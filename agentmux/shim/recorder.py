"""What was seen, as rows: paces those that come fast and keeps the modes file current."""

from __future__ import annotations

import json
import os

from agentmux.shim.pacing import Newest, Quiet
from agentmux.shim.spool import Spool

Row = dict[str, object]

TITLE_S = 0.25
"""Titles are animated; the newest of each quarter of a second will do."""
MODES_S = 0.05
"""An agent sets its modes one by one at start; the screen needs the sum."""


class Recorder:
    """Writes the spool and the modes file of one agent; times are monotonic seconds."""

    def __init__(self, spool: Spool, modes: str, quiet_s: float) -> None:
        self._spool = spool
        self._modes = modes.encode("utf-8", "surrogateescape")
        self._quiet = Quiet(quiet_s)
        self._paced = {"title": Newest(TITLE_S), "modes": Newest(MODES_S)}

    @property
    def due(self) -> float | None:
        """When `tick` is wanted next."""
        first = self._quiet.due
        for paced in self._paced.values():
            due = paced.due
            if due is not None and (first is None or due < first):
                first = due
        return first

    def started(self, pid: int, now: float) -> None:
        self._quiet.begin(now)
        shim = os.getpid()
        row = {"e": "started", "shim": shim, "shim_start": _start_of(shim), "pid": pid}
        self._spool.write({**row, "pgid": pid, "boot": _boot_id()})

    def heard_output(self, now: float) -> None:
        """The agent drew something."""
        if self._quiet.heard(now):
            self._spool.write({"e": "output"})

    def note(self, rows: list[Row], now: float) -> None:
        """Rows of the scanner."""
        for row in rows:
            paced = self._paced.get(str(row["e"]))
            self._write(paced.offer(row, now) if paced else row)

    def pressed(self, keys: list[str]) -> None:
        """The person pressed `esc` or `ctrl-c`."""
        for key in keys:
            self._spool.write({"e": "key", "key": key})

    def tick(self, now: float) -> None:
        """Write what has waited long enough."""
        if self._quiet.tick(now):
            self._spool.write({"e": "quiet"})
        for paced in self._paced.values():
            self._write(paced.tick(now))

    def ended(self, status: int, now: float) -> None:
        """The agent has ended with this wait status; what still waits is written first."""
        for paced in self._paced.values():
            self._write(paced.take(now))
        signalled = os.WIFSIGNALED(status)
        code = None if signalled else os.waitstatus_to_exitcode(status)
        number = os.WTERMSIG(status) if signalled else None
        self._spool.write({"e": "exit", "code": code, "signal": number})

    def _write(self, row: Row | None) -> None:
        if row is None:
            return
        if row["e"] == "modes":
            self._replace_modes({key: value for key, value in row.items() if key != "e"})
        self._spool.write(row)

    def _replace_modes(self, fields: Row) -> None:
        """Replace the modes file in one step; a reader never sees half of it."""
        new = self._modes + b".new"
        flags = os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_NOFOLLOW | os.O_CLOEXEC
        try:
            with open(os.open(new, flags, 0o600), "wb") as file:
                file.write(json.dumps(fields).encode())
            os.replace(new, self._modes)
        except OSError:
            return  # the row in the spool says the same


def _start_of(pid: int) -> int | None:
    """The process's start in clock ticks since boot, field 22 of its stat; Linux only."""
    try:
        with open(f"/proc/{pid}/stat", "rb") as file:
            # The program's name, field 2, may hold spaces and brackets.
            return int(file.read().rpartition(b")")[2].split()[19])
    except OSError:
        return None


def _boot_id() -> str | None:
    try:
        with open("/proc/sys/kernel/random/boot_id") as file:
            return file.read().strip()
    except OSError:
        return None
