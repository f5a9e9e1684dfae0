"""What the keys do, seen from outside: the text on the screen and what the mux was asked."""

import pytest
from textual.widget import Widget

from agentmux.core.state import SessionState
from agentmux.errors import AgentmuxError, NeedsConfirmation
from agentmux.ui.app import terminal_title
from agentmux.ui.widgets.tile_pane import TilePane
from tests.support.snapshot import text_of
from tests.support.staged import NOON, StagedMux, fleet_of, session
from tests.ui.conftest import LendingDriver, Stage
from tests.ui.looks import alert, bottom, press

EXITED = SessionState.EXITED


async def test_a_digit_selects_and_again_types(stage: Stage, full: StagedMux) -> None:
    async with stage(full, (220, 60), layout="main") as pilot:
        await press(pilot, "3")
        assert full.panes.shown == (["%3"], "%3")
        assert bottom(pilot).startswith(" COMMAND ")
        await press(pilot, "3")
        assert bottom(pilot).startswith(" TYPE → 3 flaky-tests · ctrl+q commands")
        assert full.panes.focused == ["@3"]
        assert full.panes.sizes == {"@3": (176, 55)}


async def test_the_first_digit_never_types_into_what_nobody_selected(
    stage: Stage, full: StagedMux
) -> None:
    async with stage(full) as pilot:
        await press(pilot, "1")
        assert bottom(pilot).startswith(" COMMAND ")
        assert "1 again types into csv-import" in alert(pilot)
        await press(pilot, "1")
        assert bottom(pilot).startswith(" TYPE → 1 csv-import ")


async def test_a_session_that_came_by_itself_is_not_typed_into_at_its_first_digit(
    stage: Stage, full: StagedMux
) -> None:
    full.result = {"session": "s10"}
    full.change("s9", removed=True, slot=None)
    async with stage(full) as pilot:
        await press(pilot, "n", "enter")
        full.publish(fleet_of(*full.fleet.sessions.values(), session(10, "more", slot=9)))
        await pilot.pause()
        assert full.panes.shown[1] == "%10"
        await press(pilot, "9")
        assert bottom(pilot).startswith(" COMMAND ")
        await press(pilot, "9")
        assert bottom(pilot).startswith(" TYPE → 9 more ")


async def test_a_selection_by_hand_makes_the_next_digit_type(stage: Stage, full: StagedMux) -> None:
    async with stage(full) as pilot:
        await press(pilot, "down", "2")
        assert bottom(pilot).startswith(" TYPE → 2 refactor-auth ")


async def test_typing_in_a_narrow_area_takes_the_whole_screen(
    stage: Stage, full: StagedMux
) -> None:
    async with stage(full, (80, 24)) as pilot:
        await press(pilot, "3", "i")
        assert full.panes.sizes == {"@3": (80, 23)}
        await pilot.resize_terminal(90, 30)
        await pilot.pause()
        assert full.panes.sizes == {"@3": (90, 29)}
        await press(pilot, "ctrl+q")
        assert "csv-import" in text_of(pilot.app)


async def test_while_typing_no_key_is_a_command(stage: Stage, full: StagedMux) -> None:
    async with stage(full) as pilot:
        await press(pilot, "3", "enter", "x", "q", "n", "escape", "ctrl+c")
        assert bottom(pilot).startswith(" TYPE → 3 flaky-tests ")
        assert pilot.app.is_running
        assert full.requests == []


async def test_the_key_after_the_leader(stage: Stage, full: StagedMux) -> None:
    async with stage(full) as pilot:
        await press(pilot, "3", "i", "ctrl+q", "5")
        assert bottom(pilot).startswith(" TYPE → 5 rate-limit ")
        await press(pilot, "ctrl+q", ";")
        assert bottom(pilot).startswith(" TYPE → 3 flaky-tests ")
        await press(pilot, "ctrl+q", "ctrl+q")
        assert bottom(pilot).startswith(" TYPE → 3 flaky-tests ")
        assert full.panes.typed == [("%3", b"\x11")]
        await press(pilot, "ctrl+q", "x")
        assert "Stop 3 flaky-tests?" in text_of(pilot.app)
        await press(pilot, "escape", "5")
        assert bottom(pilot).startswith(" COMMAND ")


