"""The same report for people: aligned, plain, and safe in a terminal and a spreadsheet."""

import csv
import io
from dataclasses import replace

import pytest

from agentmux.core.meter import Gap, Who
from agentmux.core.tally import Tally
from agentmux.ledger.windows import Counted
from agentmux.report.figures import Figures
from agentmux.report.grouping import report_by
from agentmux.report.table import count_words, csv_text, gap_lines, money_words, table
from tests.support.events import at


def test_columns_are_aligned_and_the_last_row_is_all_of_them(counted: Counted) -> None:
    lines = table(report_by(counted, ["session"]))
    assert lines[0].split()[:4] == ["session", "turns", "done", "interrupted"]
    assert lines[-1].startswith("all ")
    assert len({len(line) for line in lines}) == 1
    assert "50% of 8" in lines[1]
    assert "unpriced" in lines[2]
    assert "$1.00~" in lines[-1]


def test_a_percentile_that_there_is_none_of_is_a_dash(counted: Counted) -> None:
    assert "—" in table(report_by(counted, ["session"]))[1]


def test_text_from_outside_is_cleaned(counted: Counted) -> None:
    hostile = Who("\x1b[31mred\x07", "claude", "=cmd()|'x'!A1\n")
    report = report_by(replace(counted, who={"s1": hostile}), ["session"])
    text = "\n".join(table(report)) + csv_text(report)
    assert "\x1b" not in text and "\x07" not in text
    rows = {row["session"]: row for row in csv.DictReader(io.StringIO(csv_text(report)))}
    assert rows["s1"]["branch"].startswith("'=cmd()")


def test_values_have_the_names_of_the_json(counted: Counted) -> None:
    rows = list(csv.DictReader(io.StringIO(csv_text(report_by(counted, ["agent"])))))
    claude = rows[0]
    assert (claude["agent"], claude["turns_n"], claude["cost_usd"]) == ("claude", "8", "1.000000")
    assert claude["attention_wait_by_kind_permission"] == "14020.0"
    assert claude["attention_wait_p50_s"] == ""


def test_values_of_nothing_are_their_headings() -> None:
    assert csv_text(report_by(Counted(None, at()), ["day"])) == "day\n"


@pytest.mark.parametrize(
    ("number", "words"),
    [(0, "0"), (999, "999"), (31_400, "31k"), (999_600, "1.0M"), (1.9e6, "1.9M")],
)
def test_counts_are_short(number: int, words: str) -> None:
    assert count_words(number) == words


@pytest.mark.parametrize(
    ("counts", "words"),
    [
        ({}, "—"),
        ({"responses": 1, "cost": 843 * 10**12}, "$0.84"),
        ({"responses": 1, "cost": 2 * 10**12}, "$0.0020"),
        ({"responses": 1, "cost": 10**15, "incomplete": 1}, "$1.00~"),
        ({"responses": 1, "unpriced": 1}, "unpriced"),
    ],
)
def test_money_says_whether_it_is_exact(counts: dict[str, int], words: str) -> None:
    assert money_words(Figures(Tally(counts), 1)) == words


def test_what_the_record_lacks_is_said(counted: Counted) -> None:
    gaps = [Gap(at(0), at(90), certain=False), Gap(at(0), at(90), certain=True)]
    lines = list(gap_lines(report_by(replace(counted, gaps=gaps), ["day"])))
    assert lines == [
        "no leader ran from 2026-03-01 12:00 UTC on for at most 1m 30s: samples are missing",
        "no leader ran from 2026-03-01 12:00 UTC on for 1m 30s: samples are missing",
    ]
