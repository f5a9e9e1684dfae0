"""Bytes through a real shim: exact in both directions, bounded, and for nothing when idle."""

import hashlib
import json
import os
import re
import select
import time
from pathlib import Path

import pytest

from tests.shim.conftest import NewPane
from tests.shim.pane import program, until

HEX = program(
    "tty.setraw(0); os.write(1, b'ready')\n"
    "left = int(sys.argv[1])\n"
    "while left > 0:\n"
    "    data = os.read(0, 4096); left -= len(data); os.write(1, data.hex().encode())\n"
    "os.write(1, b'.done')"
)
INPUTS = [
    *(b"a", b"A", b" ", b"\r", b"\n", b"\t", b"\x1b[Z", b"\x7f", b"\x08", b"\x1b", b"\x1b\x1b"),
    *(b"\x1b\r", b"\x1b1", b"\x1b9", b"\x1bx", b"\x1b\x7f", b"\x1bO", b"\x1b[", b"\x1b]", b"\x1b_"),
    *(b"\x00", b"\x02", b"\x03", b"\x04", b"\x11", b"\x13", b"\x16", b"\x1a", b"\x1c", b"\x1f"),
    *(b"\x1b[A", b"\x1bOA", b"\x1b[1;5A", b"\x1b[H", b"\x1bOH", b"\x1b[1~", b"\x1b[3~", b"\x1b[6~"),
    *(b"\x1bOP", b"\x1b[11~", b"\x1b[[A", b"\x1b[24~", b"\x1b[15;2~", b"\x1b[1;2P", b"\x1bOM"),
    *(b"\x1b[13;2u", b"\x1b[27u", b"\x1b[99;5u", b"\x1b[97;5:3u", b"\x1b[113;5u", b"\x1b[57358u"),
    *(
        b"\x1b[27;5;13~",
        b"\x1b[27;2;13~",
        b"\x1b[I",
        b"\x1b[O",
        b"\x1b[<0;10;20M",
        b"\x1b[<35;1;1m",
    ),
    *(b"\x1b[M !!", b"\x1b[?1;2c", b"\x1b[?0u", b"\x1b]11;rgb:0/0/0\x07", b"\x1b[12;40R"),
    *("é".encode(), "漢".encode(), "👨‍👩‍👧".encode(), "e\u0301".encode(), b"\xc3", b"\xff\xfe\x80"),
    *(b"\x1b[200~two\nlines\x1b[201~", b"\x1b[200~\x11\x03\x1b\x1b[201~", b"\x1b[200~never closed"),
    *(
        b"\x9b31m",
        b"\x1bP+q544e\x1b\\",
        b"\x1b[?u",
        b"\x1b[>5u",
        b"\x1b]7501;?\x07",
        b"\xef\xbb\xbf",
    ),
]


def test_input_arrives_byte_for_byte(new_pane: NewPane) -> None:
    assert len(set(INPUTS)) > 60
    inputs = [*INPUTS, bytes(range(256)), bytes(range(255, -1, -1))]
    pane = new_pane([*HEX, str(sum(map(len, inputs)))]).start()
    pane.expect(b"ready")
    for data in inputs:
        pane.write(data)
        pane.expect(data.hex().encode())

    assert pane.finish() == 0
    assert pane.screen == b"ready" + b"".join(inputs).hex().encode() + b".done"


def test_output_arrives_byte_for_byte(new_pane: NewPane) -> None:
    """Every byte value alone, in a row, and after an escape, but for what is taken out."""
    stream = bytes(range(256)) + b"".join(b"\x1b[m%c" % byte for byte in range(256))
    stream += b"".join(b"\x1b%c;" % byte for byte in range(256) if byte != ord("_"))
    text = f"tty.setraw(1); os.write(1, b'<'); os.write(1, {stream!r}); os.write(1, b'>')"
    pane = new_pane(program(text)).start()

    assert pane.finish() == 0
    assert pane.screen == b"<" + stream + b">"


def test_a_large_paste_reaches_a_slow_reader(new_pane: NewPane) -> None:
    paste = b"\x1b[200~" + os.urandom(300_000).replace(b"\x1b", b"") + b"\x1b[201~"
    slow = program(
        "import hashlib, select; tty.setraw(0); os.write(1, b'ready')\n"
        "data = b''\n"
        "while not data.endswith(b'\\x1b[201~'):\n"
        "    data += os.read(0, 1000); select.select([], [], [], 0.001)\n"
        "os.write(1, hashlib.sha256(data).hexdigest().encode())"
    )
    pane = new_pane(slow).start()
    pane.expect(b"ready")
    pane.write(paste)

    assert pane.finish() == 0
    assert pane.screen == b"ready" + hashlib.sha256(paste).hexdigest().encode()


def resident_kb(pid: int) -> int:
    status = Path(f"/proc/{pid}/status").read_text()
    return int(re.findall(r"VmHWM:\s+(\d+)", status)[0])


def processor_s(pid: int) -> float:
    """Processor time that a process has used."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def test_a_flood_is_intact_and_bounded(new_pane: NewPane) -> None:
    """20 MB to a reader that often pauses; the shim's memory must not follow."""
    writer = program(
        "import random, hashlib; tty.setraw(1); random.seed(1); total = hashlib.sha256()\n"
        "block = b''.join(b'\\x1b[38;5;%dm%d\\x1b[0m \\r\\n' % (i % 256, i) for i in range(4000))\n"
        "for _ in range(20_000_000 // len(block)):\n"
        "    total.update(block)\n"
        "    left = block\n"
        "    while left: left = left[os.write(1, left):]\n"
        "open('sum', 'w').write(total.hexdigest())"
    )
    pane = new_pane(writer).start()
    digest, reads = hashlib.sha256(), 0
    while select.select([pane.master], [], [], 20)[0] and (data := pane.read()):
        pane.screen = b""
        digest.update(data)
        reads += 1
        if reads % 500 == 0:
            select.select([], [], [], 0.02)
        if reads == 1000:
            early = resident_kb(pane.process.pid)
        if reads % 1000 == 0:
            late = resident_kb(pane.process.pid)

    assert pane.finish() == 0
    assert digest.hexdigest() == (pane.folder / "sum").read_text()
    assert late - early < 1000, "kB that the shim grew by"


