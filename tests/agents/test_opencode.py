"""opencode's command lines."""

from dataclasses import replace

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


SERVED = LaunchSpec(port=4711, password="secret", env={})


def test_its_server_gets_a_port_and_a_password_and_is_listened_to() -> None:
    started = opencode.launch(SERVED)
    assert started.argv == ("opencode", "--port=4711")
    assert started.env == {"OPENCODE_SERVER_PASSWORD": "secret"}
    (feed,) = opencode.feeds(SERVED)
    assert feed.place == "http://127.0.0.1:4711/event"
    assert feed.headers == {"Authorization": "Basic b3BlbmNvZGU6c2VjcmV0"}  # opencode:secret
    assert "http://127.0.0.1:4711/session/status" in feed.asked


def test_a_resumed_and_a_branched_off_session_are_listened_to_as_well() -> None:
    for started in (
        opencode.resume(replace(SERVED, session_id="ses_1")),
        opencode.fork(replace(SERVED, source_id="ses_1")),
    ):
        assert started is not None
        assert "--port=4711" in started.argv


def test_the_persons_own_server_is_left_as_it_is() -> None:
    for args in (("--port", "4096"), ("--port=4096",), ("--hostname=0.0.0.0",)):
        own = replace(SERVED, args=args)
        assert opencode.launch(own).argv == ("opencode", *args)
        assert opencode.launch(own).env == {}
        assert opencode.feeds(own) == ()


def test_the_persons_own_password_stays_theirs() -> None:
    own = replace(
        SERVED,
        env={"OPENCODE_SERVER_PASSWORD": "theirs", "OPENCODE_SERVER_USERNAME": "ada"},
    )
    assert opencode.launch(own).env == {"OPENCODE_SERVER_PASSWORD": "theirs"}
    (feed,) = opencode.feeds(own)
    assert feed.headers == {"Authorization": "Basic YWRhOnRoZWlycw=="}  # ada:theirs


def test_nothing_is_injected_when_there_is_nothing_to_inject() -> None:
    assert opencode.feeds(LaunchSpec()) == ()
    assert opencode.launch(LaunchSpec()).env == {}
