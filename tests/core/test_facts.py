"""The words of the adapters: closed, frozen, and every source with a rank."""

from dataclasses import FrozenInstanceError, fields, is_dataclass
from datetime import UTC, datetime
from typing import get_args

import pytest

from agentmux.core import facts as f

NOW = datetime(2026, 3, 1, tzinfo=UTC)
KINDS = pytest.mark.parametrize("kind", get_args(f.AnyFact), ids=lambda kind: kind.__name__)


def test_the_list_is_closed() -> None:
    assert set(get_args(f.AnyFact)) == set(f.Fact.__subclasses__())


@KINDS
def test_every_fact_is_frozen_and_says_when(kind: type[f.Fact]) -> None:
    assert is_dataclass(kind)
    assert "at" in {each.name for each in fields(kind)}
    assert kind.__hash__ is not None
    assert kind.__doc__ and not kind.__doc__.startswith(kind.__name__)


def test_a_fact_cannot_be_changed_and_takes_no_positions() -> None:
    fact = f.Ready(at=NOW)
    with pytest.raises(FrozenInstanceError):
        fact.at = NOW  # type: ignore[misc]
    with pytest.raises(TypeError):
        f.Ready(NOW)  # type: ignore[call-arg]


def test_every_source_has_a_rank() -> None:
    assert set(f.RANKS) == set(f.Source)


def test_the_order_of_belief() -> None:
    order = sorted(f.RANKS, key=lambda source: -f.RANKS[source])
    assert [str(source) for source in order] == [
        "process",
        "osc7501",
        "events",
        "registry",
        "hook",
        "transcript",
        "otlp",
        "statusline",
        "title",
        "screen",
        "output",
        "keys",
    ]
    assert f.RANKS[f.Source.OSC7501] == f.RANKS[f.Source.EVENTS]