async def test_an_end_while_typing_gives_the_keys_back(stage: Stage, full: StagedMux) -> None:
    async with stage(full) as pilot:
        await press(pilot, "3", "i")
        full.change("s3", state=EXITED, exit_code=3, last_lines=("bye",), state_since=NOON)
        await pilot.pause()
        assert bottom(pilot).startswith(" COMMAND ")
        assert "exited 3" in text_of(pilot.app)


async def test_stop_asks_and_only_yes_decides(stage: Stage, full: StagedMux) -> None:
    async with stage(full) as pilot:
        await press(pilot, "2")
        for no in ("n", "escape", "ctrl+c"):
            await press(pilot, "x", no)
        assert full.requests == []
        await press(pilot, "x", "y")
        assert full.requests == [("stop", "s2", {})]


async def test_remove_asks_again_before_work_is_lost(stage: Stage, full: StagedMux) -> None:
    loss = "Removing 'refactor-auth' would lose 9 uncommitted paths."
    full.refusals["remove"] = [NeedsConfirmation(loss)]
    async with stage(full) as pilot:
        await press(pilot, "2", "X")
        assert "which hold 9 changed paths and 1 commit ahead" in text_of(pilot.app)
        await press(pilot, "y")
        assert loss in text_of(pilot.app)
        await press(pilot, "y")
    assert full.requests == [
        ("remove", "s2", {"yes": True}),
        ("remove", "s2", {"yes": True, "discard": True}),
    ]


async def test_rename_fork_restart_and_resume(stage: Stage, full: StagedMux) -> None:
    async with stage(full) as pilot:
        await press(pilot, "r", "-", "2", "enter")
        await press(pilot, "f", *"try it", "enter")
        await press(pilot, "f", "enter")
        await press(pilot, "R", "y")
        await press(pilot, "7", "enter")
        await press(pilot, "u")
    assert full.requests == [
        ("rename", "s1", {"name": "csv-import-2"}),
        ("fork", "s1", {"task": "try it"}),
        ("fork", "s1", {}),
        ("restart", "s1", {}),
        ("resume", "s7", {}),
        ("resume", "s7", {}),
    ]


async def test_keys_that_have_nothing_to_act_on_say_so(stage: Stage, full: StagedMux) -> None:
    async with stage(full) as pilot:
        await press(pilot, "u")
        assert "resume: needs an ended session" in alert(pilot)
        await press(pilot, "7", "x")
        assert "stop: needs a running session" in alert(pilot)
    assert full.requests == []


async def test_the_terminal_is_lent_to_other_programs(stage: Stage, full: StagedMux) -> None:
    async with stage(full) as pilot:
        await press(pilot, "2", "t")
        await press(pilot, "e")
        await press(pilot, "o")
    assert full.visits == [("shell", "s2"), ("editor", "s2"), ("attach", "s2")]


async def test_a_program_that_cannot_be_started_gives_the_terminal_back(
    stage: Stage, full: StagedMux
) -> None:
    full.refusals["shell"] = [AgentmuxError("The worktree is gone.")]
    async with stage(full) as pilot:
        await press(pilot, "2", "t")
        assert "The worktree is gone." in alert(pilot)


async def test_enter_attaches_where_the_person_prefers_it(stage: Stage, full: StagedMux) -> None:
    async with stage(full, enter="attach") as pilot:
        await press(pilot, "enter")
    assert full.visits == [("attach", "s1")]


async def test_layouts_go_round_and_zoom_comes_back(stage: Stage, full: StagedMux) -> None:
    async with stage(full, (160, 45)) as pilot:
        seen = []
        for key in ("+", "+", "+", "+", "+", "_", "z", "z"):
            await press(pilot, key)
            seen.append(len(full.panes.shown[0]))
        # wall → quad → focus → list → main → wall → main, and one pane when zoomed
        assert seen == [4, 1, 0, 1, 8, 1, 1, 1]
        assert "main" in bottom(pilot)


