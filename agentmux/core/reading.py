"""Lenient look-ups in JSON that somebody else wrote: what is missing or of another type is empty.

Transcripts and payloads are undocumented and change weekly; an adapter asks for what it needs by
path and never fails on what it finds.
"""

import re
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from decimal import Decimal, InvalidOperation
from typing import Any

EPOCH = datetime.fromtimestamp(0, UTC)
OLDEST = datetime(2000, 1, 1, tzinfo=UTC)
FARTHEST = timedelta(days=366)
"""A limit's end lies ahead: a week, or a month."""
MOST = Decimal(1_000_000_000)
"""US dollars."""
_UNITS = ((1e17, 1e9), (1e14, 1e6), (1e11, 1e3))
"""Numbers above the first are counted in so many parts of a second: ns, us, ms."""
_WHOLE = re.compile(r"-?[0-9]{1,24}")


def value_at(record: object, *path: str | int) -> Any:
    """What stands at the end of `path`; None when there is no such place."""
    found: Any = record
    for step in path:
        if isinstance(step, int):
            is_there = isinstance(found, list | tuple) and -len(found) <= step < len(found)
        else:
            is_there = isinstance(found, Mapping) and step in found
        if not is_there:
            return None
        found = found[step]
    return found


def text_at(record: object, *path: str | int) -> str:
    """The string there, else an empty one."""
    found = value_at(record, *path)
    return found if isinstance(found, str) else ""


def count_at(record: object, *path: str | int) -> int:
    """The whole number there, also one written as text (OTLP's), else 0."""
    found = value_at(record, *path)
    if isinstance(found, bool):
        return 0
    if isinstance(found, str):
        found = whole_in(found) or 0
    return int(found) if isinstance(found, int | float) and abs(found) < 1e15 else 0


def whole_in(text: str) -> int | None:
    """The whole number that `text` is; None when it is none, or longer than any count."""
    return int(text) if _WHOLE.fullmatch(text) else None


def money_at(record: object, *path: str | int) -> Decimal | None:
    """The amount there, exactly as it was written; None when there is none, or none that
    anything costs: below nothing, or beyond `MOST`."""
    found = value_at(record, *path)
    if isinstance(found, bool) or not isinstance(found, str | int | float | Decimal):
        return None
    try:
        amount = Decimal(str(found))
    except InvalidOperation:
        return None
    return amount if amount.is_finite() and 0 <= amount < MOST else None


def entry_at(record: object, *path: str | int) -> Mapping[str, Any]:
    """The object there, else an empty one."""
    found = value_at(record, *path)
    return found if isinstance(found, Mapping) else {}


def items_at(record: object, *path: str | int) -> Sequence[Any]:
    """The list there, else an empty one."""
    found = value_at(record, *path)
    return found if isinstance(found, list | tuple) else ()


def time_of(value: object, default: datetime) -> datetime:
    """A time as RFC 3339 or as a number since 1970 in s, ms, us or ns, in UTC; else `default`.

    What no record of an agent can tell of, before 2000 or more than a year after `default` (when
    it was read), is garbage too: one such time would outrank every true one for good.
    """
    if isinstance(value, str):
        value = whole_in(value) or value
    try:
        found = _time(value)
    except (ValueError, OverflowError):
        return default
    return found if found is not None and OLDEST <= found <= default + FARTHEST else default


def _time(value: object) -> datetime | None:
    if isinstance(value, str):
        found = datetime.fromisoformat(value)
        return found.astimezone(UTC) if found.tzinfo else found.replace(tzinfo=UTC)
    if isinstance(value, int | float) and not isinstance(value, bool):
        part = next((parts for least, parts in _UNITS if value >= least), 1.0)
        return EPOCH + timedelta(seconds=value / part)
    return None
