"""Events, gauges and the fleet as JSON, read off the fields of their dataclasses.

A new event or field needs no line here. What the record must survive decides the rest:

- a row of an unknown kind, or one that this version cannot understand (a newer writer's word), is
  passed over: it decodes to None and the reader counts it;
- an unknown field is ignored, so a newer writer may add fields; a field added later must have a
  default, since older rows lack it;
- text is kept exactly, lone surrogates included (a path that is not UTF-8): JSON is written in
  ASCII escapes, so SQLite never sees them. Two lone halves that meet come back as the one
  character which they spell.
"""

import json
import re
from collections.abc import Callable, Mapping
from dataclasses import fields, is_dataclass
from datetime import UTC, datetime
from decimal import Decimal
from enum import StrEnum
from functools import cache
from types import NoneType, UnionType
from typing import Any, Literal, NamedTuple, TypeAlias, TypeVar, Union, cast, get_args, get_origin

from agentmux.core.events import Event
from agentmux.core.facts import AnyFact, Fact, Strange
from agentmux.errors import LedgerError

T = TypeVar("T")
Decoder: TypeAlias = Callable[[Any], Any]


class Row(NamedTuple):
    """An event as the ledger keeps it, without its id and chain."""

    at: str
    """RFC 3339 UTC with microseconds: text order is time order."""
    session: str | None
    kind: str
    body: str
    """JSON object in ASCII: the fields that are not None."""


def kind_of(event_class: type) -> str:
    """The ledger's word for a class of events: `SessionOpened` → `session_opened`."""
    return re.sub(r"(?<!^)(?=[A-Z])", "_", event_class.__name__).lower()


_TAG = "fact"
_NOT_UNDERSTOOD = (
    TypeError,
    ValueError,
    LookupError,
    AttributeError,
    ArithmeticError,
    RecursionError,
)
"""What decoding raises on anything it was not written for; `Decimal` says it by arithmetic."""
_FACTS: dict[str, type] = {kind_of(each): each for each in get_args(AnyFact)}
KINDS: dict[str, type[Event]] = {kind_of(each): each for each in get_args(Event)}
"""Every kind of row this version understands."""


def encode_event(event: Event) -> Row:
    """The row of `event`; LedgerError when it holds what JSON or a record of time cannot."""
    try:
        body = {
            name: value
            for name, always in _body_fields(type(event))
            if (value := getattr(event, name)) is not None or always
        }
        row = Row(_time_text(event.at), event.session, kind_of(type(event)), _dumps(body))
        (row.session or "").encode("ascii")
    except (TypeError, ValueError, RecursionError) as error:
        raise _unwritable(event, error) from error
    return row


def decode_event(row: Row) -> Event | None:
    """The event of `row`, or None when this version does not understand it."""
    event_class = KINDS.get(row.kind)
    if event_class is None:
        return None
    reader = _reader(event_class)
    try:
        stored = json.loads(row.body)
        stored["at"], stored["session"] = row.at, row.session
        return cast(Event, reader(stored))
    except _NOT_UNDERSTOOD:
        return None


def encode(value: object) -> str:
    """Any frozen dataclass of `core` as one line of ASCII JSON; LedgerError as above."""
    try:
        return _dumps(value)
    except (TypeError, ValueError, RecursionError) as error:
        raise _unwritable(value, error) from error


def decode(cls: type[T], text: str) -> T:
    """The `cls` that `encode` wrote; ValueError when it is not one."""
    reader = _reader(cls)
    try:
        return cast(T, reader(json.loads(text)))
    except _NOT_UNDERSTOOD as error:
        raise ValueError(f"not a {cls.__name__}: {error}") from error


def _unwritable(value: object, error: Exception) -> LedgerError:
    return LedgerError(f"A {type(value).__name__} cannot be recorded: {error}.")


def _body_field_names(cls: type) -> tuple[tuple[str, bool], ...]:
    """The body's fields, each with whether None is written too (it is not the default)."""
    return tuple((f.name, f.default is not None) for f in fields(cls) if f.name not in _COLUMNS)


_body_fields: Callable[[type], tuple[tuple[str, bool], ...]] = cache(_body_field_names)
_COLUMNS = ("at", "session")
"""Fields of every event that have a column of their own."""


def _dumps(value: object) -> str:
    return json.dumps(value, default=_plain, allow_nan=False, separators=(",", ":"))


def _plain(value: object) -> object:
    """What `json` cannot write by itself, in terms of what it can."""
    if isinstance(value, datetime):
        return _time_text(value)
    if isinstance(value, Mapping):
        return dict(value)
    if isinstance(value, Decimal):
        return str(value)
    if is_dataclass(value):
        stored = {
            f.name: part
            for f in fields(value)
            if (part := getattr(value, f.name)) is not None or f.default is not None
        }
        return {_TAG: kind_of(type(value)), **stored} if isinstance(value, Fact) else stored
    raise TypeError(f"{type(value).__name__} has no form in JSON")


def _time_text(at: datetime) -> str:
    if at.tzinfo is None:
        raise ValueError("a time without its zone")
    return at.astimezone(UTC).isoformat(timespec="microseconds").replace("+00:00", "Z")


def _decoder(hint: Any) -> Decoder | None:
    """How a stored value becomes one of type `hint`; None when it already is one."""
    if isinstance(hint, str) or hint in (str, int, float, bool):
        return None  # a string stands for the recursive alias `Json`
    if hint is datetime:
        return datetime.fromisoformat
    origin, args = get_origin(hint), get_args(hint)
    if origin is Literal:
        return None
    if hint is Decimal:
        return Decimal
    if origin in (UnionType, Union) and NoneType in args and len(args) == 2:
        return _decoder(args[0] if args[1] is NoneType else args[1])
    if origin is UnionType and all(issubclass(one, Fact) for one in args):
        return _fact
    if origin is tuple:
        return _items_decoder(_decoder(args[0]))
    if origin is Mapping:
        return _values_decoder(_decoder(args[1]))
    if isinstance(hint, type) and issubclass(hint, StrEnum):
        return hint
    if isinstance(hint, type) and is_dataclass(hint):
        return _record_decoder(hint)
    raise TypeError(f"the ledger has no form for {hint}")


def _fact(stored: Mapping[str, Any]) -> Any:
    """The fact that its tag names; a newer writer's is kept as something strange, so that how far
    its row was read is known all the same."""
    try:
        return _reader(_FACTS[stored[_TAG]])(stored)
    except _NOT_UNDERSTOOD:
        at = datetime.fromisoformat(stored["at"])
        return Strange(at=at, what=f"fact {stored.get(_TAG)!s:.40}")


def _items_decoder(item: Decoder | None) -> Decoder:
    return tuple if item is None else lambda stored: tuple(map(item, stored))


def _values_decoder(value: Decoder | None) -> Decoder:
    return dict if value is None else lambda stored: {k: value(v) for k, v in stored.items()}


def _record_decoder(cls: type) -> Decoder:
    plan = {f.name: _decoder(f.type) for f in fields(cls)}

    def decode_record(stored: Mapping[str, Any]) -> Any:
        known = {}
        for name, value in stored.items():
            if name in plan:
                decoder = plan[name]
                known[name] = value if decoder is None or value is None else decoder(value)
        return cls(**known)

    return decode_record


_reader: Callable[[type], Decoder] = cache(_record_decoder)
