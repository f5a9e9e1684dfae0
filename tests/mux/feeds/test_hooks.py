"""Hooks as files: a real shell writes them, and each is recorded exactly once."""

import json
import os
import signal
import subprocess
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from subprocess import PIPE, STDOUT
from typing import Any

import pytest

from agentmux.core import events as e
from agentmux.core.facts import AnyFact, Source, Strange, Working
from agentmux.core.fleet import Fleet, apply
from agentmux.core.session import Session
from agentmux.mux.feeds.hooks import BATCH, COMMAND, LARGEST, clear_hooks, read_hooks
from agentmux.paths import places
from tests.support.events import at, opened

SESSION = apply(Fleet(), opened()).sessions["s1"]
SHELLS = [shell for shell in ("/bin/sh", "/bin/bash", "/bin/dash") if Path(shell).exists()]


@pytest.fixture
def folder() -> Path:
    made = places().hooks("s1")
    made.mkdir(parents=True)
    return made


def parse(source: Source, record: Any, when: datetime) -> list[AnyFact]:
    """An adapter that only tells how long the field `text` is."""
    assert source is Source.HOOK
    return [Working(at=when, activity=f"{record['text'][:20]}:{len(record['text'])}")]


def hook(folder: Path | str | None, payload: bytes, shell: str = "/bin/sh") -> str:
    """Run a hook as an agent does, and return all that it prints."""
    env = {"PATH": os.environ["PATH"]}
    if folder is not None:
        env["AGENTMUX_HOOKS"] = str(folder)
    running = subprocess.Popen(
        [shell, "-c", COMMAND], stdin=PIPE, stdout=PIPE, stderr=STDOUT, env=env, cwd="/"
    )
    return _fed(running, payload)


def _fed(running: subprocess.Popen[bytes], payload: bytes) -> str:
    """Write all of the payload; a hook that ends before raises BrokenPipeError, as in an agent."""
    assert running.stdin is not None and running.stdout is not None
    with running:
        running.stdin.write(payload)
        running.stdin.close()
        printed = running.stdout.read()
    assert running.returncode == 0
    return printed.decode()


def payload(text: str) -> bytes:
    return json.dumps({"text": text}).encode()


def read(session: Session = SESSION) -> e.Reported | None:
    return read_hooks(session, places(), parse, at(99))


def recorded(session: Session, row: e.Reported | None) -> Session:
    """The session once the row is in the ledger."""
    assert row is not None
    return apply(Fleet(sessions={session.id: session}), row).sessions[session.id]


def said(row: e.Reported | None) -> list[str]:
    assert row is not None
    return [fact.activity for fact in row.facts if isinstance(fact, Working)]


# --- the line of shell ----------------------------------------------------------------------------


@pytest.mark.parametrize("shell", SHELLS)
@pytest.mark.parametrize(
    "text",
    ["plain", "$(touch x) `touch x` ; touch x", "'\"\\\n\r\0\u2028", "-n %s", "ä€😀"],
    ids=["plain", "commands", "quotes", "options", "unicode"],
)
def test_a_payload_arrives_byte_for_byte(folder: Path, text: str, shell: str) -> None:
    assert hook(folder, payload(text), shell) == ""
    (file,) = folder.iterdir()
    assert file.suffix == ".json"
    assert file.read_bytes() == payload(text)
    assert file.stat().st_mode & 0o777 == 0o600


def test_ten_megabytes_arrive(folder: Path) -> None:
    assert hook(folder, payload("x" * 10_000_000)) == ""
    assert said(read()) == ["x" * 20 + ":10000000"]


@pytest.mark.parametrize("name", ["with space", "quo'te\"s", "-n", "new\nline", "$HOME", "ä"])
def test_a_folder_of_any_name(folder: Path, name: str) -> None:
    odd = folder / name
    odd.mkdir()
    assert hook(odd, payload("here")) == ""
    (file,) = odd.iterdir()
    assert file.read_bytes() == payload("here")


@pytest.mark.parametrize("place", [None, "", "/nowhere/at/all", "/dev/null"])
def test_without_a_folder_it_takes_all_and_says_nothing(place: str | None) -> None:
    assert hook(place, payload("x" * 10_000_000)) == ""


def test_where_nothing_can_be_written_it_takes_all_and_says_nothing() -> None:
    # Nobody may write there, not even root, and a full disk would stop it in the same place.
    assert hook("/proc/self", payload("x" * 10_000_000)) == ""


def test_where_the_disk_is_full_it_takes_all_and_leaves_nothing_whole(folder: Path) -> None:
    limited = f"trap '' XFSZ; ulimit -f 100; {COMMAND}"  # 50 KiB or 100, by the shell
    running = subprocess.Popen(
        ["/bin/sh", "-c", limited],
        stdin=PIPE,
        stdout=PIPE,
        stderr=STDOUT,
        env={"PATH": os.environ["PATH"], "AGENTMUX_HOOKS": str(folder)},
    )
    assert _fed(running, payload("x" * 10_000_000)) == ""
    assert not list(folder.glob("*.json"))
    assert read() is None


def test_a_hook_killed_half_way_leaves_nothing_that_is_read(folder: Path) -> None:
    running = subprocess.Popen(
        ["/bin/sh", "-c", COMMAND],
        stdin=PIPE,
        env={"PATH": os.environ["PATH"], "AGENTMUX_HOOKS": str(folder)},
        start_new_session=True,
    )
    assert running.stdin is not None
    running.stdin.write(payload("x" * 100_000)[:70_000])
    running.stdin.flush()
    while not any(file.stat().st_size for file in folder.iterdir()):
        os.sched_yield()
    os.killpg(running.pid, signal.SIGKILL)
    running.wait()
    running.stdin.close()
    assert [file.suffix for file in folder.iterdir()] == [""]
    assert read() is None


