"""State in glyph and word, ages and figures, each in the cells it is said to take."""

from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from rich.cells import cell_len

from agentmux.core.bill import Bill
from agentmux.core.session import Gauge
from agentmux.core.state import SessionState
from agentmux.ui.labels import (
    MARKS,
    UNICODE,
    age,
    age_of,
    agent_of,
    branch_of,
    cost_of,
    counts,
    cut,
    fit,
    load_of,
    mark_of,
    memory,
    name_of,
    state_of,
)
from agentmux.ui.theme import ROLES
from tests.support.staged import NOON, load, session

EXITED = SessionState.EXITED


def test_every_state_has_a_mark_in_both_sets() -> None:
    assert set(MARKS) == set(SessionState)
    for mark in MARKS.values():
        assert mark.role in ROLES
        assert cell_len(mark.glyph) == cell_len(UNICODE[mark.glyph]) == 1


@pytest.mark.parametrize(
    ("fields", "word", "wants"),
    [
        ({"state": EXITED, "exit_code": 0}, "exited 0", False),
        ({"state": EXITED, "exit_code": 127}, "exited 127", True),
        ({"state": EXITED, "exit_signal": 9}, "killed SIGKILL", True),
        ({"state": EXITED, "exit_signal": 99}, "killed signal 99", True),
        ({"state": EXITED, "exit_signal": 1}, "hung up", True),
        ({"state": EXITED, "exit_signal": 1, "stopped": True}, "stopped", False),
        ({"state": EXITED}, "ended unseen", True),
        ({"state": SessionState.QUIET}, "quiet", False),
    ],
)
def test_the_word_of_a_state(fields: dict[str, Any], word: str, wants: bool) -> None:
    mark = mark_of(session(1, "one", **fields))
    assert (mark.word, mark.wants) == (word, wants)


@pytest.mark.parametrize(
    ("seconds", "text"),
    [
        (0, "0s"), (59.9, "59s"), (192, "3m 12s"), (600, "10m"), (3599, "59m"),
        (3600, "1h 00m"), (7500, "2h 05m"), (40_000, "11h"), (200_000, "2d"),
    ],
)  # fmt: skip
def test_ages_are_as_exact_as_they_are_useful(seconds: float, text: str) -> None:
    assert age(seconds) == text


def test_a_quiet_session_changes_its_age_by_the_minute_only() -> None:
    quiet = session(1, "one", age_s=192, state=SessionState.QUIET)
    ages = {age_of(quiet, NOON + timedelta(seconds=s)) for s in range(48)}
    assert ages == {"3m"}
    assert age_of(session(1, "one", age_s=192), NOON) == "3m 12s"


def test_branch_and_load() -> None:
    one = session(1, "csv-import", gauge=load(3, 5, 12.4, 412))
    assert branch_of(one) == "csv-import +3 ~5"
    assert load_of(one) == "12% 412 MB"
    assert memory(1536) == "1.5 GB"
    assert branch_of(session(1, "x", branch=None)) == ""
    assert branch_of(session(1, "x", branch=None, gauge=Gauge(head="a" * 40))) == "detached"
    assert load_of(session(1, "x", state=EXITED, gauge=load(0, 0, 1, 1))) == ""


def test_the_agent_is_named_with_its_profile_or_command() -> None:
    assert agent_of(session(1, "x", profile="opus")) == "claude opus"
    assert agent_of(session(1, "x", "command", argv=("/usr/bin/htop", "-d"))) == "htop"
    assert agent_of(session(1, "x", "command", profile="simulated")) == "simulated"


def test_hostile_names_are_shown_as_escapes() -> None:
    assert name_of(session(1, "a\x1b]52;c;x\x07\n[red]")) == "a\\x1b]52;c;x\\x07\\n[red]"


def test_counts_put_the_urgent_first_and_calm_ends_last() -> None:
    rows = counts(
        [
            session(1, "a"),
            session(2, "b", state=EXITED, exit_code=0),
            session(3, "c", state=EXITED, exit_code=1),
            session(4, "d", state=SessionState.QUIET),
            session(5, "e"),
            session(6, "f", state=EXITED, exit_signal=1, stopped=True),
        ]
    )
    assert [(mark.word, number) for mark, number in rows] == [
        ("exited", 1), ("running", 2), ("quiet", 1), ("ended", 2),
    ]  # fmt: skip


@pytest.mark.parametrize("text", ["", "abc", "日本語の名前", "👨‍👩‍👧 family", "long " * 20])
@pytest.mark.parametrize("width", [0, 1, 2, 7, 40])
def test_cut_and_fit_keep_to_the_cells(text: str, width: int) -> None:
    assert cell_len(cut(text, width)) <= width
    assert cell_len(fit(text, width)) == width


def test_a_figure_and_the_age_behind_it_are_told_apart() -> None:
    failed = mark_of(session(1, "a", state=EXITED, exit_code=1))
    assert state_of(failed, "3m") == "exited 1 · 3m"
    assert state_of(MARKS[SessionState.RUNNING], "3m 12s") == "running 3m 12s"


@pytest.mark.parametrize(
    ("bill", "words"),
    [
        (Bill(), ""),
        (Bill(responses=2, unpriced=2), "unpriced"),
        (Bill(responses=2, priced_usd=Decimal("0.8449")), "$0.84"),
        (Bill(responses=2, unpriced=1, priced_usd=Decimal("1234.5")), "$1,234.50~"),
        (Bill(responses=1, incomplete=1, priced_usd=Decimal("0.005")), "<$0.01~"),
    ],
)
def test_cost_is_exact_marked_or_unpriced(bill: Bill, words: str) -> None:
    assert cost_of(session(1, "csv", bill=bill)) == words
