"""What the alert line says: the one thing that most needs to be known, or nothing at all."""

import signal
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from agentmux.core.fleet import Fleet
from agentmux.core.session import Session
from agentmux.core.state import SessionState
from agentmux.core.text import clean
from agentmux.ui.labels import age_of, mark_of, name_of, slot_of

LOST = "the tmux server {} ran in has ended"


@dataclass(frozen=True)
class Alert:
    """Who, what, since when, and the key that helps."""

    role: str
    """Role of the theme for the first word."""
    word: str
    who: str
    what: str
    since: str = ""
    action: str = ""
    """Id of the key's row; empty when no key helps."""
    session: str | None = None
    """The session it is about."""
    passing: bool = False
    """Whether it is what the last key had to say; the next key takes it away."""


def alerts(
    fleet: Fleet, now: datetime, leader: int | None, seen: Collection[tuple[str, int]] = ()
) -> list[Alert]:
    """Everything worth a line, the worst first.

    `seen` holds (session, run) of the ends, and `set_up`s, that somebody has looked at: they are
    told once.
    """
    found = []
    if leader is None and fleet.sessions:
        found.append(
            Alert(
                "failed", "! no leader", "", "nothing starts, stops or is counted until it is back"
            )
        )
    ended = [s for s in fleet.present if _is_news(s, seen)]
    lost = [s for s in ended if is_lost(s)]
    if len(lost) > 1:
        found.append(_lost(lost, now))
        ended = [s for s in ended if not is_lost(s)]
    ended.sort(key=lambda s: s.state_since or s.created, reverse=True)
    found += [_asking(session, now) for session in fleet.waiting(now)]
    found += [_ended(session, now) for session in ended]
    found += [_setup(s) for s in fleet.present if is_set_up_badly(s) and set_up(s) not in seen]
    return found


def is_lost(session: Session) -> bool:
    """Whether it ended with what it ran in: its terminal (tmux), or the machine.

    A hang-up that nobody asked for is the end of its terminal; an end unseen, that of the machine.
    """
    unseen = session.state is SessionState.EXITED and not session.state_certain
    return (unseen and not session.stopped) or is_hung_up(session)


def is_hung_up(session: Session) -> bool:
    """Whether it ended with its terminal, and nobody had asked for that."""
    ended = session.state is SessionState.EXITED and session.exit_signal == signal.SIGHUP
    return ended and not session.stopped


def why_of(session: Session) -> str:
    """Why it is in its state, on one line; empty when there is nothing to add to the state."""
    told = session.state_why or (LOST.format("it") if is_hung_up(session) else "")
    return clean(told, one_line=True)


def is_set_up_badly(session: Session) -> bool:
    """Whether its agent runs although the setup hook failed."""
    return session.setup_failed is not None and session.is_live


def set_up(session: Session) -> tuple[str, int]:
    """What stands in `seen` for the session's set-up, which comes before its first run."""
    return session.id, 0


def _is_news(session: Session, seen: Collection[tuple[str, int]]) -> bool:
    return (
        session.state is SessionState.EXITED
        and session.exit_code != 0
        and not session.stopped
        and (session.id, session.run) not in seen
    )


def _lost(lost: list[Session], now: datetime) -> Alert:
    first = lost[0]
    who = ", ".join(f"{slot_of(s)} {name_of(s)}" for s in lost[:3])
    more = f" and {len(lost) - 3} more" if len(lost) > 3 else ""
    return Alert(
        "failed",
        f"E {len(lost)} lost",
        who + more,
        LOST.format("they") if is_hung_up(first) else why_of(first),
        age_of(first, now),
        "resume.all",
    )


def _ended(session: Session, now: datetime) -> Alert:
    last = next((line for line in reversed(session.last_lines) if line.strip()), "")
    what = why_of(session) or last.strip()
    return Alert(
        "failed",
        _headline(session),
        f"{slot_of(session)} {name_of(session)}",
        clean(what, one_line=True),
        age_of(session, now),
        "resume",
        session.id,
    )


def _asking(session: Session, now: datetime) -> Alert:
    """Who waits for the person: for what, since when."""
    ask = session.ask
    about = " ".join(filter(None, (ask.tool, ask.text))) if ask else ""
    what = ": ".join(filter(None, (ask.kind, about))) if ask else ""
    return Alert(
        "asking",
        _headline(session),
        f"{slot_of(session)} {name_of(session)}",
        clean(what, one_line=True),
        age_of(session, now),
        "answer" if ask and ask.kind not in ("setup", "login") else "type",
        session.id,
    )


def _headline(session: Session) -> str:
    mark = mark_of(session)
    return f"{mark.glyph} {mark.word}"


def _setup(session: Session) -> Alert:
    return Alert(
        "asking",
        "! setup failed",
        f"{slot_of(session)} {name_of(session)}",
        clean(session.setup_failed or "", one_line=True),
        "",
        "shell",
        session.id,
    )
