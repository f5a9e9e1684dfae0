"""Transcripts and other files that agents write while they run, read from where we stopped.

Each row carries how far its file was read, so nothing is lost and nothing counted twice, however
often the leader dies. What an earlier conversation wrote, of which this session is a continuation,
is read too; but it is no news of the state, and was not spent here.
"""

import json
from collections.abc import Iterator, Mapping
from datetime import datetime
from pathlib import Path

from agentmux.core import events as e
from agentmux.core.agent import Feed
from agentmux.core.facts import AnyFact, ModelChosen, Source, Strange, Usage
from agentmux.core.session import Session
from agentmux.core.spool import Parse

PAGE = 1 << 20
"""Bytes of a file in one row."""
LONGEST = 32 << 20
"""Bytes of one line; what is longer is passed over and counted."""
Known = Mapping[str, tuple[int, int]]
"""Path of a file that is replaced as a whole → its size and time when it was last read."""


def paths_of(feed: Feed, session: Session) -> list[str]:
    """The files of a feed as they are now, oldest name first."""
    place = feed.place
    for name, value in (("{id}", session.agent_session_id), ("{pid}", session.pid)):
        if name in place:
            if value is None:
                return []
            place = place.replace(name, str(value))
    return sorted(map(str, Path("/").glob(place.removeprefix("/"))))


def read_tail(
    session: Session, source: Source, path: str, parse: Parse, now: datetime
) -> e.Reported | None:
    """The next whole lines of one file as a row; None when there are none."""
    offset = session.feeds.get(path, 0)
    try:
        with Path(path).open("rb") as file:
            if file.seek(0, 2) < offset:  # replaced by a shorter one: ids make reading it safe
                offset = 0
            file.seek(offset)
            page = file.read(PAGE)
            if len(page) == PAGE and b"\n" not in page:
                page += file.readline(LONGEST - PAGE)
    except OSError:
        return None
    whole = page if len(page) >= LONGEST else page[: page.rfind(b"\n") + 1]
    if not whole:
        return None
    facts = tuple(_facts(session, source, whole, parse, now))
    return e.Reported(
        at=max((fact.at for fact in facts), default=now),
        session=session.id,
        run=session.run,
        source=source,
        facts=facts,
        feed=path,
        offset=offset + len(whole),
    )


def _facts(
    session: Session, source: Source, lines: bytes, parse: Parse, now: datetime
) -> Iterator[AnyFact]:
    for line in lines.splitlines():
        try:
            record = json.loads(line) if line.strip() else None
        except (ValueError, RecursionError):
            yield Strange(at=now, what=f"a line of {source} that is no JSON")
            continue
        if isinstance(record, dict):
            yield from (f for f in parse(source, record, now) if is_news(session, f))


def is_news(session: Session, fact: AnyFact) -> bool:
    """Whether it tells of this session, and of this run where it bears on the state."""
    if isinstance(fact, Usage | ModelChosen):
        return fact.at >= session.created
    return session.run_at is None or fact.at >= session.run_at


def read_whole(
    session: Session, source: Source, path: str, parse: Parse, known: dict[str, tuple[int, int]]
) -> e.Reported | None:
    """A file that is replaced as a whole, when it has changed since `known`; None: it has not.

    Its own clock is the file's time, so that reading it again later says the same.
    """
    try:
        stat = Path(path).stat()
        mark = (stat.st_size, stat.st_mtime_ns)
        if known.get(path) == mark or stat.st_size > LONGEST:
            return None
        record = json.loads(Path(path).read_bytes())
    except (OSError, ValueError, RecursionError):  # being written: the next look reads it
        return None
    known[path] = mark
    at = datetime.fromtimestamp(stat.st_mtime_ns / 1e9, session.created.tzinfo)
    if not isinstance(record, dict):
        return None
    facts = tuple(f for f in parse(source, record, at) if is_news(session, f))
    if not facts:
        return None
    return e.Reported(at=at, session=session.id, run=session.run, source=source, facts=facts)
