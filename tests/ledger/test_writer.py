"""Writing from an event loop: in order, in few flushes, each caller with its own answer."""

import asyncio
import sqlite3
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest

from agentmux.core.session import Gauge
from agentmux.errors import LedgerError
from agentmux.ledger.store import Ledger
from agentmux.ledger.writer import Writer
from tests.support.events import at, in_state, opened


async def test_rows_come_in_the_order_they_were_asked_for(path: Path) -> None:
    async with Writer(path) as writer:
        asked = [writer.append(in_state("s1", "quiet", why=str(n))) for n in range(200)]
        ids = await asyncio.gather(*asked)
    assert ids == [[n] for n in range(1, 201)]
    with Ledger.open(path) as ledger:
        told = [getattr(event, "why", None) for _, event in ledger.since(0)]
        assert told == [str(n) for n in range(200)]
        assert ledger.verify() == []


async def test_a_burst_shares_transactions(path: Path) -> None:
    async with Writer(path) as writer:
        with closing(sqlite3.connect(path, isolation_level=None)) as other:
            other.execute("BEGIN IMMEDIATE")  # whatever is written first waits for this one
            asked = [asyncio.ensure_future(writer.append(opened(f"s{n}"))) for n in range(1, 300)]
            await asyncio.sleep(0)
            other.execute("ROLLBACK")
        before = commits(path)
        await asyncio.gather(*asked)
        assert commits(path) - before < 30
    with Ledger.open(path) as ledger:
        assert len(ledger.since(0)) == 299


def commits(path: Path) -> int:
    """Transactions in the write-ahead log: the frames that name a size of the database."""
    log = path.with_name(path.name + "-wal").read_bytes()
    heads = range(32, len(log), 24 + 4096)
    return sum(int.from_bytes(log[at + 4 : at + 8], "big") > 0 for at in heads)


async def test_each_caller_gets_its_own_answer(path: Path) -> None:
    naive = replace(in_state("s1", "quiet"), at=at().replace(tzinfo=None))
    async with Writer(path) as writer:
        answers = await asyncio.gather(
            writer.append(opened("s1")),
            writer.append(naive),
            writer.append(opened("s2"), opened("s3")),
            writer.append(),
            return_exceptions=True,
        )
    assert answers[0] == [1]
    assert isinstance(answers[1], LedgerError)
    assert (answers[2], answers[3]) == ([2, 3], [])


async def test_a_reader_in_the_loop_notices_the_rows(path: Path) -> None:
    async with Writer(path) as writer:
        with Ledger.open(path) as reader:
            reader.changed()
            await writer.append(opened())
            assert reader.changed()
            await writer.set_gauges({"s1": Gauge(dirty=1)})
            assert reader.changed()
            fleet = reader.load_fleet()
            assert fleet.sessions["s1"].gauge == Gauge(dirty=1)
            await writer.save_checkpoint(fleet)
            assert reader.load_fleet() == fleet


async def test_what_was_asked_before_closing_is_written(path: Path) -> None:
    writer = Writer(path)
    async with writer:
        asked = [asyncio.ensure_future(writer.append(opened(f"s{n}"))) for n in range(1, 50)]
        await asyncio.sleep(0)
    assert [await each for each in asked] == [[n] for n in range(1, 50)]
    with pytest.raises(LedgerError, match="closed"):
        await writer.append(opened())
    await writer.close()


async def test_a_cancelled_append_that_still_waits_is_not_written(path: Path) -> None:
    async with Writer(path) as writer:
        with closing(sqlite3.connect(path, isolation_level=None)) as other:
            other.execute("BEGIN IMMEDIATE")
            first = asyncio.ensure_future(writer.append(opened("s1")))
            await asyncio.sleep(0)
            while not writer._jobs.empty():  # until the thread has taken it
                await asyncio.sleep(0)
            second = asyncio.ensure_future(writer.append(opened("s2")))
            third = asyncio.ensure_future(writer.append(opened("s3")))
            await asyncio.sleep(0)
            second.cancel()
            await asyncio.sleep(0)
            other.execute("ROLLBACK")
        assert (await first, await third) == ([1], [2])
    with Ledger.open(path) as ledger:
        assert [event.session for _, event in ledger.since(0)] == ["s1", "s3"]


async def test_a_ledger_that_cannot_be_opened_is_told_at_once(path: Path) -> None:
    path.write_text("not a ledger " * 100)
    with pytest.raises(LedgerError, match="is not a ledger"):
        async with Writer(path):
            pass


async def test_a_failing_write_is_told_and_the_next_one_works(path: Path) -> None:
    async with Writer(path) as writer:
        await writer.append(opened())
        with pytest.raises(LedgerError, match="cannot be recorded"):
            await writer.set_gauges({"s1": Gauge(cpu_pct=float("nan"))})
        assert await writer.append(in_state("s1", "quiet")) == [2]
        assert not writer.reserve_spent


@pytest.mark.filterwarnings("ignore::pytest.PytestUnhandledThreadExceptionWarning")
async def test_a_fault_of_ours_leaves_nobody_waiting(path: Path) -> None:
    async with Writer(path) as writer:
        answers = await asyncio.gather(
            writer.append(opened()),
            writer.save_checkpoint(None),  # type: ignore[arg-type]
            writer.append(in_state("s1", "quiet")),
            return_exceptions=True,
        )
        assert answers[0] == [1]
        assert [type(answer) for answer in answers[1:]] == [LedgerError, LedgerError]
        with pytest.raises(LedgerError, match="closed"):
            await writer.append(in_state("s1", "quiet"))
