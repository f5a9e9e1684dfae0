"""No damage to the record goes unseen."""

import random
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from agentmux.core import events as e
from agentmux.errors import LedgerError
from agentmux.ledger import chain
from agentmux.ledger.chain import Damage
from agentmux.ledger.codec import Row
from agentmux.ledger.store import Ledger
from tests.support.events import at, in_state, opened


def tamper(path: Path, *statements: str) -> None:
    """Do to the file what no code of ours does."""
    with closing(sqlite3.connect(path, isolation_level=None)) as plain:
        plain.execute("DROP TRIGGER events_are_final")
        plain.execute("DROP TRIGGER events_are_kept")
        for statement in statements:
            plain.execute(statement)


def fill(ledger: Ledger, rows: int = 5) -> None:
    ledger.append(opened(), *(in_state("s1", "quiet", why=f"{n}") for n in range(2, rows + 1)))


def test_an_empty_and_an_untouched_ledger_are_whole(ledger: Ledger) -> None:
    assert ledger.verify() == []
    fill(ledger)
    fill(ledger)
    assert ledger.verify() == []


def test_more_rows_than_one_read_are_walked(path: Path, ledger: Ledger) -> None:
    fill(ledger, 2500)
    assert ledger.verify() == []
    tamper(path, "UPDATE events SET body = '{}' WHERE id = 2400")
    assert ledger.verify() == [Damage(2400, "row 2400 is not what was written")]


@pytest.mark.parametrize(
    "change",
    [
        "at = '2020-01-01T00:00:00.000000Z'",
        "session = 's2'",
        "session = NULL",
        "kind = 'exited'",
        "body = replace(body, '3', '8')",
        "body = CAST(body AS BLOB)",
        "kind = CAST(kind AS BLOB)",
        "body = CAST(x'ff' AS TEXT)",
    ],
)
def test_a_changed_row_is_named(path: Path, ledger: Ledger, change: str) -> None:
    fill(ledger)
    tamper(path, f"UPDATE events SET {change} WHERE id = 3")
    assert ledger.verify() == [Damage(3, "row 3 is not what was written")]


def test_a_changed_chain_is_named(path: Path, ledger: Ledger) -> None:
    fill(ledger)
    tamper(path, "UPDATE events SET chain = zeroblob(32) WHERE id = 3")
    assert [damage.seq for damage in ledger.verify()] == [3, 4]


def test_a_chain_that_is_no_longer_bytes_is_named(path: Path, ledger: Ledger) -> None:
    fill(ledger)
    tamper(path, "UPDATE events SET chain = 7 WHERE id = 3")
    assert [damage.seq for damage in ledger.verify()] == [3, 4]


def test_missing_rows_are_named(path: Path, ledger: Ledger) -> None:
    fill(ledger)
    tamper(path, "DELETE FROM events WHERE id IN (2, 3)")
    assert ledger.verify() == [Damage(4, "rows 2 to 3 are missing")]


@pytest.mark.parametrize(("lost", "last"), [("id > 3", 3), ("1", 0)])
def test_rows_lost_from_the_end_are_noticed(
    path: Path, ledger: Ledger, lost: str, last: int
) -> None:
    fill(ledger)
    tamper(path, f"DELETE FROM events WHERE {lost}")
    told = f"5 rows were written and the last one here is {last}"
    assert ledger.verify() == [Damage(last, told)]


def test_every_part_of_a_row_counts() -> None:
    row = Row("at", "s1", "kind", "{}")
    links = {
        chain.link(chain.START, 1, row),
        chain.link(bytes(31) + b"\1", 1, row),
        chain.link(chain.START, 2, row),
        *(chain.link(chain.START, 1, row._replace(**{name: "x"})) for name in Row._fields),
        chain.link(chain.START, 1, row._replace(session=None)),
        chain.link(chain.START, 1, row._replace(session="")),
    }
    assert len(links) == 9


def test_no_flipped_bit_changes_the_record_unseen(path: Path, ledger: Ledger) -> None:
    """300 flips all over the file: each is refused, found by verify, or changes no fact."""
    for n in range(60):
        ledger.append(opened(f"s{n}", slot=1 + n % 9, task="a task " * 5), _request(n))
    written = ledger.since(0)
    ledger.close()
    whole = path.read_bytes()
    dice = random.Random(5)
    outcomes = [_flip(path, whole, dice.randrange(len(whole) * 8), written) for _ in range(300)]
    assert "changed unseen" not in outcomes
    assert {"refused", "found", "same"} <= set(outcomes)


def _request(n: int) -> e.Requested:
    return e.Requested(at=at(n), request=f"r{n}", verb="new", args={"task": "x" * n})


def _flip(path: Path, whole: bytes, bit: int, written: list[tuple[int, e.Event]]) -> str:
    flipped = bytearray(whole)
    flipped[bit // 8] ^= 1 << bit % 8
    path.write_bytes(flipped)
    try:
        with Ledger.open(path, read_only=True) as ledger:
            if ledger.verify():
                return "found"
            return "same" if ledger.since(0) == written else "changed unseen"
    except LedgerError:
        return "refused"
