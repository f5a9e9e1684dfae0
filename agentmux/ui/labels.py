"""What is written about a session: the glyph, word and colour of its state, ages and figures.

State is glyph, then word, then colour, in that order of trust: the colour may be missing, the
other two never are. Everything here is plain text of a known cell width.
"""

import signal
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from decimal import Decimal

from rich.cells import cell_len, set_cell_size

from agentmux.core.fleet import state_age_s
from agentmux.core.session import Session
from agentmux.core.state import SessionState
from agentmux.core.text import clean

S = SessionState


@dataclass(frozen=True)
class Mark:
    """How a state looks."""

    glyph: str
    word: str
    role: str
    """Role of the theme that colours it."""
    wants: bool = False
    """Whether it wants the person: then the whole border takes the colour."""


MARKS: dict[SessionState, Mark] = {
    S.ASKING: Mark("!", "NEEDS YOU", "asking", wants=True),
    S.FAILED: Mark("E", "failed", "failed", wants=True),
    S.EXITED: Mark("E", "exited", "failed", wants=True),
    S.WORKING: Mark(">", "working", "working"),
    S.RUNNING: Mark(">", "running", "working"),
    S.STARTING: Mark("+", "starting", "working"),
    S.DONE: Mark("=", "done", "done"),
    S.LIMITED: Mark("~", "limited", "limited"),
    S.QUIET: Mark("-", "quiet", "idle"),
    S.IDLE: Mark("-", "idle", "idle"),
    S.PAUSED: Mark("z", "paused", "idle"),
    S.PARKED: Mark("z", "parked", "idle"),
    S.QUEUED: Mark("q", "queued", "dim"),
    S.UNKNOWN: Mark("?", "unknown", "unknown"),
}
"""In the order in which a glance should find them: who needs somebody first."""

START_PAGES = {"setup": "SET UP", "login": "SIGN IN"}
"""Kind of a page at an agent's start → what it wants."""

CENT = Decimal("0.01")

TICKING = frozenset({S.ASKING, S.STARTING, S.RUNNING, S.WORKING})
"""States whose age is worth a redraw each second."""

CALM_END = Mark("=", "exited 0", "idle")
STOPPED = Mark("=", "stopped", "idle")
"""Ends that need nobody: its own, and one that was asked for."""

UNICODE = {
    "!": "▲", "E": "✕", ">": "▶", "+": "◇", "=": "✓", "~": "◷", "-": "·", "z": "◌", "q": "◦",
    "?": "?",
}  # fmt: skip
"""ASCII glyph → the one of the `unicode` set, each one cell wide."""


def mark_of(session: Session, glyphs: str = "ascii") -> Mark:
    """The look of the session's state; an end with code 0 is calm, one nobody saw is unknown."""
    mark = MARKS[session.state]
    if session.state is S.LIMITED and session.state_until is not None:
        mark = replace(mark, word=f"limited until {clock(session.state_until)}")
    elif session.state is S.WORKING and session.state_sub:
        mark = replace(mark, word=session.state_sub)
    elif session.state is S.ASKING and session.state_kind in ("setup", "login"):
        mark = replace(mark, word=START_PAGES[session.state_kind])
    elif session.state is S.EXITED:
        if session.stopped:
            mark = STOPPED
        elif session.exit_code == 0:
            mark = CALM_END
        elif session.exit_signal == signal.SIGHUP:
            mark = replace(mark, word="hung up")
        elif session.exit_code is not None:
            mark = replace(mark, word=f"exited {session.exit_code}")
        elif session.exit_signal is not None:
            mark = replace(mark, word=f"killed {signal_name(session.exit_signal)}")
        else:
            mark = replace(mark, word="ended unseen")
    return replace(mark, glyph=UNICODE[mark.glyph]) if glyphs == "unicode" else mark


def clock(at: datetime) -> str:
    """`10:20`, in the time of this machine."""
    return at.astimezone().strftime("%H:%M")


def signal_name(number: int) -> str:
    """`SIGKILL`, or the number where this system has no name for it."""
    try:
        return signal.Signals(number).name
    except ValueError:
        return f"signal {number}"


