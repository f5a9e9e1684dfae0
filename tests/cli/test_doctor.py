"""`agentmux doctor` as a person and a script meet it; the checks have their own tests."""

import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from agentmux.cli.doctor_keys import judge_keys
from agentmux.ui.terminal import QUERY
from tests.support.cockpit import ROOT, Cockpit
from tests.support.repo import write
from tests.ui.outer import Outer

pytestmark = pytest.mark.story


@pytest.fixture
def cockpit(private_home: Path) -> Cockpit:
    return Cockpit(private_home)


def test_json_has_exactly_the_promised_keys(cockpit: Cockpit) -> None:
    said = cockpit.do("doctor", "--json").json
    assert said.keys() == {"schema", "ok", "checks"}
    assert (said["schema"], said["ok"]) == (1, True)
    for check in said["checks"]:
        assert check.keys() == {"id", "level", "message", "fix"}
        assert check["level"] in ("ok", "warn")


def test_text_is_a_line_for_each_check_with_its_fix_below(cockpit: Cockpit) -> None:
    write(cockpit.home / "agentmux/config/config.toml", "leeder = 1\n")
    said = cockpit.run("doctor")
    assert (said.code, said.err) == (3, "")
    lines = said.out.splitlines()
    (at,) = [n for n, line in enumerate(lines) if line.startswith("FAIL  config ")]
    assert "line 1: leeder is not a setting" in lines[at]
    assert lines[at + 1].strip() == "fix: Did you mean leader?"
    assert any(line.startswith("ok    python ") for line in lines)


def test_a_failure_is_exit_3_in_json_too(cockpit: Cockpit) -> None:
    write(cockpit.home / "agentmux/config/config.toml", "leeder = 1\n")
    said = cockpit.run("doctor", "--json")
    assert (said.code, said.json["ok"]) == (3, False)


def test_a_mistaken_key_is_found(cockpit: Cockpit) -> None:
    write(cockpit.home / "agentmux/config/config.toml", '[keys]\nforc = ["F"]\n')
    said = cockpit.run("doctor", "--json")
    (found,) = [check for check in said.json["checks"] if check["level"] == "fail"]
    assert (said.code, found["id"], found["fix"]) == (3, "config.keys", "Did you mean fork?")
    assert "line 2: keys.forc" in found["message"]


def test_fix_says_what_it_did_and_reports_what_is_left(cockpit: Cockpit) -> None:
    cockpit.places.make()
    cockpit.places.state.chmod(0o755)
    assert "warn  folders.state" in cockpit.do("doctor").out
    said = cockpit.do("doctor", "--fix", "--json")
    assert said.err == f"agentmux: closed {cockpit.places.state} to others\n"
    assert {c["id"] for c in said.json["checks"] if c["id"].startswith("folders")} == {"folders"}


def test_it_works_outside_of_a_repository(cockpit: Cockpit) -> None:
    assert cockpit.do("doctor", cwd=cockpit.home).out


def test_keys_need_a_terminal(cockpit: Cockpit) -> None:
    said = cockpit.run("doctor", "--keys")
    assert said.code == 2
    assert "needs a terminal" in said.err


@pytest.fixture
def terminal(cockpit: Cockpit) -> Iterator[Outer]:
    """`doctor --keys` on a terminal, asking."""
    argv = [sys.executable, "-m", "agentmux", "doctor", "--keys"]
    env = {**cockpit.environment(), "PYTHONPATH": str(ROOT)}
    outer = Outer(argv, cockpit.home / "no-log", env)
    outer.until(lambda: b"Press ctrl+q now" in outer.screen, "question")
    yield outer
    outer.close()


@pytest.mark.parametrize(
    ("pressed", "code", "words"),
    [
        (b"\x11", 0, b"ok    keys  11 arrived: ctrl+q works."),
        (b"\x1b[113;5u", 0, b"1b 5b 31 31 33 3b 35 75 arrived: ctrl+q works."),
        (b"q", 3, b"FAIL  keys  71 arrived, which is not ctrl+q."),
    ],
)
def test_the_key_that_arrives_is_shown_in_hex(
    terminal: Outer, pressed: bytes, code: int, words: bytes
) -> None:
    terminal.type(pressed)
    assert terminal.wait_end() == code
    assert words in terminal.screen


def test_a_key_that_never_arrives() -> None:
    found = judge_keys(b"", ["ctrl+q"])
    assert found.level == "fail"
    assert found.fix and "ctrl+]" in found.fix


@pytest.mark.parametrize("stay", ["answers", "silent"])
def test_on_a_terminal_it_is_asked_what_it_can(cockpit: Cockpit, stay: str) -> None:
    argv = [sys.executable, "-m", "agentmux", "doctor"]
    env = {**cockpit.environment(), "PYTHONPATH": str(ROOT)}
    outer = Outer(argv, cockpit.home / "no-log", env)
    if stay == "answers":
        outer.answers = {QUERY: b"\x1b[?0u\x1b]11;rgb:1e1e/1e1e/2e2e\x1b\\\x1b[?62;52c"}
    try:
        assert outer.wait_end() == 0
        told = outer.screen.partition(QUERY)[2]
        assert (b"The terminal has Kitty keys" in told) == (stay == "answers")
        assert (b"says that it takes copies" in told) == (stay == "answers")
        assert (b"(OSC 11): rgb:1e1e" in told) == (stay == "answers")
        assert b"The terminal is 80x24" in told
    finally:
        outer.close()
