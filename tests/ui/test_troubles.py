"""What goes wrong is said in one line, with the key that helps, until somebody has looked."""

from agentmux.core.state import SessionState
from agentmux.errors import AgentmuxError
from tests.support.staged import StagedMux
from tests.ui.conftest import Stage
from tests.ui.looks import alert, bottom, press

EXITED = SessionState.EXITED


async def test_ends_that_nobody_saw_are_offered_together(stage: Stage, full: StagedMux) -> None:
    for id_ in ("s2", "s3", "s4", "s5"):
        full.change(id_, state=EXITED, state_certain=False, state_why="the tmux server ended")
    async with stage(full, (120, 36)) as pilot:
        assert "E 4 lost  2 refactor-auth, 3 flaky-tests, 4 docs-api and 1 more" in (alert(pilot))
        assert alert(pilot).rstrip().endswith("U resume all")
        await press(pilot, "U")
    assert full.requests == [("resume", id_, {}) for id_ in ("s2", "s3", "s4", "s5")]


async def test_a_failed_set_up_is_told_until_somebody_looked(stage: Stage, full: StagedMux) -> None:
    full.change("s7", removed=True, slot=None)
    full.change("s2", setup_failed="npm: not found")
    async with stage(full) as pilot:
        assert "! setup failed  2 refactor-auth  npm: not found" in alert(pilot)
        await press(pilot, "2")
        assert "setup failed" in alert(pilot)
        await press(pilot, "3")
        assert "setup failed" not in alert(pilot)


async def test_withheld_files_are_named_with_what_accepts_them(
    stage: Stage, full: StagedMux
) -> None:
    full.result = {"session": "s1", "withheld": ["/home/me/src/acme-api/.agentmux.toml"]}
    async with stage(full, (160, 40)) as pilot:
        await press(pilot, "n", "enter")
        assert ".agentmux.toml is not trusted: the programs it names were left out" in alert(pilot)
        assert "`agentmux trust` shows and accepts it" in alert(pilot)


async def test_a_resumed_session_says_what_was_withheld_too(stage: Stage, full: StagedMux) -> None:
    full.result = {"session": "s7", "withheld": ["/home/me/src/acme-api/.agentmux.toml"]}
    async with stage(full, (160, 40)) as pilot:
        await press(pilot, "7", "u")
        assert ".agentmux.toml is not trusted" in alert(pilot)


async def test_a_zoomed_pane_has_its_notes_in_the_last_line(stage: Stage, full: StagedMux) -> None:
    full.refusals["stop"] = [AgentmuxError("It is stuck.")]
    async with stage(full) as pilot:
        await press(pilot, "2", "z", "x", "y")
        assert bottom(pilot).startswith(" COMMAND · 2 refactor-auth   refused  It is stuck.")
        await press(pilot, "y", "i")
        assert " TYPE → 2 refactor-auth · ctrl+q commands" in bottom(pilot)


async def test_a_refusal_is_said_with_its_hint_until_the_next_key(
    stage: Stage, full: StagedMux
) -> None:
    full.refusals["stop"] = [AgentmuxError("It is stuck.", "Try restart.")]
    async with stage(full) as pilot:
        await press(pilot, "2", "x", "y")
        assert alert(pilot).startswith(" refused  It is stuck.  Try restart.")
        await press(pilot, "down")
        assert "refused" not in alert(pilot)


async def test_no_key_is_named_for_a_session_that_no_digit_leads_to(
    stage: Stage, full: StagedMux
) -> None:
    async with stage(full) as pilot:
        assert alert(pilot).endswith("7 u resume")
        full.change("s7", slot=None)
        await pilot.pause()
        assert ". bump-deps" in alert(pilot)
        assert "resume" not in alert(pilot)
        await press(pilot, "shift+tab")  # the one without a slot is the last
        assert alert(pilot).endswith("u resume")


async def test_an_end_is_told_until_somebody_looked(stage: Stage, full: StagedMux) -> None:
    async with stage(full) as pilot:
        assert "E exited 1  7 bump-deps" in alert(pilot)
        assert alert(pilot).rstrip().endswith("7 u resume")
        await press(pilot, "7")
        await press(pilot, "1")
        assert "bump-deps" not in alert(pilot)


async def test_a_frame_that_comes_after_the_end_is_dropped(stage: Stage, full: StagedMux) -> None:
    async with stage(full) as pilot:
        await press(pilot, "2", "i")
        await pilot.app.run_action("quit")
    full.panes.draw("%2", "too late")


async def test_the_smallest_zoomed_pane_still_says_where_help_is(
    stage: Stage, full: StagedMux
) -> None:
    async with stage(full, (40, 10), layout="focus") as pilot:
        await press(pilot, "2")
        assert bottom(pilot).startswith(" COMMAND · 2 refactor-auth ")
        assert "? keys" in bottom(pilot)