def age(seconds: float) -> str:
    """`22s`, `3m 12s`, `14m`, `2h 05m`, `3d`: as exact as somebody can use it."""
    whole = int(seconds)
    minutes, hours, days = whole // 60, whole // 3600, whole // 86400
    if whole < 60:
        return f"{whole}s"
    if minutes < 10:
        return f"{minutes}m {whole % 60:02d}s"
    if hours < 1:
        return f"{minutes}m"
    if hours < 10:
        return f"{hours}h {minutes % 60:02d}m"
    return f"{hours}h" if days < 2 else f"{days}d"


def age_of(session: Session, now: datetime) -> str:
    """How long the session is in its state; by the second only where somebody may be waiting."""
    seconds = state_age_s(session, now)
    if session.state not in TICKING and seconds >= 60:
        return age(seconds - seconds % 60).removesuffix(" 00s")
    return age(seconds)


def state_of(mark: Mark, age: str) -> str:
    """`running 22s`; after a word that ends in a figure a dot: `exited 1 · 22s`."""
    return f"{mark.word}{' · ' if mark.word[-1].isdigit() else ' '}{age}"


def branch_name(session: Session) -> str:
    """The branch it is on, without our prefix; `detached` when it is on none."""
    gauge = session.gauge
    branch = gauge.branch or ("detached" if gauge.head else session.branch or "")
    return clean(branch, one_line=True).removeprefix("agentmux/")


def branch_of(session: Session) -> str:
    """`csv-import +3 ~5`: the branch, commits ahead (behind with `-`), changed files."""
    gauge = session.gauge
    signs = (("+", gauge.ahead), ("-", gauge.behind), ("~", gauge.dirty))
    figures = (f"{sign}{number}" for sign, number in signs if number)
    return " ".join(filter(None, (branch_name(session), *figures)))


def load_of(session: Session) -> str:
    """`12% 340 MB`: processor and memory of the whole session; empty until measured."""
    gauge = session.gauge
    if gauge.cpu_pct is None or gauge.rss_mb is None or not session.is_live:
        return ""
    return f"{gauge.cpu_pct:.0f}% {memory(gauge.rss_mb)}"


def cost_of(session: Session) -> str:
    """`$0.84`; with `~` when it is not certain, `unpriced` when nothing has a price; empty while
    no response was counted."""
    bill = session.bill
    if not bill.responses:
        return ""
    if bill.cost_usd is None:
        return "unpriced"
    told = "<$0.01" if 0 < bill.cost_usd < CENT else f"${bill.cost_usd:,.2f}"
    return told if bill.certain else f"{told}~"


def memory(mebibytes: float) -> str:
    """`340 MB`, `1.2 GB`."""
    return f"{mebibytes / 1024:.1f} GB" if mebibytes >= 1000 else f"{mebibytes:.0f} MB"


def agent_of(session: Session) -> str:
    """What runs: the profile where there is one, else agent or command."""
    if session.profile:
        agent = "" if session.agent == "command" else f"{session.agent} "
        return clean(f"{agent}{session.profile}", one_line=True)
    if session.agent == "command" and session.argv:
        return clean(session.argv[0].rpartition("/")[2], one_line=True)
    return clean(session.agent, one_line=True)


def name_of(session: Session) -> str:
    """The session's name, safe to show on one line."""
    return clean(session.name, one_line=True)


def slot_of(session: Session) -> str:
    """The digit of its slot, or a dot for one that lost it."""
    return str(session.slot) if session.slot else "."


def counts(sessions: Iterable[Session], glyphs: str = "ascii") -> list[tuple[Mark, int]]:
    """How many are in each state that occurs, the most urgent first; all ends count as one."""
    found: Counter[SessionState] = Counter()
    calm = 0
    for session in sessions:
        if session.state is S.EXITED and (session.stopped or session.exit_code == 0):
            calm += 1
        else:
            found[session.state] += 1
    rows = [(MARKS[state], found[state]) for state in MARKS if found[state]]
    if calm:
        rows.append((replace(CALM_END, word="ended"), calm))
    if glyphs == "unicode":
        rows = [(replace(mark, glyph=UNICODE[mark.glyph]), number) for mark, number in rows]
    return rows


def cut(text: str, width: int) -> str:
    """`text` in at most `width` cells, the end replaced by `…` where it is too long."""
    if width <= 0:
        return ""
    if cell_len(text) <= width:
        return text
    return set_cell_size(text, width - 1).rstrip() + "…"


def fit(text: str, width: int) -> str:
    """`text` in exactly `width` cells."""
    return set_cell_size(cut(text, width), max(0, width))