def test_answers_nobody_reads_do_not_pile_up(new_pane: NewPane) -> None:
    asks = program(
        "import signal; tty.setraw(0); os.write(1, b'ready'); os.read(0, 1)\n"
        "left = b'\\x1b]7501;?\\x07' * 500_000\n"
        "while left: left = left[os.write(1, left[:4096]):]\n"
        "os.write(1, b'done'); signal.pause()"
    )
    pane = new_pane(asks).start()
    pane.expect(b"ready")
    before = resident_kb(pane.process.pid)
    pane.write(b"x")
    pane.expect(b"done")

    assert resident_kb(pane.process.pid) - before < 3000, "5 MB of answers were kept"


def test_an_agent_may_leave_its_terminal_and_come_back(new_pane: NewPane) -> None:
    """A terminal that nobody has open looks hung up: the shim must neither end nor spin."""
    leaves = program(
        "import select\n"
        "for fd in (0, 1, 2): os.close(fd)\n"
        "open('left', 'w').close()\n"
        "while not os.path.exists('come'): select.select([], [], [], 0.01)\n"
        "os.write(os.open('/dev/tty', os.O_RDWR), b'back')\n"
    )
    pane = new_pane(leaves).start()
    until((pane.folder / "left").exists, "the agent to leave")
    spent = processor_s(pane.process.pid)
    select.select([], [], [], 0.5)
    assert processor_s(pane.process.pid) - spent < 0.1
    (pane.folder / "come").touch()

    assert pane.finish() == 0
    assert pane.screen == b"back"


def test_the_query_is_answered_before_the_rest_is_passed_on(new_pane: NewPane) -> None:
    """The terminal's own answer to a later question must not overtake ours."""
    asks = program(
        "tty.setraw(0); os.write(1, b'\\x1b]7501;?\\x07\\x1b[c')\n"
        "answer = b''\n"
        "while not answer.endswith(b'c'): answer += os.read(0, 100)\n"
        "os.write(1, answer.hex().encode())"
    )
    pane = new_pane(asks).start()
    pane.expect(b"\x1b[c")
    pane.write(b"\x1b[?1;2c")

    assert pane.finish() == 0
    assert pane.screen == b"\x1b[c" + b"\x1b]7501;?\x07\x1b[?1;2c".hex().encode()


def test_the_terminal_file_is_read_when_asked(new_pane: NewPane) -> None:
    asks = program(
        "tty.setraw(0); os.write(1, b'1'); os.read(0, 1); os.write(1, b'\\x1b[>7u\\x1b[?u')\n"
        "answer = b''\n"
        "while not answer.endswith(b'u'): answer += os.read(0, 100)\n"
        "os.write(1, answer.hex().encode())"
    )
    pane = new_pane(asks).start()
    pane.expect(b"1")
    (pane.folder / "terminal.json").write_text(json.dumps({"kitty": True}))
    pane.write(b"x")

    assert pane.finish() == 0
    assert pane.screen == b"1" + b"\x1b[?7u".hex().encode()


def test_half_a_sequence_is_let_go(new_pane: NewPane) -> None:
    pane = new_pane(program("tty.setraw(0); os.write(1, b'a\\x1b[?1'); os.read(0, 1)")).start()
    pane.expect(b"a\x1b[?1")


def test_the_size_is_copied(new_pane: NewPane) -> None:
    tells = program(
        "import signal; tty.setraw(0)\n"
        "def tell(*_): os.write(1, b'%dx%d.' % tuple(os.get_terminal_size(0)))\n"
        "signal.signal(signal.SIGWINCH, tell); tell(); os.read(0, 1)"
    )
    pane = new_pane(tells).start()
    pane.expect(b"120x40.")
    pane.resize(50, 200)
    pane.expect(b"200x50.")
    pane.write(b"q")

    assert pane.finish() == 0


def test_an_idle_shim_never_wakes(new_pane: NewPane) -> None:
    pane = new_pane(program("tty.setraw(0); os.write(1, b'ready'); os.read(0, 1)")).start()
    pane.expect(b"ready")
    pane.row("quiet")
    status = Path(f"/proc/{pane.process.pid}/status")

    def switches() -> int:
        return int(re.findall(r"\nvoluntary_ctxt_switches:\s+(\d+)", status.read_text())[0])

    until(lambda: status.read_text().split("State:\t")[1][0] == "S", "the shim to sleep")
    before, end = switches(), time.monotonic() + 1
    while time.monotonic() < end:
        select.select([], [], [], 0.1)
    assert switches() == before


@pytest.mark.parametrize("spool", ["/dev/full", "/nowhere/spool"])
def test_a_spool_that_cannot_be_written_stops_nothing(new_pane: NewPane, spool: str) -> None:
    pane = new_pane([*HEX, "3"]).start(spool=spool, modes=spool)
    pane.expect(b"ready")
    pane.write(b"a\x1b[")

    assert pane.finish() == 0
    assert pane.screen == b"ready" + b"a\x1b[".hex().encode() + b".done"
