"""A session of any other program."""

import pytest

from agentmux.agents import command
from agentmux.core.agent import LaunchSpec
from agentmux.errors import UsageError


def test_the_command_is_taken_as_given() -> None:
    spec = LaunchSpec(command=("a b", "--x", "#(c)"), args=("-y",), prompt="a task")
    assert command.launch(spec).argv == ("a b", "--x", "#(c)", "-y")


def test_no_command_is_said_in_one_sentence() -> None:
    with pytest.raises(UsageError) as refused:
        command.launch(LaunchSpec(args=("-y",)))
    assert "agentmux new -- COMMAND" in str(refused.value.hint)
