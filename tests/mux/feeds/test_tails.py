"""Files that agents write, read on from where we stopped, whatever happens to them meanwhile."""

import json
import os
from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from agentmux.core import events as e
from agentmux.core.agent import Feed
from agentmux.core.facts import AnyFact, Source, Strange, Usage, Working
from agentmux.core.fleet import Fleet, apply, apply_all
from agentmux.core.reading import count_at, text_at, time_of
from agentmux.core.session import Session
from agentmux.core.usage import Tokens
from agentmux.mux.feeds.tails import LONGEST, PAGE, Known, paths_of, read_tail, read_whole
from tests.support.events import at, launch, opened

SESSION = apply_all(Fleet(), [(1, opened(seconds=-60)), (2, launch("s1", 1))]).sessions["s1"]
NOW = at(1000)


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "chat.jsonl"


def parse(source: Source, record: Mapping[str, Any], when: datetime) -> list[AnyFact]:
    """An adapter of lines `{"says": …}` and `{"spent": …}`, each perhaps with a time `t`."""
    when = time_of(record.get("t"), when)
    if "spent" in record:
        tokens = Tokens(output=count_at(record, "spent"))
        return [Usage(at=when, response=text_at(record, "id"), tokens=tokens)]
    return [Working(at=when, activity=f"{text_at(record, 'says')[:20]}")]


def line(says: str, seconds: float | None = None, **more: object) -> bytes:
    t = {} if seconds is None else {"t": at(seconds).timestamp()}
    return json.dumps({"says": says, **t, **more}).encode() + b"\n"


def tail(session: Session, file: Path | str) -> e.Reported | None:
    return read_tail(session, Source.TRANSCRIPT, str(file), parse, NOW)


def recorded(session: Session, row: e.Reported | None) -> Session:
    assert row is not None
    return apply(Fleet(sessions={session.id: session}), row).sessions[session.id]


def said(row: e.Reported | None) -> list[str]:
    assert row is not None
    return [f.activity if isinstance(f, Working) else type(f).__name__ for f in row.facts]


def all_of(session: Session, file: Path) -> tuple[Session, list[str]]:
    """Read on until there is nothing more."""
    found: list[str] = []
    while (row := tail(session, file)) is not None:
        found += said(row)
        session = recorded(session, row)
    return session, found


# --- lines that are added -------------------------------------------------------------------------


def test_each_line_is_read_once(file: Path) -> None:
    file.write_bytes(line("one") + line("two"))
    session, found = all_of(SESSION, file)
    assert found == ["one", "two"]
    with file.open("ab") as more:
        more.write(line("three"))
    row = tail(session, file)
    assert said(row) == ["three"]
    assert row is not None
    assert (row.feed, row.offset) == (str(file), file.stat().st_size)
    assert (row.source, row.session, row.run) == ("transcript", "s1", 1)


def test_half_a_line_waits_for_its_other_half(file: Path) -> None:
    whole = line("one") + line("ä" * 10)
    for cut in range(len(line("one")), len(whole)):
        file.write_bytes(whole[:cut])
        session, found = all_of(SESSION, file)
        assert found == ["one"]
    file.write_bytes(whole)
    assert all_of(session, file)[1] == ["ä" * 10]


def test_a_line_that_is_none_is_counted_and_hides_no_other(file: Path) -> None:
    broken = b'{"says": \n\xff\xfe\n' + b"[" * 100_000 + b"\n\n[1]\n7\nnull\n"
    file.write_bytes(line("one") + broken + line("two"))
    assert all_of(SESSION, file)[1] == ["one", "Strange", "Strange", "Strange", "two"]


def test_lines_across_the_ends_of_pages_are_whole(file: Path) -> None:
    pad = "x" * (PAGE - len(line("", pad="")) - 3)
    file.write_bytes(line("one", pad=pad) + line("two", pad=pad) + line("three"))
    assert all_of(SESSION, file)[1] == ["one", "two", "three"]


