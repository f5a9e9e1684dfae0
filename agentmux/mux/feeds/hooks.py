"""What an agent's hooks were given: one file for each payload, put there by a line of shell.

The agent waits for its hooks, so no Python starts in one, nobody listens, and nothing of ours
need run: a file is written under another name and then renamed, so that a whole one is seen or
none. Each is recorded once: the row names its files, and they are cleared away after it.
"""

import json
import stat
from contextlib import suppress
from datetime import datetime, timedelta
from pathlib import Path

from agentmux.core import events as e
from agentmux.core.facts import AnyFact, Source, Strange
from agentmux.core.session import Session
from agentmux.core.spool import EPOCH, Parse
from agentmux.paths import Places

COMMAND = (
    "/bin/sh -c '"
    'exec >/dev/null 2>&1; cd "${AGENTMUX_HOOKS:-/nowhere}" || { cat; exit 0; }; umask 077; '
    'n=$$; while [ -e "$n" ] || [ -e "$n.json" ]; do n=${n}_; done; '
    '{ cat >"$n" && mv "$n" "$n.json"; } || cat; exit 0'
    "'"
)
"""Takes a payload on standard input; prints nothing and succeeds whatever happens. The text is
the same for every session, for Codex trusts a hook by a hash of it, and it means the same to every
shell that an agent may hand it to. All of the payload is read also where there is no room for it:
an agent that cannot write all of it calls its hook broken."""
BATCH = 200
"""Files in one row."""
LARGEST = 16 << 20
"""Bytes of one payload; a larger one is counted and not read."""


def read_hooks(session: Session, places: Places, parse: Parse, now: datetime) -> e.Reported | None:
    """The oldest payloads that are not recorded, as one row that names their files; None: none.

    The row names the recorded files that are still there as well, so that one which was not
    cleared away is not taken for a new one later.
    """
    waiting = _in_order(places.hooks(session.id))
    left = [name for name, _ in waiting if name in session.taken]
    batch = [(name, path) for name, path in waiting if name not in session.taken][:BATCH]
    if not batch:
        return None
    facts = tuple(fact for _, path in batch for fact in _facts(path, parse))
    return e.Reported(
        at=max((fact.at for fact in facts), default=now),
        session=session.id,
        run=session.run,
        source=Source.HOOK,
        facts=facts,
        files=(*left, *(name for name, _ in batch)),
    )


def clear_hooks(session: Session, places: Places) -> None:
    """Remove the files that `session` says are recorded."""
    for name, path in _in_order(places.hooks(session.id)):
        if name in session.taken:
            with suppress(OSError):  # a folder that was made read-only: its row still names it
                path.unlink()


def _in_order(folder: Path) -> list[tuple[str, Path]]:
    """The whole files with their names for good, by when they were written.

    A process id comes back; with the time it does not. Nothing but plain files is looked at:
    an agent can put anything there, and reading a pipe would never end.
    """
    found = []
    for path in folder.glob("*.json"):
        with suppress(OSError):  # cleared away meanwhile
            seen = path.lstat()
            if stat.S_ISREG(seen.st_mode):
                found.append((seen.st_mtime_ns, len(path.name), path.name, path))
    return [(f"{path.stem}:{time}", path) for time, _, _, path in sorted(found)]


def _facts(path: Path, parse: Parse) -> list[AnyFact]:
    try:
        seen = path.lstat()
        at = EPOCH + timedelta(microseconds=seen.st_mtime_ns // 1000)
        if seen.st_size > LARGEST:
            return [Strange(at=at, what=f"a hook payload of {seen.st_size:,} bytes")]
        payload = json.loads(path.read_bytes())
    except OSError:
        return []
    except (ValueError, RecursionError):
        return [Strange(at=at, what="a hook payload that is no JSON")]
    return parse(Source.HOOK, payload, at) if isinstance(payload, dict) else []
