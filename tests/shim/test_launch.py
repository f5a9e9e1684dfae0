"""How an agent starts, ends, and is made to end."""

import json
import os
import signal
import subprocess
from pathlib import Path

import pytest

from tests.shim.conftest import NewPane
from tests.shim.pane import BARE, SHIM, is_alive, program, until

IGNORES = program(
    "import signal\n"
    "for name in sys.argv[1:]: signal.signal(getattr(signal, name), signal.SIG_IGN)\n"
    "os.write(1, b'ready')\n"
    "while True: signal.pause()"
)


def test_the_agent_gets_folder_environment_and_defaults(new_pane: NewPane, tmp_path: Path) -> None:
    tells = program(
        "import json, signal\n"
        "json.dump({'cwd': os.getcwd(), 'odd': os.environb[b'ODD'].hex(), 'tty': os.isatty(0),\n"
        "  'tmux': sorted(k for k in os.environ if k.startswith('TMUX')),\n"
        "  'oom': open('/proc/self/oom_score_adj').read().strip(),\n"
        "  'fds': os.listdir('/proc/self/fd'),\n"
        "  'ignored': [int(s) for s in signal.Signals if signal.getsignal(s) == signal.SIG_IGN],\n"
        "  'leads': os.tcgetpgrp(0) == os.getpid()}, open('told', 'w'))"
    )
    env = {"ODD": "\udcff", "TMUX": "/sock,1,0", "TMUX_PANE": "%3", "PATH": os.environ["PATH"]}
    pane = new_pane(tells).start(env=env)

    assert pane.finish() == 0, pane.screen
    told = json.loads((pane.folder / "told").read_text())
    assert told["cwd"] == str(pane.folder)
    assert told["odd"] == "ff"
    assert told["tmux"] == []
    assert told["oom"] == "500"
    assert told["tty"] and told["leads"]
    assert len(told["fds"]) <= 5, "0-2, the file written and the folder listed"
    assert set(told["ignored"]) <= {signal.SIGPIPE, signal.SIGXFSZ}, "Python's own"


@pytest.mark.parametrize("status", [0, 7, 255])
def test_the_exit_code_is_the_agents(new_pane: NewPane, status: int) -> None:
    pane = new_pane(["sh", "-c", f"echo last words; exit {status}"]).start()

    assert pane.finish() == status
    assert pane.screen == b"last words\r\n"
    assert pane.row("exit", code=status, signal=None)


@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGSEGV, signal.SIGTERM])
def test_a_death_by_signal_is_the_same_death(new_pane: NewPane, number: signal.Signals) -> None:
    pane = new_pane(program("os.write(1, b'ready'); import signal; signal.pause()")).start()
    pane.expect(b"ready")
    os.kill(pane.agent, number)

    assert pane.finish() == -number
    assert pane.row("exit", code=None, signal=int(number))


@pytest.mark.parametrize(
    ("argv", "code", "message"),
    [
        (["no-such-agent"], 127, "no-such-agent was not found."),
        (["/no/such/agent"], 127, "/no/such/agent was not found."),
        (["/etc/passwd"], 126, "/etc/passwd cannot be executed: Permission denied."),
        (["./script"], 127, "./script names an interpreter that does not exist."),
        (["sh", "a\0b"], 126, "sh cannot be executed: Invalid argument."),
    ],
)
def test_a_program_that_cannot_start_says_why(
    new_pane: NewPane, argv: list[str], code: int, message: str
) -> None:
    pane = new_pane(argv)
    script = pane.folder / "script"
    script.write_text("#!/no/interpreter\n")
    script.chmod(0o755)
    pane.start()

    assert pane.finish() == code
    assert pane.screen == f"{message}\r\n".encode()
    assert [(row["e"], row["message"]) for row in pane.rows()] == [("failed", message)]


def test_a_folder_that_is_gone_is_named(new_pane: NewPane) -> None:
    pane = new_pane(["sh"]).start(cwd="/no/such/folder")

    assert pane.finish() == 126
    assert b"The folder /no/such/folder cannot be entered: No such file" in pane.screen
    assert pane.row("failed")


def test_the_spec_is_gone_once_read(new_pane: NewPane) -> None:
    pane = new_pane(program("os.write(1, b'ready'); os.read(0, 1)")).start()
    pane.expect(b"ready")

    assert not pane.spec_file.exists()


def test_a_killed_shim_ends_its_agent(new_pane: NewPane) -> None:
    pane = new_pane([*IGNORES, "SIGHUP", "SIGTERM"]).start()
    pane.expect(b"ready")
    agent = pane.agent
    pane.process.kill()

    until(lambda: not is_alive(agent), "the agent's death")


