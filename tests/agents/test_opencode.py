"""opencode's command lines."""

from agentmux.agents import opencode
from agentmux.core.agent import LaunchSpec


def test_a_task_that_looks_like_an_option_stays_a_task() -> None:
    spec = LaunchSpec(args=("-m", "x/y"), prompt="-x\ny")
    assert opencode.launch(spec).argv == ("opencode", "-m", "x/y", "--prompt=-x\ny")


def test_only_a_known_id_is_resumed() -> None:
    started = opencode.resume(LaunchSpec(session_id="ses_1"))
    assert started is not None
    assert (started.argv, started.session_id) == (("opencode", "--session=ses_1"), "ses_1")
    assert opencode.resume(LaunchSpec(own_folder=True)) is None


def test_a_fork_branches_off_by_id() -> None:
    started = opencode.fork(LaunchSpec(source_id="ses_1"))
    assert started is not None
    assert started.argv == ("opencode", "--session=ses_1", "--fork")
    assert opencode.fork(LaunchSpec(session_id="ses_1")) is None


def test_version() -> None:
    assert opencode.parse_version("1.18.33\n") == "1.18.33"
