"""What TOML each type of setting accepts, and the tables of settings as flat keys.

A key here is a path through the tables, `("panes", "size")`. Files are laid over one another key
by key, so a repository that sets one entry of a profile leaves the others as they were.
"""

import difflib
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import fields, is_dataclass
from decimal import Decimal
from types import NoneType, UnionType
from typing import (
    Any,
    Literal,
    NamedTuple,
    TypeAlias,
    TypeGuard,
    TypeVar,
    cast,
    get_args,
    get_origin,
)

Key: TypeAlias = tuple[str, ...]
T = TypeVar("T")
_MOST = Decimal("1e15")
"""No number of seconds or dollars reaches it; one that does is a mistake."""


class UnknownKey(NamedTuple):
    """A key for which there is no setting."""

    known: tuple[str, ...]
    """The names there are in its table."""


class WrongValue(NamedTuple):
    """A value that its setting does not accept."""

    wanted: str
    value: object


def flatten(cls: type, table: Mapping[str, object], at: Key = ()) -> Iterator[tuple[Key, object]]:
    """Each setting of `table` with its value, or with what is wrong with it.

    An empty table is a setting too, of value {}: a profile may be there without saying anything.
    """
    hints = {f.name: f.type for f in fields(cls)}
    for name, value in table.items():
        if name in hints:
            yield from _flatten_value(hints[name], value, (*at, name))
        else:
            yield (*at, name), UnknownKey(tuple(hints))


def nearest_key(cls: type, key: Key) -> Key | None:
    """The setting of `cls` with the name nearest to `key`; None when `key` itself is one."""
    table: Mapping[str, object] = {}
    for name in reversed(key):
        table = {name: table}
    for at, problem in flatten(cls, table):
        if isinstance(problem, UnknownKey):
            return (*at[:-1], *difflib.get_close_matches(at[-1], problem.known, 1, 0.0))
    return None


def _flatten_value(hint: Any, value: object, key: Key) -> Iterator[tuple[Key, object]]:
    if isinstance(hint, type) and is_dataclass(hint):
        yield from flatten(hint, value, key) if _is_full(value) else [_bare_table(key, value)]
    elif get_origin(hint) is Mapping:
        if not _is_full(value):
            yield _bare_table(key, value)
            return
        item = get_args(hint)[1]
        for name, inner in value.items() if is_dataclass(item) else _joined(value):
            yield from _flatten_value(item, inner, (*key, name))
    else:
        try:
            yield key, convert(hint, value)
        except ValueError as error:
            yield key, WrongValue(str(error), value)


def _is_full(value: object) -> TypeGuard[dict[str, object]]:
    return isinstance(value, dict) and bool(value)


def _bare_table(key: Key, value: object) -> tuple[Key, object]:
    return key, value if value == {} else WrongValue("a table", value)


def _joined(table: Mapping[str, object]) -> Iterator[tuple[str, object]]:
    """Names with dots as one name: TOML makes a table of `go.next`, we mean the action."""
    for name, value in table.items():
        if isinstance(value, dict):
            yield from ((f"{name}.{rest}", inner) for rest, inner in _joined(value))
        else:
            yield name, value


def build(cls: type[T], values: Mapping[Key, object]) -> T:
    """The settings of `cls` from flat keys; what is not among them has its default."""
    given: dict[str, Any] = {}
    for f in fields(cast(Any, cls)):
        own = {key[1:]: value for key, value in values.items() if key[:1] == (f.name,)}
        if own:
            given[f.name] = _build_value(f.type, own)
    return cls(**given)


def _build_value(hint: Any, values: Mapping[Key, object]) -> object:
    if isinstance(hint, type) and is_dataclass(hint):
        return build(hint, values)
    if get_origin(hint) is not Mapping:
        return values[()]
    item = get_args(hint)[1]
    names = dict.fromkeys(key[0] for key in values if key)
    return {
        n: _build_value(item, {k[1:]: v for k, v in values.items() if k[:1] == (n,)}) for n in names
    }


def settings_of(value: object, at: Key = ()) -> Iterator[tuple[Key, object]]:
    """The flat keys and values of a whole `Config`; an empty table is a value."""
    if is_dataclass(value):
        for f in fields(value):
            yield from settings_of(getattr(value, f.name), (*at, f.name))
    elif isinstance(value, Mapping) and value:
        for name, inner in value.items():
            yield from settings_of(inner, (*at, name))
    else:
        yield at, value


def convert(hint: Any, value: object) -> object:
    """`value` as a setting of type `hint`; ValueError says what is wanted instead."""
    origin, args = get_origin(hint), get_args(hint)
    if origin is UnionType:
        return convert(next(arg for arg in args if arg is not NoneType), value)
    if origin is Literal:
        if value not in args or not isinstance(value, str):
            raise ValueError(f"one of {', '.join(args)}")
        return value
    return _CONVERTERS[hint](value)


def _text(value: object) -> str:
    if not isinstance(value, str) or "\0" in value:
        raise ValueError("a string")
    return value


def _words(value: object) -> tuple[str, ...]:
    items = [value] if isinstance(value, str) else value
    if not isinstance(items, list) or not all(isinstance(i, str) and "\0" not in i for i in items):
        raise ValueError("a list of strings")
    return tuple(items)


def _switch(value: object) -> bool:
    if not isinstance(value, bool):
        raise ValueError("true or false")
    return value


def _whole(value: object) -> int:
    if not isinstance(value, int) or isinstance(value, bool) or value < 0:
        raise ValueError("a whole number of 0 or more")
    return value


def _number(value: object) -> float:
    return float(_amount(value))


def _amount(value: object) -> Decimal:
    """TOML's numbers, as `source` reads them: a float of Python's would not be what was written."""
    if not isinstance(value, int | Decimal) or isinstance(value, bool):
        raise ValueError("a number")
    amount = Decimal(value)
    if not (amount.is_finite() and 0 <= amount < _MOST):
        raise ValueError("a number of 0 or more")
    return amount


def _size(value: object) -> tuple[int, int]:
    found = (
        re.fullmatch(r"([1-9]\d{0,3})x([1-9]\d{0,3})", value) if isinstance(value, str) else None
    )
    if found is None:
        raise ValueError('columns and rows such as "120x40"')
    return int(found[1]), int(found[2])


_CONVERTERS: dict[Any, Callable[[object], object]] = {
    str: _text,
    bool: _switch,
    int: _whole,
    float: _number,
    Decimal: _amount,
    tuple[str, ...]: _words,
    tuple[int, int]: _size,
}