def test_a_process_id_that_comes_back_overwrites_nothing(folder: Path) -> None:
    hook(folder, payload("one"))
    (first,) = folder.iterdir()
    (folder / f"{first.stem}_").write_text("half of one that was killed")
    again = COMMAND.replace("$$", first.stem)
    env = {"PATH": os.environ["PATH"], "AGENTMUX_HOOKS": str(folder)}
    subprocess.run(["/bin/sh", "-c", again], input=payload("two"), env=env, check=True)
    assert first.read_bytes() == payload("one")
    assert (folder / f"{first.stem}__.json").read_bytes() == payload("two")


def test_nine_writers_at_once_lose_and_double_nothing(folder: Path) -> None:
    texts = [f"{writer}-{number}" for writer in range(9) for number in range(20)]
    session, found = SESSION, list[str]()

    def write(writer: int) -> None:
        for number in range(20):
            hook(folder, payload(f"{writer}-{number}"))

    with ThreadPoolExecutor(9) as pool:
        running = [pool.submit(write, writer) for writer in range(9)]
        while not all(each.done() for each in running) or any(folder.glob("*.json")):
            if (row := read(session)) is None:
                continue
            found += said(row)
            session = recorded(session, row)
            clear_hooks(session, places())
    assert sorted(found) == sorted(f"{text}:{len(text)}" for text in texts)
    assert not list(folder.iterdir())


# --- reading them ---------------------------------------------------------------------------------


def put(folder: Path, name: str, content: bytes, seconds: float = 0) -> Path:
    file = folder / name
    file.write_bytes(content)
    when = int(at(seconds).timestamp() * 1e9) // 1000 * 1000
    os.utime(file, ns=(when, when))
    return file


def test_they_are_read_in_the_order_they_were_written(folder: Path) -> None:
    for seconds, name in [(3, "7"), (1, "99"), (2, "100"), (2, "8")]:
        put(folder, f"{name}.json", payload(name), seconds)
    row = read()
    assert said(row) == ["99:2", "8:1", "100:3", "7:1"]
    assert row is not None
    assert [fact.at - at(0) for fact in row.facts] == [timedelta(seconds=n) for n in (1, 2, 2, 3)]
    assert (row.at, row.source, row.session) == (at(3), "hook", "s1")


def test_what_is_no_payload_is_counted_and_cleared(folder: Path) -> None:
    put(folder, "1.json", b'{"text": "half', 1)
    put(folder, "2.json", b"\xff\xfe", 2)
    put(folder, "3.json", b"[" * 100_000, 3)
    put(folder, "4.json", b"[]", 4)
    put(folder, "5.json", payload("whole"), 5)
    row = read()
    assert row is not None
    assert [isinstance(fact, Strange) for fact in row.facts] == [True, True, True, False]
    clear_hooks(recorded(SESSION, row), places())
    assert not list(folder.iterdir())


def test_a_gigantic_payload_is_counted_and_not_read(folder: Path) -> None:
    with (folder / "1.json").open("wb") as sparse:
        sparse.truncate(LARGEST + 1)
    row = read()
    assert row is not None
    (fact,) = row.facts
    assert isinstance(fact, Strange)
    assert "16,777,217" in fact.what


def test_only_plain_files_are_looked_at(folder: Path) -> None:
    (folder / "1.json").mkdir()
    os.mkfifo(folder / "2.json")
    (folder / "3.json").symlink_to("/etc/hostname")
    (folder / "4.part").write_bytes(payload("half"))
    (folder / "5").write_bytes(payload("half"))
    assert read() is None
    clear_hooks(replace(SESSION, taken=("1:1", "2:2", "3:3")), places())
    assert len(list(folder.iterdir())) == 5


def test_more_than_one_row_holds_come_one_row_after_another(folder: Path) -> None:
    for number in range(BATCH + 1):
        put(folder, f"{number}.json", payload(str(number)), number)
    first = read()
    session = recorded(SESSION, first)
    clear_hooks(session, places())
    assert said(first)[:: BATCH - 1] == ["0:1", f"{BATCH - 1}:3"]
    assert said(read(session)) == [f"{BATCH}:3"]


def test_a_leader_killed_before_it_cleared_leaves_nothing_to_be_recorded_twice(
    folder: Path,
) -> None:
    put(folder, "1.json", payload("one"), 1)
    after_crash = recorded(SESSION, read())
    assert read(after_crash) is None
    put(folder, "2.json", payload("two"), 2)
    row = read(after_crash)
    assert said(row) == ["two:3"]
    again = recorded(after_crash, row)
    assert read(again) is None
    clear_hooks(again, places())
    assert not list(folder.iterdir())


def test_what_cannot_be_cleared_away_is_not_recorded_twice(folder: Path) -> None:
    session = SESSION
    for number in range(3):
        put(folder, f"{number}.json", payload(str(number)), number)
        row = read(session)
        assert said(row) == [f"{number}:1"]
        session = recorded(session, row)  # and the files stay, as in a read-only folder
    assert read(session) is None


def test_a_file_of_the_same_name_and_another_time_is_another(folder: Path) -> None:
    put(folder, "1.json", payload("one"), 1)
    session = recorded(SESSION, read())
    clear_hooks(session, places())
    put(folder, "1.json", payload("two"), 2)
    clear_hooks(session, places())
    assert said(read(session)) == ["two:3"]


def test_a_folder_that_is_not_there_holds_nothing() -> None:
    assert read() is None
    clear_hooks(SESSION, places())
