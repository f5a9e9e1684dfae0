"""The widget that draws frames: what it shows, what it repaints, its past and its mouse."""

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from typing import Any

import pytest
from textual import events
from textual.app import App, ComposeResult
from textual.geometry import Offset, Region
from textual.pilot import Pilot

from agentmux.mux.frame import Frame
from agentmux.ui.widgets.pane_view import PaneView
from tests.ui.panes import frame_of, real_pane


class Recorded(PaneView):
    """Notes what is repainted."""

    def __init__(self) -> None:
        super().__init__()
        self.repainted: list[Region] = []

    def refresh(self, *regions: Region, **more: Any) -> "Recorded":
        self.repainted += regions or [Region(-1, -1, 0, 0)]
        super().refresh(*regions, **more)
        return self


class OnePane(App[None]):
    """A view that fills the screen and the messages it sent."""

    def __init__(self) -> None:
        super().__init__(ansi_color=True)
        self.view = Recorded()
        self.sent: list[bytes] = []
        self.texts: list[str] = []
        self.links: list[str] = []
        self.clicks = 0
        self.view.send = self.sent.append

    def compose(self) -> ComposeResult:
        yield self.view

    def on_pane_view_selected(self, message: PaneView.Selected) -> None:
        self.texts.append(message.text)

    def on_pane_view_link_chosen(self, message: PaneView.LinkChosen) -> None:
        self.links.append(message.url)

    def on_click(self) -> None:
        self.clicks += 1


@asynccontextmanager
async def one_pane(
    frame: Frame | None = None, size: tuple[int, int] = (20, 5)
) -> AsyncIterator[tuple[OnePane, Pilot[None]]]:
    app = OnePane()
    async with app.run_test(size=size) as pilot:
        if frame is not None:
            app.view.show_frame(frame)
            await pilot.pause()
        app.view.repainted.clear()
        yield app, pilot


def lines(view: PaneView) -> list[str]:
    return [strip.text.rstrip() for strip in view.render_lines(view.size.region)]


def reversed_cells(view: PaneView) -> list[str]:
    strips = view.render_lines(view.size.region)
    return ["".join(s.text for s in strip if s.style and s.style.reverse) for strip in strips]


def numbered(count: int, cols: int = 20, rows: int = 5, **changes: Any) -> Frame:
    return frame_of([b"line %d" % n for n in range(count)], cols, max(rows, count), **changes)


@pytest.mark.tmux
async def test_a_real_pane_cell_for_cell() -> None:
    printed = "\x1b[41mred\r\nstill 你好\x1b[0m\r\n\x1b(0lqk\x1b(B\r\nend".encode()
    with real_pane(printed, cols=20, lines=5) as pane:
        async with one_pane(pane.frame()) as (app, _):
            assert lines(app.view) == ["red", "still 你好", "┌─┐", "end", ""]
            strips = app.view.render_lines(app.view.size.region)
            assert [strip.cell_length for strip in strips] == [20] * 5
            second = next(iter(strips[1])).style
            assert second is not None
            assert second.bgcolor is not None


async def test_before_the_first_frame_it_is_blank() -> None:
    async with one_pane() as (app, _):
        assert lines(app.view) == [""] * 5


async def test_only_rows_that_differ_are_repainted() -> None:
    rows = [b"a", b"b", b"c", b"d", b"e"]
    async with one_pane(frame_of(rows, 20, 5)) as (app, _):
        app.view.show_frame(frame_of([b"a", b"X", b"Y", b"d", b"Z"], 20, 5))
        assert app.view.repainted == [Region(0, 1, 20, 2), Region(0, 4, 20, 1)]
        app.view.repainted.clear()
        app.view.show_frame(frame_of([b"a", b"X", b"Y", b"d", b"Z"], 20, 5, seq=3))
        assert app.view.repainted == []


async def test_a_colour_that_runs_on_repaints_the_rows_it_reaches() -> None:
    async with one_pane(frame_of([b"\x1b[31ma", b"b", b"\x1b[0mc"], 20, 5)) as (app, _):
        app.view.show_frame(frame_of([b"\x1b[32ma", b"b", b"\x1b[0mc"], 20, 5))
        assert app.view.repainted == [Region(0, 0, 20, 2)]


async def test_a_small_view_shows_the_tail_from_the_left() -> None:
    async with one_pane(numbered(9, cols=40, cursor=(0, 8)), size=(6, 3)) as (app, _):
        assert lines(app.view) == ["line 6", "line 7", "line 8"]
        app.view.show_frame(frame_of([b"prompt longer"], 40, 9))
        assert lines(app.view) == ["prompt", "", ""]


