"""Rows of the ledger for other programs and people: live, past, and as an export.

Secrets are blotted out of everything that leaves. The row's own word for what happened is `kind`,
so an event's field of that name gets the event's name in front.
"""

import json
from collections.abc import Collection
from datetime import datetime
from typing import Any

from agentmux.core.events import Json
from agentmux.core.secrets import redact
from agentmux.core.text import clean
from agentmux.ledger.codec import Row
from agentmux.report.sessions import stamp

_COLUMNS = ("id", "at", "session", "kind")
OWN = {"state_changed": "state_kind", "ask_opened": "ask_kind"}
"""Kind of row → what its field `kind` is called."""


def record(seq: int, row: Row, known: Collection[str] = ()) -> dict[str, Json]:
    """One line of `watch --jsonl`: `id`, `at`, `session`, `kind`, and the event's own fields."""
    body = redacted(_body(row), known)
    fields = {_name(row.kind, name): value for name, value in body.items()}
    return {"id": seq, "at": _at(row), "session": row.session, "kind": row.kind, **fields}


def exported(seq: int, row: Row, chain: bytes, known: Collection[str] = ()) -> dict[str, Json]:
    """One line of `ledger export`: the columns as they are stored, the body as an object."""
    return {
        "id": seq,
        "at": row.at,
        "session": row.session,
        "kind": row.kind,
        "body": redacted(_body(row), known),
        "chain": chain.hex() if isinstance(chain, bytes) else None,
    }


def line_of(seq: int, row: Row, known: Collection[str] = ()) -> str:
    """The same for people: id, time, session, kind, and the short fields."""
    told = record(seq, row, known)
    fields = [
        f"{name}={_short(value)}"
        for name, value in told.items()
        if name not in _COLUMNS and value not in (None, "", [], {})
    ]
    text = f"{seq:>7}  {told['at']}  {row.session or '-':<5} {row.kind:<20} {' '.join(fields)}"
    return clean(text, one_line=True).rstrip()


def redacted(value: Any, known: Collection[str]) -> Any:
    """The same value with every secret in its texts blotted out, names of fields too."""
    if isinstance(value, str):
        return redact(value, known)
    if isinstance(value, list):
        return [redacted(item, known) for item in value]
    if isinstance(value, dict):
        return {redact(name, known): redacted(item, known) for name, item in value.items()}
    return value


def _body(row: Row) -> dict[str, Any]:
    """The event's fields; of a body that cannot be read, what stands there."""
    try:
        body = json.loads(row.body)
    except (ValueError, RecursionError):
        return {"unreadable": row.body}
    return body if isinstance(body, dict) else {"unreadable": row.body}


def _name(kind: str, name: str) -> str:
    if name in _COLUMNS:
        return OWN.get(kind, f"{kind}_{name}")
    return name


def _at(row: Row) -> str:
    try:
        return stamp(datetime.fromisoformat(row.at))
    except ValueError:
        return row.at


def _short(value: Json) -> str:
    text = value if isinstance(value, str) else json.dumps(value)
    return text if len(text) <= 60 else f"{text[:59]}…"
