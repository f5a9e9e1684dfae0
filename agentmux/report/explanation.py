"""Why a session is in its state: who said so, what every source says now, and how it came there."""

from collections.abc import Iterable, Mapping
from datetime import datetime

from agentmux.core import events as e
from agentmux.core.events import Json
from agentmux.core.facts import Source
from agentmux.core.fleet import state_age_s
from agentmux.core.session import Session
from agentmux.core.text import clean
from agentmux.report.sessions import duration_words, stamp, state_row

LAST = 10
"""Transitions that are told."""


def explanation(
    session: Session, rows: Iterable[e.Event], ranks: Mapping[Source, int]
) -> dict[str, Json]:
    """The answer of `explain --json`; `rows` are those of the session, oldest first, and `ranks`
    its agent's own."""
    changes = [row for row in rows if isinstance(row, e.StateChanged | e.AgentStarted | e.Exited)]
    return {
        "session": session.id,
        "name": session.name,
        **state_row(session),
        "sources": [_claim(session, source, ranks) for source in _by_rank(session, ranks)],
        "ask": _ask(session),
        "background": list(session.truth.background),
        "transitions": [_transition(row) for row in changes[-LAST:]],
    }


def _by_rank(session: Session, ranks: Mapping[Source, int]) -> list[Source]:
    return sorted(map(Source, session.truth.claims), key=lambda source: -ranks.get(source, 0))


def _claim(session: Session, source: Source, ranks: Mapping[Source, int]) -> dict[str, Json]:
    claim = session.truth.claims[source]
    return {
        "source": str(source),
        "rank": ranks.get(source, 0),
        "state": str(claim.state),
        "kind": claim.kind,
        "since": stamp(claim.at),
        "heard": stamp(claim.last),
        "why": claim.why,
    }


def _ask(session: Session) -> dict[str, Json] | None:
    ask = session.ask
    if ask is None:
        return None
    return {
        "ask": ask.number,
        "at": stamp(ask.at),
        "kind": ask.kind,
        "text": ask.text,
        "tool": ask.tool,
        "options": list(ask.options),
        "detail": ask.detail,
        "certain": ask.certain,
    }


def _transition(row: e.StateChanged | e.AgentStarted | e.Exited) -> dict[str, Json]:
    match row:
        case e.AgentStarted():
            state, source, why, certain = "starting", "process", "the program runs", True
        case e.Exited():
            state, source, why, certain = "exited", row.source, row.why, row.certain
        case _:
            state, source, why, certain = str(row.to), row.source, row.why, row.certain
    return {"at": stamp(row.at), "state": state, "source": source, "certain": certain, "why": why}


def explanation_lines(
    session: Session, rows: Iterable[e.Event], ranks: Mapping[Source, int], now: datetime
) -> list[str]:
    """The same for people, without colour."""
    told = explanation(session, rows, ranks)
    sure = "" if session.state_certain else ", not certain"
    kind = f" ({session.state_kind or session.state_sub})" if _has_detail(session) else ""
    lines = [
        f"{session.id} {clean(session.name, one_line=True)}: {session.state}{kind} for"
        f" {duration_words(state_age_s(session, now))}, says {session.state_source}{sure}"
    ]
    if session.state_why:
        lines.append(f"  {clean(session.state_why, one_line=True)}")
    lines += ["", "what each source says now"]
    for source in _by_rank(session, ranks):
        claim = session.truth.claims[source]
        age = duration_words(max(0.0, (now - claim.last).total_seconds()))
        said = f"{claim.state}{f' ({claim.kind})' if claim.kind else ''}"
        lines.append(f"  {source:<11} {said:<22} heard {age} ago")
    if not session.truth.claims:
        lines.append("  no source has told a state; only its output and its process are seen")
    lines += ["", "how it came there"]
    transitions = told["transitions"]
    for row in transitions if isinstance(transitions, list) else ():
        if isinstance(row, dict):
            why = clean(str(row["why"]), one_line=True)
            lines.append(
                f"  {row['at']}  {row['state']!s:<10} {row['source']!s:<10} {why}".rstrip()
            )
    return lines


def _has_detail(session: Session) -> bool:
    return bool(session.state_kind or session.state_sub)
