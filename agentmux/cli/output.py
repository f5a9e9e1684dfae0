"""What the command line prints: data on standard output, talk on standard error.

Exit codes: 0 ok, 1 failed, 2 usage or configuration, 3 missing prerequisite, 4 not found, 5 certain
conflicts, 6 over budget, 7 needs trust or confirmation, 130 interrupted.
"""

import json
import sys
from collections.abc import Mapping, Sequence

from agentmux.core.events import Json
from agentmux.core.text import clean
from agentmux.errors import AgentmuxError

SCHEMA = 1


def data(text: str) -> None:
    """One line of data."""
    print(text)


def raw(content: bytes) -> None:
    """Bytes as they are."""
    sys.stdout.flush()
    sys.stdout.buffer.write(content)
    sys.stdout.buffer.flush()


def data_json(fields: Mapping[str, Json]) -> None:
    """One JSON object with the schema number; lone surrogates stay escaped."""
    print(json.dumps({"schema": SCHEMA, **fields}))


def data_rows(name: str, rows: Sequence[Mapping[str, object]]) -> None:
    """One JSON object whose only field besides the schema number is the list `name`."""
    print(json.dumps({"schema": SCHEMA, name: [dict(row) for row in rows]}))


def talk(text: str) -> None:
    """One line for the person."""
    print(clean(text), file=sys.stderr)


def complain(error: AgentmuxError) -> None:
    """What went wrong, and what to type next."""
    talk(f"agentmux: {error.message}")
    if error.hint:
        talk(f"  hint: {error.hint}")