async def test_a_view_larger_than_the_pane_is_blank_around_it() -> None:
    async with one_pane(frame_of([b"\x1b[44mab"], 2, 1), size=(6, 3)) as (app, _):
        assert lines(app.view) == ["ab", "", ""]
        assert app.view.render_lines(app.view.size.region)[0].cell_length == 6


async def test_resizing_the_view_draws_it_anew() -> None:
    async with one_pane(numbered(9, cursor=(0, 8))) as (app, pilot):
        await pilot.resize_terminal(10, 2)
        await pilot.pause()
        assert lines(app.view) == ["line 7", "line 8"]


async def test_a_crop_is_drawn() -> None:
    async with one_pane(numbered(5)) as (app, _):
        assert [s.text for s in app.view.render_lines(Region(2, 1, 4, 2))] == ["ne 1", "ne 2"]


async def test_the_cursor_is_shown_while_typing_only() -> None:
    frame = frame_of([b"ab"], 20, 5, cursor=(1, 0))
    async with one_pane(frame) as (app, _):
        assert reversed_cells(app.view) == [""] * 5
        app.view.set_typing(True)
        assert reversed_cells(app.view)[0] == "b"
        assert app.cursor_position == Offset(1, 0)
        app.view.show_frame(frame_of(["你".encode()], 20, 5, cursor=(0, 0)))
        assert reversed_cells(app.view)[0] == "你"
        app.view.show_frame(frame_of([b"ab"], 20, 5, cursor=(20, 4)))
        assert app.cursor_position == Offset(19, 4)
        app.view.show_frame(frame_of([b"ab"], 20, 5, cursor=None))
        assert reversed_cells(app.view) == [""] * 5


