"""Rows by each group, and by several at once."""

import pytest

from agentmux.core.meter import Key, Who
from agentmux.core.tally import Tally
from agentmux.ledger.windows import Counted
from agentmux.report.grouping import GROUPS, report_by
from tests.report.conftest import NOW


@pytest.mark.parametrize(
    ("by", "keys"),
    [
        (["day"], [(f"2026-03-0{n}",) for n in range(1, 7)]),
        (["session"], [("s1",), ("s2",), ("q1",), ("q2",), ("q3",), ("q4",)]),
        (["agent"], [("claude",), ("codex",)]),
        (["model"], [("opus",), ("sonnet",), (None,)]),
        (["branch"], [("agentmux/one",), ("agentmux/two",), (None,)]),
        (["agent", "branch"], [("claude", "agentmux/one"), ("codex", "agentmux/two"),
                               ("codex", None)]),
    ],
)  # fmt: skip
def test_rows_by_group(counted: Counted, by: list[str], keys: list[tuple[str | None]]) -> None:
    report = report_by(counted, by)
    assert [tuple(row.keys.values()) for row in report.rows] == keys
    assert report.total.turns == 8
    assert sum(row.figures.turns for row in report.rows) == 8
    assert report.total.sessions == 6


def test_a_session_is_shown_with_its_name_agent_and_branch(counted: Counted) -> None:
    row = report_by(counted, ["session"]).rows[0].json()
    assert (row["session"], row["name"], row["agent"]) == ("s1", "name-s1", "claude")
    assert row["branch"] == "agentmux/one"


def test_the_object_has_window_definitions_and_gaps(counted: Counted) -> None:
    told = report_by(counted, ["day"]).json()
    assert told["window"] == {
        "since": "2026-03-01T11:59:00.123Z",
        "until": "2026-03-06T12:00:00.123Z",
    }
    assert told["by"] == ["day"]
    assert told["gaps"] == []
    assert told.keys() == {"by", "window", "rows", "total", "definitions", "gaps"}


def test_nine_stands_before_ten_and_what_there_is_none_of_last() -> None:
    tallies = {
        Key("2026-03-01", name, None): Tally({"responses": 1}) for name in ("s10", "s9", "x")
    }
    counted = Counted(None, NOW, tallies, {"s9": Who("n", None, None)})
    rows = report_by(counted, ["session"]).rows
    assert [row.keys["session"] for row in rows] == ["s9", "s10", "x"]
    assert [row.keys["agent"] for row in report_by(counted, ["agent"]).rows] == [None]


def test_what_is_about_no_session_is_in_no_row(counted: Counted) -> None:
    assert any(key.session is None for key in counted.tallies)
    for by in GROUPS:
        assert all(
            "little.samples" not in r.figures.tally.counts for r in report_by(counted, [by]).rows
        )
