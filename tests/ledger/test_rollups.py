"""Roll-ups change nothing but the time a count takes, and are believed only when they fit."""

import sqlite3
from contextlib import closing
from datetime import datetime
from pathlib import Path

import pytest

from agentmux.core import events as e
from agentmux.ledger import rollups
from agentmux.ledger.store import Ledger
from agentmux.ledger.windows import Counted
from tests.support.day import ended, used
from tests.support.days import DAY, HOUR, several_days
from tests.support.events import at, in_state, opened

NOW = at(5 * DAY)


def counted(ledger: Ledger, now: datetime = NOW) -> Counted:
    return ledger.count(now, None, None)


def plain(counted: Counted) -> dict[object, object]:
    """As two counts are compared: samples in any order, nothing that is empty."""
    return {
        key: (tally.counts, {n: sorted(s) for n, s in tally.samples.items()})
        for key, tally in counted.tallies.items()
        if not tally.is_empty
    }


def roll_up(ledger: Ledger, most: int) -> None:
    while ledger.roll_up(most):
        pass


@pytest.mark.parametrize("most", [1, 3, 7, 1000])
def test_a_count_with_and_without_them_is_the_same(ledger: Ledger, most: int) -> None:
    ledger.append(*several_days())
    whole = counted(ledger)
    roll_up(ledger, most)
    assert ledger.uncounted == 0
    assert plain(counted(ledger)) == plain(whole)
    assert counted(ledger).who == whole.who
    ledger.append(*several_days(1)[-4:], ended("s1", 99, 3 * DAY))
    with_news = plain(counted(ledger))
    roll_up(ledger, most)
    assert plain(counted(ledger)) == with_news != plain(whole)


def test_they_are_read_and_not_the_rows(path: Path, ledger: Ledger) -> None:
    ledger.append(*several_days())
    roll_up(ledger, 1000)
    before = plain(counted(ledger))
    with closing(sqlite3.connect(path)) as plain_file, plain_file:
        plain_file.execute("DROP TRIGGER events_are_final")
        plain_file.execute("UPDATE events SET kind = 'gone' WHERE kind = 'turn_ended'")
    assert plain(counted(ledger)) == before


def test_a_late_row_is_added_to_the_day_it_tells_of(ledger: Ledger) -> None:
    ledger.append(*several_days())
    roll_up(ledger, 1000)
    ledger.append(ended("s2", 1, HOUR))
    roll_up(ledger, 1000)
    turns = {k.day: t.get("turns.done") for k, t in counted(ledger).tallies.items()
             if k.session == "s2" and t.get("turns.done")}  # fmt: skip
    assert turns == {"2026-03-01": 1}


def test_two_that_count_at_once_count_nothing_twice(path: Path, ledger: Ledger) -> None:
    ledger.append(*several_days())
    with Ledger.open(path) as other:
        ledger.roll_up(20)
        other.roll_up(30)
        ledger.roll_up(10)
        other.roll_up(15)
        ledger.roll_up(5)
        roll_up(other, 40)
        roll_up(ledger, 50)
        once = plain(counted(other))
    with closing(sqlite3.connect(path)) as plain_file, plain_file:
        plain_file.execute("DELETE FROM rollup_head")
    assert once == plain(counted(ledger))


@pytest.mark.parametrize(
    "damage",
    [
        "UPDATE rollups SET body = replace(body, '\"turns.done\":1', '\"turns.done\":7')",
        "UPDATE rollups SET digest = zeroblob(32) WHERE day = '2026-03-02'",
        "DELETE FROM rollups WHERE day = '2026-03-02'",
        "UPDATE rollup_head SET fold = 'of an older agentmux'",
        "UPDATE rollup_head SET body = replace(body, 'claude', 'clauda')",
        "UPDATE rollup_head SET seq = seq - 1",
        "UPDATE rollup_head SET digest = zeroblob(32)",
        "DELETE FROM rollup_head",
    ],
)
def test_what_does_not_fit_is_counted_anew_and_mended(
    path: Path, ledger: Ledger, damage: str
) -> None:
    ledger.append(*several_days())
    roll_up(ledger, 1000)
    whole = plain(counted(ledger))
    with closing(sqlite3.connect(path)) as plain_file, plain_file:
        plain_file.execute(damage)
        assert plain_file.total_changes
    assert plain(counted(ledger)) == whole
    with Ledger.open(path) as again:
        again.append(opened("s9", slot=3, seconds=4 * DAY))
        roll_up(again, 1000)
        assert plain(counted(again)).items() > whole.items()


def test_those_of_another_history_are_ignored(tmp_path: Path, ledger: Ledger, path: Path) -> None:
    ledger.append(*several_days())
    roll_up(ledger, 1000)
    with Ledger.open(tmp_path / "other.db") as other:
        other.append(*(in_state("s1", "idle") for _ in several_days()))
        with closing(sqlite3.connect(tmp_path / "other.db")) as plain_file:
            plain_file.execute("ATTACH ? AS first", (str(path),))
            with plain_file:
                plain_file.execute("INSERT INTO rollups SELECT * FROM first.rollups")
                plain_file.execute("INSERT INTO rollup_head SELECT * FROM first.rollup_head")
        assert plain(counted(other)) == {}


def test_a_gap_stands_on_its_day(ledger: Ledger) -> None:
    ledger.append(*several_days(2), e.LeaderStarted(at=at(3 * DAY), pid=2, version="1"))
    roll_up(ledger, 1000)
    (gap,) = counted(ledger).gaps
    assert (gap.since, gap.until, gap.certain) == (at(DAY + 16 * HOUR), at(3 * DAY), False)


def test_the_version_names_its_sources() -> None:
    root = Path(__file__).parents[2] / "agentmux"
    assert all((root / module).is_file() for module in rollups.FOLD)
    assert len(rollups.fold_version()) == 64


def test_the_schema_has_their_tables(ledger: Ledger) -> None:
    """`m003_rollups`: a response is found by its id, and not by reading all rows."""
    ledger.append(used("s1", "r1"))
    plan = ledger._connection.execute(
        "EXPLAIN QUERY PLAN SELECT at FROM events WHERE kind = 'usage_reported'"
        " AND json_valid(body) AND json_extract(body, '$.response') = 'r1' AND id < 9 ORDER BY id"
    ).fetchall()
    assert "events_by_response" in str(plan)