async def test_without_colour_there_is_none(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NO_COLOR", "1")
    async with one_pane(frame_of([b"\x1b[1;31;44mred"], 20, 5)) as (app, _):
        first = next(iter(app.view.render_lines(app.view.size.region)[0])).style
        assert first is not None
        assert all(color.is_default for color in (first.color, first.bgcolor) if color)
        assert first.bold


class History:
    """A pane's past, counted as tmux does."""

    def __init__(self, total: int, screen: int) -> None:
        self.rows = [b"line %d" % n for n in range(total)]
        self.above = total - screen

    async def __call__(self, first: int, count: int) -> Sequence[bytes]:
        start = self.above + first
        return self.rows[max(0, start) : max(0, start + count)]

    def frame(self) -> Frame:
        rows = self.rows[self.above :]
        return frame_of(rows, 20, len(rows), cursor=(0, len(rows) - 1), history=self.above)

    def grow(self, lines: int) -> Frame:
        total = len(self.rows)
        self.rows += [b"line %d" % n for n in range(total, total + lines)]
        self.above += lines
        return self.frame()


@asynccontextmanager
async def past(total: int = 100) -> AsyncIterator[tuple[OnePane, Pilot[None], History]]:
    history = History(total, 5)
    async with one_pane(history.frame()) as (app, pilot):
        app.view.history = history
        yield app, pilot, history


async def test_back_in_the_past_and_forward_again() -> None:
    async with past() as (app, _, _):
        view = app.view
        await view.scroll(10)
        assert lines(view)[1:] == ["line 86", "line 87", "line 88", "line 89"]
        assert lines(view)[0].endswith("10/95 up")
        await view.scroll_pages(1)
        assert lines(view)[1] == "line 82"
        await view.scroll_to_start()
        assert lines(view)[1] == "line 1"
        await view.scroll(-3)
        assert lines(view)[1] == "line 4"
        await view.scroll(-1000)
        assert not view.is_scrolled
        assert lines(view) == [f"line {n}" for n in range(95, 100)]


async def test_a_pane_without_a_past_says_so() -> None:
    async with past(5) as (app, _, _):
        await app.view.scroll(1)
        assert lines(app.view)[0].endswith("nothing older")


async def test_what_one_reads_stays_while_the_pane_goes_on() -> None:
    async with past() as (app, _, history):
        await app.view.scroll(10)
        app.view.show_frame(history.grow(7))
        assert lines(app.view)[1:3] == ["line 86", "line 87"]
        assert lines(app.view)[0].endswith("17/102 up")
        await app.view.scroll(1)
        assert lines(app.view)[1] == "line 85"
        app.view.leave_past()
        assert lines(app.view)[-1] == "line 106"


async def test_another_pane_has_another_past() -> None:
    async with past() as (app, _, _):
        await app.view.scroll(10)
        app.view.show_frame(frame_of([b"new"], 20, 5, pane="%2"))
        assert not app.view.is_scrolled
        assert lines(app.view)[0] == "new"


async def test_search_goes_to_matches_and_sets_them_off() -> None:
    async with past() as (app, _, _):
        view = app.view
        assert await view.search("LINE 4") is False
        assert await view.search("line 4")
        assert lines(view)[2] == "line 49"
        assert reversed_cells(view)[2] == "line 4"
        assert [s.text for s in view.render_lines(Region(0, 1, 20, 1))[0] if s.style] == ["line 4"]
        assert await view.search_again(-1)
        assert lines(view)[2] == "line 48"
        assert await view.search_again(1)
        assert lines(view)[2] == "line 49"
        assert await view.search_again(1) is False
        assert lines(view)[2] == "line 49"


@pytest.mark.tmux
async def test_the_past_of_a_real_pane() -> None:
    printed = b"\x1b[31m" + b"".join(b"row %d\r\n" % n for n in range(40)) + b"\x1b[0mend"
    with real_pane(printed, cols=20, lines=5) as pane:
        async with one_pane(pane.frame()) as (app, _):
            app.view.history = pane.history
            await app.view.scroll(20)
            assert lines(app.view)[1:] == ["row 17", "row 18", "row 19", "row 20"]
            styles = [s.style for s in app.view.render_lines(Region(0, 1, 5, 1))[0]]
            assert [s.color.name for s in styles if s and s.color] == ["color(1)"]
            assert await app.view.search("row 3")
            assert "row 3" in lines(app.view)
            app.view.leave_past()
            assert await app.view.search("row 3")
            assert "row 39" in lines(app.view)


async def test_dragging_selects_and_holds_the_picture() -> None:
    async with one_pane(numbered(5)) as (app, pilot):
        await pilot.mouse_down(app.view, offset=(5, 1))
        await pilot.hover(app.view, offset=(3, 2))
        assert reversed_cells(app.view)[1].rstrip() == "1"
        app.view.show_frame(frame_of([b"other"] * 5, 20, 5, seq=2))
        assert lines(app.view)[1] == "line 1"
        await pilot.mouse_up(app.view, offset=(3, 2))
        assert app.texts == ["1\nline"]
        assert lines(app.view) == ["other"] * 5
        assert app.view.selected_text() == ""


async def test_a_selection_stays_while_its_text_does() -> None:
    async with one_pane(numbered(5)) as (app, pilot):
        await pilot.mouse_down(app.view, offset=(0, 1))
        await pilot.hover(app.view, offset=(5, 1))
        await pilot.mouse_up(app.view, offset=(5, 1))
        app.view.show_frame(frame_of([b"line 0", b"line 1", b"spin"], 20, 5, seq=2))
        assert app.view.selected_text() == "line 1"


async def test_a_click_is_the_tiles() -> None:
    async with one_pane(numbered(5)) as (app, pilot):
        await pilot.click(app.view, offset=(2, 2))
        assert (app.clicks, app.texts, app.sent) == (1, [], [])


async def test_ctrl_click_opens_an_address() -> None:
    async with one_pane(frame_of([b"see http://a.example"], 20, 5)) as (app, pilot):
        await pilot.click(app.view, offset=(6, 0), control=True)
        await pilot.click(app.view, offset=(1, 0), control=True)
        assert app.links == ["http://a.example"]
        assert app.clicks == 1


async def test_a_program_that_asked_gets_the_mouse_while_typing() -> None:
    frame = numbered(5, mouse=frozenset({"any", "button", "sgr"}))
    async with one_pane(frame) as (app, pilot):
        await pilot.mouse_down(app.view, offset=(2, 1))
        await pilot.mouse_up(app.view, offset=(2, 1))
        assert app.sent == []
        app.view.set_typing(True)
        await pilot.mouse_down(app.view, offset=(2, 1))
        await pilot.mouse_up(app.view, offset=(3, 1))
        assert b"\x1b[<0;3;2M" in app.sent
        assert app.sent[-1] == b"\x1b[<0;4;2m"
        assert app.texts == []


async def turn(app: OnePane, pilot: Pilot[None], kind: type[events.MouseEvent]) -> None:
    app.view.post_message(kind(app.view, 1, 1, 0, 0, 0, False, False, False))
    await pilot.pause()


async def test_the_wheel() -> None:
    up, down = events.MouseScrollUp, events.MouseScrollDown
    async with past() as (app, pilot, _):
        await turn(app, pilot, up)
        assert lines(app.view)[1] == "line 93"
        await turn(app, pilot, down)
        assert not app.view.is_scrolled

        asked: list[int] = []
        app.view.on_scroll = asked.append
        await turn(app, pilot, up)
        await turn(app, pilot, down)
        assert asked == [3, -3]

        app.view.set_typing(True, cursor_keys=True)
        app.view.show_frame(numbered(5, alternate=True))
        await turn(app, pilot, up)
        assert app.sent == [b"\x1bOA" * 3]

        app.view.show_frame(numbered(5, alternate=True, mouse=frozenset({"any", "sgr"})))
        await turn(app, pilot, down)
        assert app.sent[1:] == [b"\x1b[<65;2;2M"]
