"""Events for tests: short builders for the common ones, and a Hypothesis strategy for any."""

import os
from collections.abc import Mapping
from dataclasses import MISSING, fields, is_dataclass
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from enum import StrEnum
from functools import cache
from types import NoneType, UnionType
from typing import Any, Literal, Union, get_args, get_origin

from hypothesis import strategies as st

from agentmux.core import events as e
from agentmux.core.facts import Source
from agentmux.core.state import SessionState

T0 = datetime(2026, 3, 1, 12, 0, 0, 123456, tzinfo=UTC)


def at(seconds: float = 0) -> datetime:
    return T0 + timedelta(seconds=seconds)


def opened(
    session: str = "s1", *, slot: int = 1, seconds: float = 0, **more: Any
) -> e.SessionOpened:
    given: dict[str, Any] = {
        "request": f"open-{session}",
        "name": f"name-{session}",
        "agent": "claude",
        "repo": "/repo",
        "worktree": f"/trees/{session}",
        "argv": ("claude",),
        **more,
    }
    return e.SessionOpened(at=at(seconds), session=session, slot=slot, **given)


def in_state(session: str, to: str, *, seconds: float = 0, **more: Any) -> e.StateChanged:
    return e.StateChanged(
        at=at(seconds), session=session, to=SessionState(to), source="shim", **more
    )


def exited(session: str, *, run: int = 0, seconds: float = 0, **more: Any) -> e.Exited:
    return e.Exited(at=at(seconds), session=session, run=run, **more)


def launch(session: str, run: int, *, slot: int = 1, seconds: float = 0) -> e.LaunchIntended:
    return e.LaunchIntended(
        at=at(seconds), session=session, request=f"run-{run}", run=run, slot=slot
    )


TEXT = st.text(max_size=20) | st.binary(max_size=12).map(os.fsdecode)
"""Any text, and file names that are not UTF-8 as Python holds them."""

JSON: st.SearchStrategy[e.Json] = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False, allow_infinity=False)
    | TEXT,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(TEXT, inner, max_size=3),
    max_leaves=6,
)

# Few ids, requests and runs, so that the facts of a random history have to do with each other.
_BY_NAME: dict[str, st.SearchStrategy[Any]] = {
    "session": st.sampled_from([None, "s1", "s2", "s3", "s12"]),
    "request": st.sampled_from(["r1", "r2", "r3"]),
    "run": st.integers(0, 3),
    "source": st.sampled_from([*map(str, Source), "shim", "launch", "a newer one"]),
    "slot": st.integers(1, 9),
    "key": st.sampled_from([None, "k1", "k2"]),
}


def _values(hint: Any) -> st.SearchStrategy[Any]:
    plain: dict[Any, st.SearchStrategy[Any]] = {
        str: TEXT,
        bool: st.booleans(),
        int: st.integers(-(2**63), 2**63),
        float: st.floats(allow_nan=False, allow_infinity=False),
        datetime: st.datetimes(timezones=st.just(UTC)),
        Decimal: st.decimals(allow_nan=False, allow_infinity=False),
    }
    if isinstance(hint, str):  # the recursive alias Json
        return JSON
    if hint in plain:
        return plain[hint]
    origin, args = get_origin(hint), get_args(hint)
    if origin in (UnionType, Union):
        return st.one_of(*(st.none() if arg is NoneType else _values(arg) for arg in args))
    if origin is tuple and args[-1] is Ellipsis:
        return st.lists(_values(args[0]), max_size=3).map(tuple)
    if origin is tuple:
        return st.tuples(*map(_values, args))
    if origin is Literal:
        return st.sampled_from(args)
    if origin is Mapping:
        return st.dictionaries(_values(args[0]), _values(args[1]), max_size=3)
    if isinstance(hint, type) and is_dataclass(hint):
        return instances(hint)
    assert issubclass(hint, StrEnum), hint
    return st.sampled_from(list(hint))


@cache
def instances(cls: type) -> st.SearchStrategy[Any]:
    """Values of a dataclass, with and without its optional fields."""
    given = {f.name: _BY_NAME.get(f.name, _values(f.type)) for f in fields(cls)}
    optional = {
        f.name: given.pop(f.name)
        for f in fields(cls)
        if f.default is not MISSING or f.default_factory is not MISSING
    }
    return st.fixed_dictionaries(given, optional=optional).map(lambda values: cls(**values))


EVENTS: st.SearchStrategy[e.Event] = st.one_of(*map(instances, get_args(e.Event)))
"""Any event, also one that makes no sense where it stands."""

HISTORIES = st.lists(EVENTS, max_size=25)
