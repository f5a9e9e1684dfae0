"""The closed list of facts: frozen, with time and session, made of what the ledger can hold."""

import dataclasses
import inspect
from typing import get_args

import pytest
from hypothesis import given

from agentmux.core import events as e
from tests.support.events import EVENTS, in_state

KINDS = get_args(e.Event)


def test_the_union_names_every_fact_there_is() -> None:
    classes = {c for _, c in inspect.getmembers(e, inspect.isclass) if issubclass(c, e.Recorded)}
    assert classes - {e.Recorded} == set(KINDS)


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.__name__)
def test_a_fact_is_a_documented_value(kind: type) -> None:
    assert issubclass(kind, e.Recorded)
    assert kind.__doc__ and not kind.__doc__.startswith(f"{kind.__name__}(")
    assert all(field.kw_only for field in dataclasses.fields(kind))


def test_a_fact_is_final() -> None:
    event = in_state("s1", "quiet")
    with pytest.raises(dataclasses.FrozenInstanceError):
        event.why = "changed"  # type: ignore[misc]


@given(EVENTS)
def test_facts_with_the_same_content_are_equal(event: e.Event) -> None:
    assert dataclasses.replace(event) == event
