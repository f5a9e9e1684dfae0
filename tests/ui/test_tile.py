"""The frame of a tile: what goes first where room is short, and the air around what is cut."""

import re

from tests.support.snapshot import text_of
from tests.support.staged import StagedMux
from tests.ui.conftest import Stage


async def test_a_cut_branch_does_not_touch_the_corner(stage: Stage, full: StagedMux) -> None:
    async with stage(full, (80, 24), layout="wall") as pilot:
        bottoms = re.findall(r"[└┗].*?[┘┛]", text_of(pilot.app))
        assert [line for line in bottoms if "… " in line]
        assert all(len(line) in (26, 27) for line in bottoms)
        assert "…─" not in text_of(pilot.app)


async def test_the_load_goes_before_anything_git_says(stage: Stage, full: StagedMux) -> None:
    async with stage(full, (120, 36), layout="wall") as pilot:
        assert "claude ━ csv-import +3 ~5 ━" in text_of(pilot.app)
        assert "0% 412 MB" not in text_of(pilot.app)
        await pilot.resize_terminal(150, 36)
        await pilot.pause()
        assert "━ 0% 412 MB ━┛" in text_of(pilot.app)
