"""The table of agents: every row is one module that keeps the common promises."""

import pytest

from agentmux.agents import AGENTS
from agentmux.core.agent import Agent, LaunchSpec

ROWS = pytest.mark.parametrize("agent", AGENTS.values(), ids=AGENTS.keys())
SPEC = LaunchSpec(command=("/opt/it",), args=("--own",), session_id="i", source_id="s")


def test_a_row_is_called_what_its_module_says() -> None:
    assert list(AGENTS) == [agent.NAME for agent in AGENTS.values()]


@ROWS
def test_every_start_runs_the_program_given_with_the_persons_arguments(agent: Agent) -> None:
    starts = [agent.launch(SPEC), agent.resume(SPEC), agent.fork(SPEC)]
    for started in filter(None, starts):
        assert started.argv[0] == "/opt/it"
        assert "--own" in started.argv


@ROWS
def test_constants_agree_with_each_other(agent: Agent) -> None:
    assert bool(agent.PROGRAMS) == bool(agent.INSTALL) == bool(agent.version_argv())
    assert (agent.COMPOSER is not None) == (agent.PROMPT == "typed")
    assert agent.LEVEL in range(4)


@ROWS
def test_a_task_reaches_the_command_line_only_where_it_is_said_to(agent: Agent) -> None:
    started = agent.launch(LaunchSpec(command=("/opt/it",), prompt="paint it green"))
    carried = any("paint it green" in word for word in started.argv)
    assert carried == (agent.PROMPT == "argv")


@ROWS
def test_an_id_is_chosen_only_where_it_is_said_to(agent: Agent) -> None:
    started = agent.launch(LaunchSpec(command=("/opt/it",), session_id="chosen"))
    assert started.session_id == ("chosen" if agent.CHOOSES_ID else None)
    assert ("chosen" in started.argv) == agent.CHOOSES_ID


@ROWS
def test_files_come_only_with_a_folder_to_put_them_in(agent: Agent) -> None:
    assert not agent.launch(SPEC).files
