"""What the command line prints: data on standard output, talk on standard error.

Exit codes: 0 ok, 1 failed, 2 usage or configuration, 3 missing prerequisite, 4 not found, 5 certain
conflicts, 6 over budget, 7 needs trust or confirmation, 130 interrupted.
"""

import json
import os
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager

from agentmux.core.events import Json
from agentmux.core.text import clean
from agentmux.errors import AgentmuxError

SCHEMA = 1


def data(text: str) -> None:
    """One line of data."""
    with _writing():
        print(text)


def raw(content: bytes) -> None:
    """Bytes as they are."""
    if not sys.stdout:  # closed by the shell, `>&-`: then nobody wants them
        return
    with _writing():
        sys.stdout.flush()
        sys.stdout.buffer.write(content)
        sys.stdout.buffer.flush()


def data_json(fields: Mapping[str, Json]) -> None:
    """One JSON object with the schema number; lone surrogates stay escaped."""
    data(json.dumps({"schema": SCHEMA, **fields}))


def data_rows(name: str, rows: Sequence[Mapping[str, object]]) -> None:
    """One JSON object whose only field besides the schema number is the list `name`."""
    data(json.dumps({"schema": SCHEMA, name: [dict(row) for row in rows]}))


def finish() -> None:
    """Write out what is still buffered, while a failure can be told and counts."""
    if sys.stdout:
        with _writing():
            sys.stdout.flush()


@contextmanager
def _writing() -> Iterator[None]:
    """A full disk behind standard output is the person's to know, and no fault of ours."""
    try:
        yield
    except OSError as error:
        _let_go(1)
        if isinstance(error, BrokenPipeError):
            raise
        raise AgentmuxError(
            f"Standard output cannot be written: {error.strerror}.",
            "What was asked for may be done all the same: `agentmux ls` shows how things stand.",
        ) from error


def talk(text: str) -> None:
    """One line for the person; nothing where standard error is closed or cannot be written."""
    if not sys.stderr:  # `print` would turn to standard output, which is for data
        return
    try:
        print(clean(text), file=sys.stderr)
    except OSError:
        _let_go(2)


def _let_go(stream: int) -> None:
    """Lead what is still buffered to nowhere: Python would fail at it again when it ends."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), stream)


def complain(error: AgentmuxError) -> None:
    """What went wrong, and what to type next."""
    talk(f"agentmux: {error.message}")
    if error.hint:
        talk(f"  hint: {error.hint}")
