"""Vibe's command lines and set-up."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agentmux.agents import vibe
from agentmux.core.agent import LaunchSpec
from agentmux.core.facts import Source
from tests.support.events import JSON, at


def test_a_task_comes_with_the_start_and_is_no_option() -> None:
    assert vibe.launch(LaunchSpec(prompt="--help me", args=("--trust",))).argv == (
        "vibe",
        "--trust",
        "--",
        "--help me",
    )
    assert vibe.launch(LaunchSpec()).argv == ("vibe",)


@pytest.mark.parametrize(
    ("spec", "argv"),
    [
        (LaunchSpec(session_id="f4c873c3"), ("vibe", "--resume", "f4c873c3")),
        (LaunchSpec(own_folder=True), ("vibe", "--continue")),
        (LaunchSpec(session_id="i", args=("-c",)), ("vibe", "-c")),
        (LaunchSpec(), None),
    ],
)
def test_resume(spec: LaunchSpec, argv: tuple[str, ...] | None) -> None:
    started = vibe.resume(spec)
    assert (started and started.argv) == argv


def test_setup_and_version() -> None:
    setup = vibe.setup({"HOME": "/home/ada"})
    assert setup is not None
    assert setup.files == ("/home/ada/.vibe/.env",)
    assert vibe.parse_version("vibe 3.0.2\n") == "3.0.2"


@given(st.dictionaries(st.sampled_from(["text", "data", "lines"]), JSON))
def test_anything_at_all_never_raises(record: dict[str, object]) -> None:
    for source in Source:
        vibe.parse(source, record, at())
