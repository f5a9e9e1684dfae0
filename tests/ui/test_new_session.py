"""The dialog that starts a session: what it asks for, and that nothing typed is lost."""

from pathlib import Path

import pytest
from textual.pilot import Pilot

from agentmux.config import Profile
from agentmux.errors import AgentmuxError, UsageError
from agentmux.ui.screens.new_session import Draft
from tests.support.pictures import nine
from tests.support.snapshot import text_of
from tests.support.staged import StagedMux, fleet_of, session
from tests.ui.conftest import Stage


async def press(pilot: Pilot[None], *keys: str) -> None:
    await pilot.press(*keys)
    await pilot.pause()


@pytest.mark.parametrize(
    ("draft", "arguments"),
    [
        (Draft(), {}),
        (Draft(agent="claude", task=" fix it "), {"agent": "claude", "task": "fix it"}),
        (Draft(agent="@opus", name="x", base="v1"), {"profile": "opus", "name": "x", "base": "v1"}),
        (Draft(carry=True, branch="fix/x"), {"carry": True, "branch": "fix/x"}),
        (Draft(here=True, carry=True, base="v1", branch="x"), {"here": True}),
        (Draft(agent="command", command="htop -d '1 0'"), {"command": ["htop", "-d", "1 0"]}),
    ],
)
def test_a_draft_becomes_the_arguments_of_new(draft: Draft, arguments: dict[str, object]) -> None:
    assert draft.arguments() == arguments


@pytest.mark.parametrize("command", ["", "  ", "echo 'open"])
def test_a_command_that_cannot_be_run_is_refused(command: str) -> None:
    with pytest.raises(UsageError):
        Draft(agent="command", command=command).arguments()


async def test_enter_starts_with_what_the_fields_say(stage: Stage, mux: StagedMux) -> None:
    async with stage(mux, default_agent="codex") as pilot:
        await press(pilot, "n", *"add tests", "tab", "left", "tab", *"tests", "tab", "tab", *"v2")
        await press(pilot, "tab", *"t/2", "tab", "right", "enter")
    assert mux.requests == [
        ("new", None, {"agent": "claude", "task": "add tests", "name": "tests", "base": "v2",
                       "branch": "t/2", "carry": True}),
    ]  # fmt: skip


async def test_here_asks_for_nothing_about_a_worktree(stage: Stage, mux: StagedMux) -> None:
    async with stage(mux) as pilot:
        await press(pilot, "N")
        assert "branch   from the name" in text_of(pilot.app)
        await press(pilot, "tab", "tab", "tab", "right")
        assert "branch  " not in text_of(pilot.app)
        assert "carry" not in text_of(pilot.app)
        await press(pilot, "enter")
    assert mux.requests == [("new", None, {"agent": "claude", "here": True})]


async def test_profiles_and_a_command_stand_beside_the_agents(stage: Stage, mux: StagedMux) -> None:
    async with stage(mux, profiles={"opus": Profile(agent="claude")}) as pilot:
        await press(pilot, "N")
        assert "[claude] codex  @opus  shell  command" in text_of(pilot.app)
        await press(pilot, "tab", "right", "right", "enter")
        await press(pilot, "N", "tab", "right", "right", "tab", *"htop -d 5", "ctrl+s")
    assert [args for _, _, args in mux.requests] == [
        {"profile": "opus"},
        {"command": ["htop", "-d", "5"]},
    ]


async def test_a_refusal_keeps_everything_typed(stage: Stage, mux: StagedMux) -> None:
    mux.refusals["new"] = [AgentmuxError("The branch exists.", "Give another name.")]
    async with stage(mux) as pilot:
        await press(pilot, "n", *"one", "enter")
        text = text_of(pilot.app)
        assert "The branch exists. Give another name." in text
        assert "one" in text
        await press(pilot, "!", "enter")
        assert "New session" not in text_of(pilot.app)
    assert [args["task"] for _, _, args in mux.requests] == ["one", "one!"]


async def test_the_second_time_only_the_task_is_asked(stage: Stage, mux: StagedMux) -> None:
    async with stage(mux) as pilot:
        await press(pilot, "n", *"one", "tab", "right", "enter")
        await press(pilot, "n")
        assert "where" not in text_of(pilot.app)
        await press(pilot, *"two", "enter")
        await press(pilot, "n", "tab")
        assert "where" in text_of(pilot.app)
    assert [args for _, _, args in mux.requests] == [
        {"agent": "codex", "task": "one"},
        {"agent": "codex", "task": "two"},
    ]


async def test_a_task_may_have_lines_and_be_pasted(stage: Stage, mux: StagedMux) -> None:
    async with stage(mux) as pilot:
        await press(pilot, "n", *"one", "ctrl+j", *"two", "enter")
    assert mux.requests[0][2]["task"] == "one\ntwo"


async def test_the_new_session_is_selected(stage: Stage, tmp_path: Path) -> None:
    mux = nine(tmp_path)
    del mux.fleet.sessions["s9"]  # type: ignore[attr-defined]
    mux.result = {"session": "s12"}
    async with stage(mux) as pilot:
        await press(pilot, "n", "enter")
        mux.publish(fleet_of(*mux.fleet.present, session(12, "fresh", slot=9)))
        await pilot.pause()
        assert mux.panes.shown[1] == "%12"


async def test_esc_starts_nothing(stage: Stage, mux: StagedMux) -> None:
    async with stage(mux) as pilot:
        await press(pilot, "n", *"one", "escape")
        assert "New session" not in text_of(pilot.app)
    assert mux.requests == []


async def test_the_dialog_fits_the_smallest_screen(stage: Stage, mux: StagedMux) -> None:
    async with stage(mux, (40, 10)) as pilot:
        await press(pilot, "N")
        assert "task" in text_of(pilot.app)
        await press(pilot, *["tab"] * 5)
        assert "carry" in text_of(pilot.app)
