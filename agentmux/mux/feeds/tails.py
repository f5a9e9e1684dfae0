"""Transcripts and other files that agents write while they run, read from where we stopped.

Each row carries how far its file was read, so nothing is lost and nothing counted twice, however
often the leader dies. What an earlier conversation wrote, of which this session is a continuation,
is read too; but it is no news of the state, and was not spent here.
"""

import hashlib
import json
import os
import re
import stat
from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import BinaryIO

from agentmux.core import events as e
from agentmux.core.agent import Feed
from agentmux.core.facts import AnyFact, ModelChosen, Source, Strange, Usage
from agentmux.core.session import Session
from agentmux.core.spool import EPOCH, Parse

PAGE = 1 << 20
"""Bytes of a file in one row."""
LONGEST = 32 << 20
"""Bytes of one line; what is longer is passed over and counted."""
Known = dict[tuple[str, str], tuple[int, int]]
"""Session and path of a file that is replaced as a whole → its size and time when it was last
read."""
_PLAIN_ID = re.compile(r"[\w.:@+-]{1,200}")


def paths_of(feed: Feed, session: Session) -> list[str]:
    """The files of a feed as they are now, oldest name first."""
    place = feed.place
    folder = hashlib.sha256(os.fsencode(session.worktree)).hexdigest()[:12]
    for name, value in (
        ("{id}", session.agent_session_id),
        ("{pid}", session.pid),
        ("{hash}", folder),
    ):
        if name in place:
            # The agent's own word becomes part of a pattern: no id means other folders.
            if value is None or not _PLAIN_ID.fullmatch(str(value)) or ".." in str(value):
                return []
            place = place.replace(name, str(value))
    return sorted(map(str, Path("/").glob(place.removeprefix("/"))))


def read_tail(
    session: Session, source: Source, path: str, parse: Parse, now: datetime
) -> e.Reported | None:
    """The next whole lines of one file as a row; None when there are none."""
    before = session.feeds.get(path, 0)
    try:
        with _open_plain(path) as file:
            offset, page = _next_page(file, before)
    except (OSError, ValueError):  # a path with a NUL in it is a ValueError
        return None
    whole = page if len(page) >= LONGEST else page[: page.rfind(b"\n") + 1]
    if not whole and offset == before:
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


def _open_plain(path: str) -> BinaryIO:
    """An agent names its transcript: a pipe of that name must not make us wait for ever."""
    fd = os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC)
    file = os.fdopen(fd, "rb")
    if not stat.S_ISREG(os.fstat(fd).st_mode):
        file.close()
        raise OSError(f"{path} is no plain file")
    return file


def _next_page(file: BinaryIO, offset: int) -> tuple[int, bytes]:
    """What stands behind `offset`, and where that begins."""
    if file.seek(0, os.SEEK_END) < offset:  # replaced by a shorter one: ids make reading it safe
        offset = 0
    file.seek(offset)
    page = file.read(PAGE)
    if len(page) == PAGE and b"\n" not in page:
        page += file.readline(LONGEST - PAGE)
    return offset, page


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
            yield from (_by(now, f) for f in parse(source, record, now) if is_news(session, f))


def _by(now: datetime, fact: AnyFact) -> AnyFact:
    """Nothing happens after it is read: the clock was set back since, or the line is garbled."""
    return fact if fact.at <= now else replace(fact, at=now)


def is_news(session: Session, fact: AnyFact) -> bool:
    """Whether it tells of this session, and of this run where it bears on the state."""
    if isinstance(fact, Usage | ModelChosen):
        return fact.at >= session.created
    return session.run_at is None or fact.at >= session.run_at


def read_whole(
    session: Session, source: Source, path: str, parse: Parse, known: Known
) -> e.Reported | None:
    """A file that is replaced as a whole, when it has changed since `known`; None: it has not.

    Its own clock is the file's time, so that reading it again later says the same.
    """
    try:
        with _open_plain(path) as file:
            seen = os.fstat(file.fileno())
            mark = (seen.st_size, seen.st_mtime_ns)
            if known.get((session.id, path)) == mark or seen.st_size > LONGEST:
                return None
            record = json.loads(file.read(LONGEST))
    except (OSError, ValueError, RecursionError):  # being written: the next look reads it
        return None
    known[session.id, path] = mark
    at = EPOCH + timedelta(microseconds=seen.st_mtime_ns // 1000)
    if not isinstance(record, dict):
        return None
    facts = tuple(f for f in parse(source, record, at) if is_news(session, f))
    if not facts:
        return None
    return e.Reported(at=at, session=session.id, run=session.run, source=source, facts=facts)
