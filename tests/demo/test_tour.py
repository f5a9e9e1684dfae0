"""The demo's tour, walked by a newcomer on a staged fleet."""

from pathlib import Path
from typing import Any

import pytest
from textual.pilot import Pilot

from agentmux.config import Config
from agentmux.demo.tour import LABEL, TOUR
from agentmux.ui.app import AgentmuxApp
from agentmux.ui.keymap import KEYMAP
from agentmux.ui.tour import Tour
from tests.support.pictures import nine
from tests.support.snapshot import text_of
from tests.support.staged import StagedMux, fleet_of, session


async def press(pilot: Pilot[None], *keys: str) -> None:
    await pilot.press(*keys)
    await pilot.pause()


def bar(pilot: Pilot[None]) -> str:
    return text_of(pilot.app).splitlines()[-2]


def on_tour(mux: StagedMux, tour: Tour = TOUR) -> AgentmuxApp:
    return AgentmuxApp(mux, {}, tour=tour)


def test_its_steps_name_keys_that_exist() -> None:
    ids = {row.id for row in KEYMAP}
    named = {word for step in TOUR.steps for word in step.words.split("{")[1:]}
    assert {word.partition("}")[0] for word in named} <= ids
    assert [step.id for step in TOUR.steps] == ["digits", "type", "leader", "layout", "new", "keys"]


async def test_each_step_is_ticked_by_doing_it(tmp_path: Path) -> None:
    mux = nine(tmp_path)
    mux.result = {"session": "s10"}
    async with on_tour(mux).run_test(size=(80, 24)) as pilot:
        await pilot.pause()
        told = [bar(pilot)]
        for keys in (["3"], ["enter"], ["ctrl+q"], ["+"]):
            await press(pilot, *keys)
            told.append(bar(pilot))
        await press(pilot, "n", "enter")
        mux.publish(fleet_of(*mux.fleet.present, session(10, "more", slot=None)))
        await pilot.pause()
        told.append(bar(pilot))
        await press(pilot, "?", "escape")
        told.append(bar(pilot))

    assert [line.split()[1] for line in told] == ["1/6", "2/6", "3/6", "4/6", "5/6", "6/6", "done"]
    assert "press 3" in told[0]
    assert "ctrl+q takes the keys back" in told[2]
    assert "esc ends it" not in told[2]  # there Esc is the agent's
    assert "q leaves and takes the demo down  ■■■■■■" in told[6]


async def test_what_the_person_chose_for_keys_is_what_the_tour_says(tmp_path: Path) -> None:
    mux = nine(tmp_path)
    mux.config = Config(leader=("ctrl+]",), keys={"type": ("t",), "shell": ("T",)})
    async with on_tour(mux).run_test(size=(120, 36)) as pilot:
        await press(pilot, "3")
        assert "press t: the keys go to its agent" in bar(pilot)
        assert "■ digits  □ type  □ leader" in bar(pilot)
        await press(pilot, "t")
        assert "ctrl+] takes the keys back" in bar(pilot)


async def test_steps_are_ticked_in_any_order_and_by_mouse(tmp_path: Path) -> None:
    async with on_tour(nine(tmp_path)).run_test(size=(120, 36)) as pilot:
        await pilot.pause()
        hints = text_of(pilot.app).splitlines()[-1]
        await pilot.click(offset=(hints.index("? keys"), 35))
        await press(pilot, "escape")
        assert "1/6" in bar(pilot)
        assert "■ keys" in bar(pilot)


async def test_esc_ends_it_only_when_it_takes_nothing_else_back(tmp_path: Path) -> None:
    async with on_tour(nine(tmp_path)).run_test(size=(80, 24)) as pilot:
        await press(pilot, "/", *"api", "enter", "escape")
        assert "csv-import" in text_of(pilot.app)
        await press(pilot, "z", "escape")
        assert "csv-import" in text_of(pilot.app)
        await press(pilot, "enter", "escape", "ctrl+q", "escape")
        assert " tour " in bar(pilot)
        await press(pilot, "escape")
        assert " tour " not in bar(pilot)
        assert f" {LABEL} " in text_of(pilot.app).splitlines()[0]


async def test_nothing_real_is_offered(tmp_path: Path) -> None:
    async with on_tour(nine(tmp_path)).run_test(size=(80, 24)) as pilot:
        await press(pilot, "N")
        assert "[@simulated] shell  command" in text_of(pilot.app)
        assert "claude" not in text_of(pilot.app).split("agent ")[1].splitlines()[0]


@pytest.mark.parametrize("layout", ["list", "main", "wall", "quad", "focus"])
async def test_the_bar_has_its_own_line_everywhere(tmp_path: Path, layout: str) -> None:
    mux = nine(tmp_path)
    chosen: dict[str, Any] = {"layout": layout}
    mux.config = Config(**chosen)
    async with on_tour(mux).run_test(size=(40, 11)) as pilot:
        await pilot.pause()
        assert bar(pilot).startswith(" tour 1/6   press 3: ")