def test_a_line_longer_than_a_page_is_read(file: Path) -> None:
    file.write_bytes(line("before") + line("long", pad="x" * (5 * PAGE)) + line("after"))
    assert all_of(SESSION, file)[1] == ["before", "long", "after"]


def test_a_gigantic_line_is_passed_over_and_counted(file: Path) -> None:
    with file.open("wb") as written:
        written.write(line("before"))
        written.truncate(LONGEST + 3 * PAGE)
        written.seek(0, os.SEEK_END)
        written.write(b"\n" + line("after"))
    _, found = all_of(SESSION, file)
    assert (found[0], found[-1]) == ("before", "after")
    assert set(found[1:-1]) == {"Strange"}
    assert len(found) <= 6


def test_a_file_that_was_emptied_is_read_from_its_start(file: Path) -> None:
    file.write_bytes(line("one") + line("two"))
    session, _ = all_of(SESSION, file)
    file.write_bytes(line("new"))
    session, found = all_of(session, file)
    assert found == ["new"]
    assert session.feeds[str(file)] == len(line("new"))


def test_a_file_that_was_rotated_away_is_read_when_it_is_there_again(file: Path) -> None:
    file.write_bytes(line("one"))
    session, _ = all_of(SESSION, file)
    file.rename(file.with_suffix(".1"))
    assert tail(session, file) is None
    file.write_bytes(b"")
    session, found = all_of(session, file)
    assert found == []
    file.write_bytes(line("longer than it was before") + line("three"))
    assert all_of(session, file)[1] == ["longer than it was b", "three"]


@pytest.mark.parametrize("kind", ["fifo", "folder", "endless", "missing", "nul", "empty"])
def test_what_is_no_plain_file_gives_nothing_and_holds_nobody_up(kind: str, file: Path) -> None:
    path = str(file)
    if kind == "fifo":
        os.mkfifo(path)
    elif kind == "folder":
        file.mkdir()
    elif kind == "endless":
        path = "/dev/zero"
    elif kind == "nul":
        path += "\0x"
    elif kind == "empty":
        file.touch()
    assert tail(SESSION, path) is None
    assert read_whole(SESSION, Source.REGISTRY, path, parse, {}) is None


# --- what is news ---------------------------------------------------------------------------------


def test_what_an_earlier_run_or_conversation_did_is_no_news(file: Path) -> None:
    file.write_bytes(
        line("old", -120)
        + line("old", -1, spent=1, id="before the session")
        + line("", -90, spent=5, id="before")
        + line("", -30, spent=7, id="after")
        + line("new", 1)
    )
    row = tail(SESSION, file)
    assert row is not None
    spent = [fact.response for fact in row.facts if isinstance(fact, Usage)]
    assert spent == ["before the session", "after"]
    assert [fact.activity for fact in row.facts if isinstance(fact, Working)] == ["new"]


def test_a_row_without_news_still_says_how_far_was_read(file: Path) -> None:
    file.write_bytes(line("old", -120))
    row = tail(SESSION, file)
    assert row is not None
    assert (row.facts, row.offset, row.at) == ((), len(line("old", -120)), NOW)


def test_nothing_happens_after_it_was_read(file: Path) -> None:
    file.write_bytes(line("set back", 5000) + line("before", 3))
    row = tail(SESSION, file)
    assert row is not None
    assert [fact.at for fact in row.facts] == [NOW, at(3)]
    assert row.at == NOW


# --- files that are replaced ----------------------------------------------------------------------


def test_a_replaced_file_is_read_when_it_has_changed(file: Path) -> None:
    known: Known = {}

    def read(session: Session = SESSION) -> list[str] | None:
        row = read_whole(session, Source.REGISTRY, str(file), parse, known)
        return None if row is None else said(row)

    assert read() is None
    file.write_bytes(line("one"))
    _age(file, 1)
    assert (read(), read()) == (["one"], None)
    file.write_bytes(line("two"))
    _age(file, 2)
    assert read(replace(SESSION, id="s2")) == ["two"]
    assert (read(), read()) == (["two"], None)