async def test_arrows_move_between_tiles(stage: Stage, full: StagedMux) -> None:
    async with stage(full, (220, 60)) as pilot:
        chosen = []
        for key in ("right", "down", "h", "k", "k", "tab", "shift+tab"):
            await press(pilot, key)
            chosen.append(full.panes.shown[1])
        assert chosen == ["%2", "%5", "%4", "%1", "%1", "%2", "%1"]


async def test_filter_narrows_while_typing_and_esc_takes_it_back(
    stage: Stage, full: StagedMux
) -> None:
    async with stage(full) as pilot:
        await press(pilot, "/", *"codex")
        assert "refactor-auth" in text_of(pilot.app)
        assert "flaky-tests" not in text_of(pilot.app)
        await press(pilot, "escape")
        assert "flaky-tests" in text_of(pilot.app)
        await press(pilot, "/", *"api", "enter")
        assert full.panes.shown[1] == "%4"


async def test_the_fleet_may_change_under_a_dialog(stage: Stage, full: StagedMux) -> None:
    async with stage(full) as pilot:
        await press(pilot, "N", *"fix it")
        full.change("s1", name="renamed")
        await pilot.resize_terminal(100, 30)
        await pilot.pause()
        assert "fix it" in text_of(pilot.app)
        await press(pilot, "escape")
        assert "renamed" in text_of(pilot.app)
    assert full.requests == []


async def test_a_removed_session_gives_its_place_back(stage: Stage, full: StagedMux) -> None:
    async with stage(full, (220, 60)) as pilot:
        full.change("s1", removed=True, slot=None)
        await pilot.pause()
        assert "csv-import" not in text_of(pilot.app)
        assert full.panes.shown[1] == "%2"


@pytest.mark.parametrize("layout", ["main", "wall", "quad", "focus"])
async def test_the_panes_are_told_how_much_of_them_is_in_view(
    stage: Stage, full: StagedMux, layout: str
) -> None:
    async with stage(full, layout=layout) as pilot:
        views = list(pilot.app.screen.query(TilePane))
        in_view = {view.frame.pane: view.outer_size.height for view in views if view.frame}
        assert full.panes.heights == {pane: in_view[pane] for pane in full.panes.shown[0]}


async def test_a_frame_reaches_its_tile(stage: Stage, full: StagedMux) -> None:
    async with stage(full, (220, 60)) as pilot:
        full.panes.draw("%2", "hello from the agent")
        await pilot.pause()
        assert "hello from the agent" in text_of(pilot.app)


