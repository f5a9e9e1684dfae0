"""Moments as people type them."""

import pytest

from agentmux.errors import UsageError
from agentmux.report.moments import parse_moment
from tests.support.events import T0


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("2026-02-28", "2026-02-28T00:00:00+00:00"),
        ("2026-02-28T09:00", "2026-02-28T09:00:00+00:00"),
        ("2026-02-28T09:00Z", "2026-02-28T09:00:00+00:00"),
        ("2026-02-28T09:00+02:00", "2026-02-28T07:00:00+00:00"),
        ("now", "2026-03-01T12:00:00.123456+00:00"),
        ("today", "2026-03-01T00:00:00+00:00"),
        ("yesterday", "2026-02-28T00:00:00+00:00"),
        ("2h", "2026-03-01T10:00:00.123456+00:00"),
        ("90m", "2026-03-01T10:30:00.123456+00:00"),
        ("1w", "2026-02-22T12:00:00.123456+00:00"),
    ],
)
def test_a_moment(text: str, told: str) -> None:
    assert parse_moment(text, T0).isoformat() == told


@pytest.mark.parametrize("text", ["", "soon", "3y", "999999999w", "2026-13-01", "٣h", "h"])
def test_what_is_none_is_said(text: str) -> None:
    with pytest.raises(UsageError, match="is no time"):
        parse_moment(text, T0)
