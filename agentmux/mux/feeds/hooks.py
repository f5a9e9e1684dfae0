"""What an agent's hooks were given: one file for each payload, put there by a line of shell.

The agent waits for its hooks, so no Python starts in one, nobody listens, and nothing of ours
need run: a file is written under another name and then renamed, so that a whole one is seen or
none. Each is recorded once: the row names its files, and they are cleared away after it.
"""

import json
from datetime import datetime, timedelta
from pathlib import Path

from agentmux.core import events as e
from agentmux.core.facts import AnyFact, Source, Strange
from agentmux.core.session import Session
from agentmux.core.spool import EPOCH, Parse
from agentmux.paths import Places

COMMAND = (
    'cd "${AGENTMUX_HOOKS:-/nowhere}" 2>/dev/null || { cat >/dev/null; exit 0; }; umask 077; '
    'cat >"$$" 2>/dev/null && mv "$$" "$$.json" 2>/dev/null; exit 0'
)
"""Takes a payload on standard input; prints nothing and succeeds whatever happens. The text is
the same for every session, for Codex trusts a hook by a hash of it."""
BATCH = 200
"""Files in one row."""
LARGEST = 16 << 20
"""Bytes of one payload; a larger one is counted and not read."""


def read_hooks(session: Session, places: Places, parse: Parse, now: datetime) -> e.Reported | None:
    """The oldest payloads that are not recorded, as one row that names their files; None: none."""
    waiting = [(_name(path), path) for path in _in_order(places.hooks(session.id))]
    batch = [pair for pair in waiting if pair[0] and pair[0] not in session.taken][:BATCH]
    if not batch:
        return None
    facts = tuple(fact for _, path in batch for fact in _facts(path, parse))
    return e.Reported(
        at=max((fact.at for fact in facts), default=now),
        session=session.id,
        run=session.run,
        source=Source.HOOK,
        facts=facts,
        files=tuple(name for name, _ in batch),
    )


def clear_hooks(session: Session, places: Places) -> None:
    """Remove the files that `session` says are recorded."""
    for path in _in_order(places.hooks(session.id)):
        if _name(path) in session.taken:
            path.unlink(missing_ok=True)


def _in_order(folder: Path) -> list[Path]:
    """The whole files, by when they were written."""
    try:
        found = [(path.stat().st_mtime_ns, path.name, path) for path in folder.glob("*.json")]
    except FileNotFoundError:  # cleared away meanwhile: the next look finds the rest
        return []
    return [path for _, _, path in sorted(found)]


def _name(path: Path) -> str:
    """Names one file for good: a process id comes back, with this time it does not."""
    try:
        return f"{path.stem}:{path.stat().st_mtime_ns}"
    except FileNotFoundError:
        return ""


def _facts(path: Path, parse: Parse) -> list[AnyFact]:
    try:
        stat = path.stat()
        at = EPOCH + timedelta(microseconds=stat.st_mtime_ns // 1000)
        if stat.st_size > LARGEST:
            return [Strange(at=at, what=f"a hook payload of {stat.st_size:,} bytes")]
        payload = json.loads(path.read_bytes())
    except OSError:
        return []
    except (ValueError, RecursionError):
        return [Strange(at=at, what="a hook payload that is no JSON")]
    return parse(Source.HOOK, payload, at) if isinstance(payload, dict) else []
