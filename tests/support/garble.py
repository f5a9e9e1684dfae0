"""Recorded objects that somebody cut, garbled or blew up, for tests that nothing raises."""

import copy
from collections.abc import Sequence
from typing import Any

from hypothesis import strategies as st

JUNK: st.SearchStrategy[Any] = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20)
    | st.sampled_from(["9" * 5000, "\ud800", "x" * 100_000, -(10**400)]),
    lambda inner: st.lists(inner, max_size=3)
    | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=5,
)  # fmt: skip
"""Anything that JSON can hold, and more."""


def garbled(records: Sequence[Any]) -> st.SearchStrategy[Any]:
    """One of `records` with one of its places gone or holding something else."""
    return st.sampled_from(records).flatmap(_changed)


def _changed(record: Any) -> st.SearchStrategy[Any]:
    spots = st.sampled_from(list(_places(record)))
    return st.builds(_with, st.just(record), spots, JUNK, st.booleans())


def _with(record: Any, path: tuple[Any, ...], junk: Any, gone: bool) -> Any:
    changed = copy.deepcopy(record)
    where = changed
    for step in path[:-1]:
        where = where[step]
    if gone:
        del where[path[-1]]
    else:
        where[path[-1]] = junk
    return changed


def _places(value: Any, path: tuple[Any, ...] = ()) -> Any:
    steps = value.items() if isinstance(value, dict) else enumerate(value)
    for step, inner in steps:
        yield (*path, step)
        if isinstance(inner, dict | list):
            yield from _places(inner, (*path, step))
