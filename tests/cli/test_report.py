"""`agentmux report`: the promised object, other forms, windows, and checks that fail."""

import csv
import io
import sqlite3
from contextlib import closing

import pytest

from agentmux.core import events as e
from agentmux.ledger.store import Ledger
from tests.support.cockpit import Cockpit
from tests.support.day import dequeued, enqueued, sample
from tests.support.days import several_days
from tests.support.events import opened

pytestmark = pytest.mark.story


@pytest.fixture
def cockpit(private_home) -> Cockpit:  # type: ignore[no-untyped-def]
    return Cockpit(private_home)


def record(cockpit: Cockpit, *events: e.Event) -> None:
    cockpit.places.make()
    with Ledger.open(cockpit.places.ledger) as ledger:
        ledger.append(*events)


def test_the_object_of_a_report(cockpit: Cockpit) -> None:
    record(cockpit, *several_days())
    told = cockpit.do("report", "--by", "session", "--until", "2026-03-05", "--json").json
    assert told["schema"] == 1
    first = told["rows"][0]
    assert (first["session"], first["name"], first["turns"]["n"]) == ("s1", "name-s1", 7)
    assert first["attention_wait"]["by_kind"]["permission"] == 14020.0
    assert first["cost_usd"] == "1.000000"
    assert first["attention_wait"]["p50_s"] is None
    assert told["window"]["until"] == "2026-03-05T00:00:00.000Z"
    assert set(told["definitions"]) >= {"turns", "queue_wait", "attention_wait", "cost_usd"}
    assert told["total"]["tokens"]["responses"] == 8


def test_a_window_and_several_groups(cockpit: Cockpit) -> None:
    record(cockpit, *several_days())
    options = ("--by", "day,agent", "--since", "2026-03-02", "--until", "2026-03-04", "--json")
    rows = cockpit.do("report", *options).json["rows"]
    assert [(row["day"], row["agent"]) for row in rows] == [
        ("2026-03-02", "claude"),
        ("2026-03-02", "codex"),
        ("2026-03-03", "claude"),
        ("2026-03-03", "codex"),
    ]


def test_other_forms(cockpit: Cockpit) -> None:
    record(cockpit, *several_days())
    lines = cockpit.do("report", "--by", "agent", "--until", "2026-03-05").out.splitlines()
    assert [line.split()[0] for line in lines] == ["agent", "claude", "codex", "all"]
    rows = list(csv.DictReader(io.StringIO(cockpit.do("report", "--by", "agent", "--csv").out)))
    assert [row["agent"] for row in rows] == ["claude", "codex"]

    page = cockpit.home / "page.html"
    assert cockpit.do("report", "--html", str(page)).out == f"wrote {page}\n"
    text = page.read_text()
    assert text.startswith("<!doctype html>")
    assert "class=asking" in text and "s1 name-s1" in text
    assert "attention_wait: " in cockpit.do("report", "--definitions").out


def test_before_anything_was_recorded(cockpit: Cockpit) -> None:
    said = cockpit.do("report")
    assert (said.out, said.err) == ("", "Nothing was recorded in that time.\n")
    assert cockpit.do("report", "--json").json["rows"] == []
    assert not cockpit.places.ledger.exists()


@pytest.mark.parametrize(
    "options",
    [("--by", "week"), ("--since", "soon"), ("--json", "--csv"), ("--csv", "--html", "x")],
)
def test_what_cannot_be_asked(cockpit: Cockpit, options: tuple[str, ...]) -> None:
    said = cockpit.run("report", *options)
    assert (said.code, said.out) == (2, "")


def test_a_page_that_cannot_be_written(cockpit: Cockpit) -> None:
    said = cockpit.run("report", "--html", str(cockpit.home / "no/such/page.html"))
    assert said.code == 1
    assert "cannot be written" in said.err


def test_checks_hold_on_a_sound_record(cockpit: Cockpit) -> None:
    record(cockpit, *several_days())
    told = cockpit.do("report", "--check", "--json").json
    assert told["ok"] is True
    assert [check["id"] for check in told["checks"]] == ["little", "sums", "rollups", "chain"]


def test_a_lost_dequeue_fails_the_check(cockpit: Cockpit) -> None:
    rows = [row for row in several_days() if not isinstance(row, e.Dequeued)]
    record(cockpit, *rows)
    said = cockpit.run("report", "--check")
    assert said.code == 1
    assert "FAIL  little" in said.err and "ok    chain" in said.err


def test_a_damaged_row_fails_the_check(cockpit: Cockpit) -> None:
    record(cockpit, enqueued("s1", 0), sample(1, 1), dequeued("s1", 2), sample(3, 0))
    with closing(sqlite3.connect(cockpit.places.ledger)) as plain, plain:
        plain.execute("DROP TRIGGER events_are_final")
        plain.execute("UPDATE events SET body = replace(body, 'codex', 'codey') WHERE id = 1")
    said = cockpit.run("report", "--check")
    assert said.code == 1
    assert "row 1 is not what was written" in said.err


def test_no_secret_is_in_a_report(cockpit: Cockpit, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MY_TOKEN", "hush-hush-hush")
    record(cockpit, opened(name="hush-hush-hush", branch="x/hush-hush-hush"))
    for options in ((), ("--json",), ("--csv",), ("--by", "branch")):
        assert "hush-hush" not in cockpit.do("report", *options).out
    page = cockpit.home / "page.html"
    cockpit.do("report", "--html", str(page))
    assert "hush-hush" not in page.read_text()


def test_many_rows_are_counted_once_for_all_reports(cockpit: Cockpit) -> None:
    record(cockpit, *several_days(300))
    first = cockpit.do("report", "--by", "agent", "--json", "--until", "2026-05-01")
    again = cockpit.do("report", "--by", "agent", "--json", "--until", "2026-05-01")
    assert "counting rows" in first.err and again.err == ""
    assert first.json["rows"] == again.json["rows"]