def test_a_replaced_file_that_is_being_written_is_read_later(file: Path) -> None:
    known: Known = {}
    for half in (b"", b'{"says": "o', b"\xff", b"[" * 100_000):
        file.write_bytes(half)
        assert read_whole(SESSION, Source.REGISTRY, str(file), parse, known) is None
    file.write_bytes(line("one"))
    assert said(read_whole(SESSION, Source.REGISTRY, str(file), parse, known)) == ["one"]


def test_its_own_clock_is_the_files_time(file: Path) -> None:
    file.write_bytes(line("one"))
    _age(file, 5)
    row = read_whole(SESSION, Source.REGISTRY, str(file), parse, {})
    assert row is not None
    assert (row.at, row.facts[0].at) == (at(5), at(5))
    _age(file, -5)
    assert read_whole(SESSION, Source.REGISTRY, str(file), parse, {}) is None


@pytest.mark.parametrize("content", [b"[]", b"7", b"null"])
def test_a_replaced_file_that_is_no_object_says_nothing(file: Path, content: bytes) -> None:
    file.write_bytes(content)
    assert read_whole(SESSION, Source.REGISTRY, str(file), parse, {}) is None


def test_a_gigantic_replaced_file_is_left_alone(file: Path) -> None:
    file.write_bytes(line("x") + b" " * LONGEST)
    assert read_whole(SESSION, Source.REGISTRY, str(file), parse, {}) is None


def _age(file: Path, seconds: float) -> None:
    when = int((at(0) + timedelta(seconds=seconds)).timestamp()) * 10**9 + 123_456_000
    os.utime(file, ns=(when, when))


# --- where they are -------------------------------------------------------------------------------


def feed(place: str) -> Feed:
    return Feed(Source.TRANSCRIPT, "tail", place)


def test_a_place_is_a_pattern_and_ids_become_known_later(tmp_path: Path) -> None:
    for name in ("b-77.jsonl", "a-77.jsonl", "a-78.jsonl", "12.json"):
        (tmp_path / name).touch()
    by_id = feed(f"{tmp_path}/*-{{id}}.jsonl")
    assert paths_of(by_id, SESSION) == []
    known = replace(SESSION, agent_session_id="77", pid=12)
    assert paths_of(by_id, known) == [f"{tmp_path}/a-77.jsonl", f"{tmp_path}/b-77.jsonl"]
    assert paths_of(feed(f"{tmp_path}/{{pid}}.json"), known) == [f"{tmp_path}/12.json"]
    assert paths_of(feed(f"{tmp_path}/none/*"), known) == []


def test_a_place_may_be_named_after_the_folder_of_the_session(tmp_path: Path) -> None:
    here = replace(SESSION, worktree="/trees/s1")
    (tmp_path / "wd_s1_0876525a8313").touch()
    (tmp_path / "wd_s1_000000000000").touch()
    named = feed(f"{tmp_path}/wd_*_{{hash}}")
    assert paths_of(named, here) == [f"{tmp_path}/wd_s1_0876525a8313"]


@pytest.mark.parametrize("id_", ["*", "?7", "[7]", "../x", "a/b", "..", "", "7\n", "**", "x" * 999])
def test_an_id_that_is_none_opens_no_other_place(tmp_path: Path, id_: str) -> None:
    for name in ("77.jsonl", "x"):
        (tmp_path / name).touch()
    (tmp_path / "down").mkdir()
    known = replace(SESSION, agent_session_id=id_)
    assert paths_of(feed(f"{tmp_path}/down/{{id}}"), known) == []
    assert paths_of(feed(f"{tmp_path}/{{id}}.jsonl"), known) == []


def test_a_strange_line_is_told_with_the_time_it_was_read(file: Path) -> None:
    file.write_bytes(b"no\n")
    row = tail(SESSION, file)
    assert row is not None
    assert row.facts == (Strange(at=NOW, what="a line of transcript that is no JSON"),)
