"""Sessions as `ls` shows them: one JSON object each, or one line each.

Field names and types are a promise to other programs: `docs/reference/json.md`. A figure that
does not exist yet has no key.
"""

from collections.abc import Iterable
from datetime import UTC, datetime

from agentmux.core.events import Json
from agentmux.core.fleet import state_age_s
from agentmux.core.session import Session
from agentmux.core.text import clean
from agentmux.report.money import bill_row


def session_row(session: Session) -> dict[str, Json]:
    """One session as in `ls --json`."""
    gauge = session.gauge
    row: dict[str, Json] = {
        "id": session.id,
        "slot": session.slot,
        "name": session.name,
        "agent": session.agent,
        "profile": session.profile,
        "task": session.task,
        **state_row(session),
        "pid": session.pid if session.is_live else None,
        "exit_code": session.exit_code,
        "exit_signal": session.exit_signal,
        "run": session.run,
        "pane": session.pane,
        "repo": session.repo,
        "worktree": session.worktree,
        "here": session.here,
        "branch": session.branch,
        "base": session.base,
        "base_commit": session.base_commit,
        "agent_session_id": session.agent_session_id,
        "created": stamp(session.created),
        "last_lines": list(session.last_lines),
        "setup_failed": session.setup_failed,
        "removed": session.removed,
        "kept_ref": session.kept_ref,
        "not_kept": list(session.not_kept),
    }
    figures: dict[str, Json] = {
        "head": gauge.head,
        "ahead": gauge.ahead,
        "behind": gauge.behind,
        "dirty": gauge.dirty,
        "last_change": stamp(gauge.last_change) if gauge.last_change else None,
        "note": gauge.note,
    }
    if session.is_live:
        load: dict[str, Json] = {
            "cpu_pct": gauge.cpu_pct,
            "rss_mb": gauge.rss_mb,
            "processes": gauge.processes,
        }
        figures |= load
    known: dict[str, Json] = {name: value for name, value in figures.items() if value is not None}
    return row | known | bill_row(session.bill)


def state_row(session: Session) -> dict[str, Json]:
    """The state, on whose word, and what refines it; what there is not has no key."""
    row: dict[str, Json] = {
        "state": str(session.state),
        "state_since": stamp(session.state_since or session.created),
        "state_source": session.state_source,
        "state_certain": session.state_certain,
        "state_why": session.state_why,
    }
    more: dict[str, Json] = {
        "state_kind": session.state_kind,
        "state_sub": session.state_sub,
        "state_until": stamp(session.state_until) if session.state_until else None,
    }
    return row | {name: value for name, value in more.items() if value is not None}


def stamp(at: datetime) -> str:
    """RFC 3339 UTC with milliseconds."""
    return at.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


HEADINGS = ("", "", "NAME", "STATE", "AGENT", "BRANCH", "CHANGES", "CPU", "MEMORY")


def session_table(sessions: Iterable[Session], now: datetime) -> list[str]:
    """Aligned lines, headings first; no colour, every outside text cleaned."""
    rows = [HEADINGS, *(_cells(session, now) for session in sessions)]
    widths = [max(len(row[i]) for row in rows) for i in range(len(HEADINGS))]
    return [
        "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip()
        for row in rows
    ]


def _cells(session: Session, now: datetime) -> tuple[str, ...]:
    gauge = session.gauge
    live = session.is_live
    return (
        str(session.slot or "-"),
        session.id,
        clean(session.name, one_line=True),
        state_words(session, now),
        session.agent,
        clean(session.branch or ("here" if session.here else "-"), one_line=True),
        _changes(session),
        f"{gauge.cpu_pct:.0f} %" if live and gauge.cpu_pct is not None else "",
        f"{gauge.rss_mb:.0f} MiB" if live and gauge.rss_mb is not None else "",
    )


def _changes(session: Session) -> str:
    gauge = session.gauge
    parts = [f"+{gauge.ahead}" if gauge.ahead else "", f"-{gauge.behind}" if gauge.behind else ""]
    parts.append(f"~{gauge.dirty}" if gauge.dirty else "")
    return " ".join(part for part in parts if part)


def state_words(session: Session, now: datetime) -> str:
    """State and age, or how it ended: `running 3m 12s`, `exited 1`, `exited signal 9`."""
    if session.removed:
        return "removed"
    if session.exit_signal is not None:
        ending = f" signal {session.exit_signal}"
    elif session.exit_code is not None:
        ending = f" {session.exit_code}"
    else:
        ending = "" if session.is_live else " unseen"
    return f"{session.state}{ending} {duration_words(state_age_s(session, now))}"


def duration_words(seconds: float) -> str:
    """`4s`, `3m 12s`, `2h 5m`, `3d 4h`: the two largest units."""
    whole = int(seconds)
    for unit, below, size, small in (
        ("d", "h", 86400, 3600),
        ("h", "m", 3600, 60),
        ("m", "s", 60, 1),
    ):
        if whole >= size:
            rest = whole % size // small
            return f"{whole // size}{unit} {rest}{below}" if rest else f"{whole // size}{unit}"
    return f"{whole}s"
