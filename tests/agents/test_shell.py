"""The shell that a shell session runs."""

import pytest

from agentmux.agents import shell
from agentmux.core.agent import LaunchSpec


@pytest.mark.parametrize(
    ("spec", "argv"),
    [
        (LaunchSpec(env={"SHELL": "/bin/zsh"}), ("/bin/zsh",)),
        (LaunchSpec(), ("/bin/sh",)),
        (LaunchSpec(env={"SHELL": "zsh"}), ("/bin/sh",)),
        (LaunchSpec(env={"SHELL": "/bin/zsh"}, command=("fish",), args=("-N",)), ("fish", "-N")),
        (LaunchSpec(env={"SHELL": "/bin/zsh"}, prompt="rm -r x"), ("/bin/zsh",)),
    ],
)
def test_a_start(spec: LaunchSpec, argv: tuple[str, ...]) -> None:
    assert shell.launch(spec).argv == argv


def test_a_shell_keeps_nothing() -> None:
    assert shell.resume(LaunchSpec(own_folder=True, session_id="x")) is None
    assert shell.fork(LaunchSpec(source_id="x")) is None
    assert shell.version_argv() == ()
