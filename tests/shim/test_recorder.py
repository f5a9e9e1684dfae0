"""The rows and the modes file of a real run."""

import json
import os
import stat
import time
from pathlib import Path

from agentmux.shim.recorder import TITLE_S, Recorder
from agentmux.shim.spool import Spool
from tests.shim.conftest import NewPane
from tests.shim.pane import program

WAITS = program("tty.setraw(0); os.write(1, sys.argv[1].encode()); os.read(0, 1)")


def test_a_run_is_told_in_order(new_pane: NewPane) -> None:
    pane = new_pane(
        program("tty.setraw(0); os.write(1, b'hello'); os.read(0, 1); os.write(1, b'bye')")
    )
    pane.start()
    pane.row("quiet")
    pane.write(b"x")

    assert pane.finish() == 0
    kinds = [row["e"] for row in pane.rows()]
    assert kinds == ["started", "output", "quiet", "output", "exit"]
    assert pane.rows("exit")[0] | {"code": 0, "signal": None} == pane.rows("exit")[0]


def test_the_start_names_the_processes(new_pane: NewPane) -> None:
    pane = new_pane([*WAITS, "x"]).start()
    row = pane.row("started")
    stat_fields = Path(f"/proc/{row['shim']}/stat").read_text().rpartition(")")[2].split()

    assert row["shim"] == pane.process.pid
    assert row["shim_start"] == int(stat_fields[19])
    assert os.getpgid(row["pid"]) == row["pgid"] == row["pid"]
    assert os.getsid(row["pid"]) == row["pid"]
    assert row["boot"] == Path("/proc/sys/kernel/random/boot_id").read_text().strip()
    assert abs(row["t"] - time.time()) < 60 and abs(row["m"] - time.monotonic()) < 60


def test_reports_titles_and_copies_are_rows(new_pane: NewPane) -> None:
    said = (
        "\x1b]7501;state=working:msg=aGk=\x07\x1b]2;first\x07\x1b]2;second\x1b\\\x1b]52;c;aGk=\x07."
    )
    pane = new_pane([*WAITS, said]).start()

    pane.row("status", data="state=working:msg=aGk=")
    pane.row("copy", data="aGk=")
    pane.row("title", text="second")
    assert [row["text"] for row in pane.rows("title")] == ["first", "second"]
    assert pane.screen == b"\x1b]2;first\x07\x1b]2;second\x1b\\."


def test_the_last_title_is_told_though_the_agent_ends(new_pane: NewPane) -> None:
    pane = new_pane(program("os.write(1, b'\\x1b]2;first\\x07\\x1b]2;last\\x07')")).start()

    assert pane.finish() == 0
    assert [row.get("text") for row in pane.rows()[-2:]] == ["last", None]


def test_modes_are_a_row_and_a_private_file(new_pane: NewPane) -> None:
    pane = new_pane(
        [*WAITS, "\x1b[?1h\x1b[?2004h\x1b[>4;2m\x1b[>5u\x1b[?1000h\x1b[?1006h\x1b="]
    ).start()
    row = pane.row("modes", keypad=True)
    modes = Path(pane.spec["modes"])

    assert json.loads(modes.read_text()) == {
        "kitty": [5],
        "modify_other_keys": 2,
        "cursor_keys": True,
        "keypad": True,
        "bracketed_paste": True,
        "focus": False,
        "mouse": [1000, 1006],
    }
    assert json.loads(modes.read_text()).items() <= row.items()
    assert stat.S_IMODE(modes.stat().st_mode) == 0o600
    assert len(pane.rows("modes")) <= 2, "modes that change together are told together"
    assert pane.screen == b"\x1b[?1h\x1b[?2004h\x1b[?1000h\x1b[?1006h\x1b="


def test_who_interrupted_is_written_down(new_pane: NewPane) -> None:
    reads = program("tty.setraw(0)\nwhile os.write(1, b'.') and os.read(0, 99) != b'q': pass")
    pane = new_pane(reads).start()
    pane.expect(b".")
    for data in (b"\x1b", b"\x1b[A", b"\x03", b"\x1b[200~\x03\x1b[201~", b"\x1b[27u"):
        pane.write(data)
        pane.expect(b".")
    pane.write(b"q")

    assert pane.finish() == 0
    assert [row["key"] for row in pane.rows("key")] == ["esc", "ctrl-c", "esc"]


def test_the_first_of_what_waits_is_due(tmp_path: Path) -> None:
    recorder = Recorder(Spool(str(tmp_path / "spool")), str(tmp_path / "modes"), quiet_s=2.0)
    recorder.heard_output(10.0)
    assert recorder.due == 12.0
    for text in ("first", "second"):
        recorder.note([{"e": "title", "text": text}], 10.0)
    assert recorder.due == 10.0 + TITLE_S
