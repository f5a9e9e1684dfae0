"""The stage: taken down on every way out, also by the next demo where nobody was left to do it."""

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from agentmux.config import load_config
from agentmux.demo.stage import left_behind, processes_of, stage, sweep
from agentmux.paths import places
from tests.support.cockpit import ROOT

pytestmark = pytest.mark.tmux

SCRIPT = """
import sys
from agentmux.demo.stage import stage
with stage(keep=len(sys.argv) > 1) as made:
    made.start("docs-api", 1, 50.0, stay=True)
    print(made.root, flush=True)
    sys.stdin.read()
"""


@pytest.fixture
def player() -> Iterator[subprocess.Popen[str]]:
    """A demo in a process of its own, with one simulated agent at work."""
    playing = subprocess.Popen(
        [sys.executable, "-c", SCRIPT],
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    yield playing
    playing.kill()
    playing.communicate()
    sweep()


def root_of(player: subprocess.Popen[str]) -> Path:
    assert player.stdout is not None
    return Path(player.stdout.readline().strip())


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGHUP])
def test_a_signal_takes_it_down(player: subprocess.Popen[str], number: int) -> None:
    root = root_of(player)
    assert processes_of(root)
    player.send_signal(number)
    assert player.wait(20) == 128 + number
    assert set(left_behind(root).values()) == {0}


def test_the_next_one_takes_down_what_a_kill_left(player: subprocess.Popen[str]) -> None:
    root = root_of(player)
    sweep()
    assert processes_of(root), "a demo that runs is left alone"
    player.kill()
    player.wait(20)
    assert processes_of(root)
    sweep()
    assert set(left_behind(root).values()) == {0}


def test_the_persons_settings_stay_outside(
    monkeypatch: pytest.MonkeyPatch, private_home: Path
) -> None:
    monkeypatch.setenv("AGENTMUX_CONFIG", str(private_home / "own.toml"))
    (private_home / "own.toml").write_text('[hooks]\nsetup = "touch ran"\n')
    with stage(keep=False) as made:
        config = load_config(places(), made.repo, made.repo, lambda path, sha: False).config
        assert config.hooks.setup == ()
        assert list(config.profiles) == ["simulated"]
    assert os.environ["AGENTMUX_CONFIG"] == str(private_home / "own.toml")