@pytest.mark.parametrize(
    ("ignored", "last"),
    [
        ([], signal.SIGHUP),
        (["SIGHUP"], signal.SIGTERM),
        (["SIGHUP", "SIGTERM"], signal.SIGKILL),
    ],
)
@pytest.mark.parametrize("asked", [signal.SIGHUP, signal.SIGTERM])
def test_an_agent_is_asked_then_told_then_killed(
    new_pane: NewPane, ignored: list[str], last: signal.Signals, asked: signal.Signals
) -> None:
    pane = new_pane([*IGNORES, *ignored]).start()
    pane.expect(b"ready")
    pane.signal(asked)

    assert pane.finish() == -last
    assert pane.row("exit", signal=int(last))


def test_a_stopped_agent_ends_too(new_pane: NewPane) -> None:
    pane = new_pane(program("os.write(1, b'ready'); import signal; signal.pause()")).start()
    pane.expect(b"ready")
    os.kill(pane.agent, signal.SIGSTOP)
    pane.signal(signal.SIGTERM)

    assert pane.finish() == -signal.SIGHUP


def test_the_foreground_job_is_asked_too(new_pane: NewPane) -> None:
    """Its own process group, as a shell gives it, while the agent itself ignores HUP."""
    shell = program(
        "import signal\n"
        "for name in ('SIGHUP', 'SIGTTOU'): signal.signal(getattr(signal, name), signal.SIG_IGN)\n"
        "if os.fork() == 0:\n"
        "    os.setpgid(0, 0); os.tcsetpgrp(0, os.getpid())\n"
        "    signal.signal(signal.SIGHUP, lambda *_: (os.write(1, b'asked'), os._exit(0)))\n"
        "    os.write(1, b'ready')\n"
        "    while True: signal.pause()\n"
        "os.wait(); os.write(1, b' done'); os._exit(5)"
    )
    pane = new_pane(shell).start(grace_s=10)
    pane.expect(b"ready")
    pane.signal(signal.SIGHUP)

    assert pane.finish() == 5
    assert pane.screen == b"readyasked done"


def test_a_terminal_that_goes_away_ends_the_agent(new_pane: NewPane) -> None:
    """As when the tmux server is killed: output has nowhere to go, and the row is written."""
    says_bye = program(
        "import signal\n"
        "def bye(*_): os.write(1, b'x' * 200_000); sys.exit(3)\n"
        "signal.signal(signal.SIGHUP, bye); os.write(1, b'ready')\n"
        "while True: signal.pause()"
    )
    pane = new_pane(says_bye).start()
    pane.expect(b"ready")
    pane.hang_up()

    assert pane.process.wait(15) == 3
    assert pane.row("exit", code=3)


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGQUIT, signal.SIGTSTP, signal.SIGTTOU])
def test_job_control_does_not_touch_the_shim(new_pane: NewPane, number: signal.Signals) -> None:
    pane = new_pane(
        program("tty.setraw(0); os.write(1, b'ready'); os.write(1, os.read(0, 1))")
    ).start()
    pane.expect(b"ready")
    pane.signal(number)
    pane.write(b"x")

    assert pane.finish() == 0
    assert pane.screen == b"readyx"


def test_a_job_left_behind_does_not_hold_the_pane(new_pane: NewPane) -> None:
    """It keeps the terminal open and goes on writing; the pane ends with its agent."""
    left = "trap '' HUP; yes flood & echo $! > pid; echo last; exit 4"
    pane = new_pane(["sh", "-c", left]).start()

    assert pane.finish() == 4
    assert b"last" in pane.screen
    pid = int((pane.folder / "pid").read_text())
    until(lambda: not is_alive(pid), "the job to notice that its terminal is gone")


def test_last_words_are_never_lost(new_pane: NewPane) -> None:
    pane = new_pane(
        program("os.write(1, b'x' * 12_000 + b'\\x1b[?1'); os.kill(os.getpid(), 9)")
    ).start()

    assert pane.finish() == -9
    assert pane.screen == b"x" * 12_000 + b"\x1b[?1"


def test_last_words_wait_for_a_slow_reader(new_pane: NewPane) -> None:
    """More than the kernel keeps for a pane that is read only after the agent's end."""
    pane = new_pane(program("tty.setraw(1); os.write(1, b'x' * 40_000)")).start(grace_s=10)
    until(lambda: pane.rows("exit"), "the agent's end")

    assert pane.finish() == 0
    assert pane.screen == b"x" * 40_000


@pytest.mark.parametrize(
    ("words", "message"),
    [
        ([], "usage: python -m agentmux.shim SPEC_FILE\n"),
        (["spec"], "The shim stands between a pane and its agent: run it in tmux.\n"),
    ],
)
def test_a_wrong_call_is_explained(words: list[str], message: str) -> None:
    command = [*BARE, str(SHIM), *words]
    result = subprocess.run(command, stdin=subprocess.DEVNULL, capture_output=True, text=True)

    assert (result.returncode, result.stderr) == (2, message)