async def test_a_second_without_change_redraws_nothing(
    stage: Stage, full: StagedMux, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with stage(full, (220, 60)) as pilot:
        drawn: list[str] = []
        refresh = Widget.refresh

        def record(self: Widget, *args: object, **options: object) -> Widget:
            drawn.append(type(self).__name__)
            return refresh(self, *args, **options)  # type: ignore[arg-type]

        monkeypatch.setattr(Widget, "refresh", record)
        tick = pilot.app.screen.tick  # type: ignore[attr-defined]
        tick()
        assert drawn == []
        full.change("s7", exit_code=0)
        await pilot.pause()
        drawn.clear()
        full.clock = NOON.replace(second=1)
        tick()
        assert drawn.count("Tile") == 4  # those that run for less than ten minutes
        assert set(drawn) == {"Tile"}


async def test_hostile_text_stays_text(stage: Stage, mux: StagedMux) -> None:
    name = "[@click=app.exit]x[/]\x1b]52;c;eA==\x07"
    mux.fleet = fleet_of(
        session(1, name, state=EXITED, exit_code=1, last_lines=("[/bold] \x1b[31m",), task=name)
    )
    async with stage(mux, (120, 36)) as pilot:
        text = text_of(pilot.app)
        assert "[@click=app.exit]x[/]\\x1b]52;c;eA==\\x07" in text
        assert "[/bold] \\x1b[31m" in text
        await press(pilot, "X")
        assert "Remove 1 [@click=app.exit]x[/]" in text_of(pilot.app)
        assert "\x1b" not in text_of(pilot.app)


async def test_clicks_select_and_type(stage: Stage, full: StagedMux) -> None:
    async with stage(full, (80, 24)) as pilot:
        await pilot.click(offset=(6, 4))
        await pilot.pause()
        assert full.panes.shown[1] == "%4"
        await pilot.click(offset=(6, 5), times=2)
        await pilot.pause()
        assert bottom(pilot).startswith(" TYPE → 5 rate-limit ")


async def test_a_click_on_a_hint_is_its_key(stage: Stage, full: StagedMux) -> None:
    async with stage(full, (120, 36)) as pilot:
        at = bottom(pilot).index("? keys")
        await pilot.click(offset=(at + 2, 35))
        await pilot.pause()
        assert "type to search" in text_of(pilot.app)


async def test_help_is_searched_and_says_why_not(stage: Stage, full: StagedMux) -> None:
    async with stage(full, (120, 36)) as pilot:
        await press(pilot, "?", *"ended")
        text = text_of(pilot.app)
        assert "needs an ended session" in text
        assert "Previous layout" not in text
        await press(pilot, "escape")
        assert bottom(pilot).startswith(" COMMAND ")


async def test_the_palette_finds_actions_sessions_and_themes(stage: Stage, full: StagedMux) -> None:
    async with stage(full) as pilot:
        await press(pilot, ":", *"perf", "enter")
        assert full.panes.shown[1] == "%8"
        await press(pilot, "ctrl+p", *"theme light", "enter")
        assert pilot.app.theme == "light"
        await press(pilot, ":", *"layout quad", "enter")
        assert full.panes.shown[0] == ["%5", "%6", "%8"]
        await press(pilot, ":", "escape")
        assert bottom(pilot).startswith(" COMMAND ")


async def test_copy_gives_the_pane_to_the_clipboard(stage: Stage, full: StagedMux) -> None:
    async with stage(full, (160, 40)) as pilot:
        await press(pilot, "9", "y")
        assert "$ git log --oneline -3" in pilot.app.clipboard
        assert "copied what the pane shows" in alert(pilot)
        await press(pilot, "7", "y")
        assert pilot.app.clipboard.endswith("\nerror: lost the connection")
        assert "enter type" not in bottom(pilot)


async def test_ctrl_c_explains_and_q_leaves(stage: Stage, full: StagedMux) -> None:
    async with stage(full) as pilot:
        await press(pilot, "ctrl+c")
        assert "q leaves; the sessions keep running" in alert(pilot)
        assert pilot.app.is_running
        await pilot.press("q")
    assert pilot.app.return_code == 0
    assert full.requests == []


async def test_a_picture_that_comes_while_the_screen_goes_is_dropped(
    stage: Stage, full: StagedMux
) -> None:
    async with stage(full) as pilot:
        await pilot.pause()
        show = full.panes.on_frame
    full.panes.on_frame = show  # as before Textual tells that the screen is gone
    full.panes.draw("%1", "too late")


async def test_the_persons_own_keys(stage: Stage, full: StagedMux) -> None:
    async with stage(full, keys={"stop": ("ctrl+x",)}, leader=("ctrl+]",)) as pilot:
        await press(pilot, "x")
        assert "Stop" not in text_of(pilot.app)
        await press(pilot, "ctrl+x")
        assert "Stop 1 csv-import?" in text_of(pilot.app)
        await press(pilot, "n", "i")
        assert "· ctrl+] commands" in bottom(pilot)


def test_the_title_tells_a_narrow_tab_who_needs_somebody(full: StagedMux) -> None:
    assert terminal_title(full.fleet, "/src/acme\x07-api") == "1 exited · agentmux · acme\\x07-api"
    assert terminal_title(fleet_of(session(1, "a")), None) == "agentmux"


@pytest.mark.parametrize(("keys", "at_once"), [(("3",), False), (("3", "3"), True)])
async def test_an_echo_is_painted_before_anything_else_happens(
    stage: Stage,
    full: StagedMux,
    keys: tuple[str, ...],
    at_once: bool,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(LendingDriver, "is_headless", False)
    written: list[str] = []
    monkeypatch.setattr(LendingDriver, "write", lambda _self, data: written.append(data))
    async with stage(full, (220, 60), layout="main") as pilot:
        await press(pilot, *keys)
        full.panes.draw("%3", "an echo")
        assert any("an echo" in text for text in written) is at_once
        await pilot.pause()
        assert sum("an echo" in text for text in written) == 1
