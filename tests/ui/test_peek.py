"""A look at a session: beside its pane, and no dead end."""

import pytest

from agentmux.errors import AgentmuxError
from tests.support.snapshot import text_of
from tests.support.staged import StagedMux
from tests.ui.conftest import Stage
from tests.ui.looks import bottom, press


@pytest.mark.parametrize("layout", ["list", "main", "wall", "quad", "focus"])
@pytest.mark.parametrize("size", [(80, 24), (120, 36), (220, 60)])
async def test_a_peek_covers_nothing_of_its_pane(
    stage: Stage, full: StagedMux, layout: str, size: tuple[int, int]
) -> None:
    async with stage(full, size, layout=layout) as pilot:
        await press(pilot, "5")
        before = text_of(pilot.app)
        tile = dict(pilot.app.screen.view.plan.tiles).get("s5")  # type: ignore[attr-defined]
        await press(pilot, "space")
        assert "+38 -4  src/importer/" in text_of(pilot.app)
        assert "commit  Stream the" in text_of(pilot.app)
        if tile is not None and layout != "focus":
            inside = [line[tile.x : tile.right] for line in before.splitlines()][
                tile.y : tile.bottom
            ]
            after = text_of(pilot.app).splitlines()
            assert inside == [line[tile.x : tile.right] for line in after][tile.y : tile.bottom]
        await press(pilot, "space")
        assert text_of(pilot.app) == before


async def test_a_peek_shows_last_lines_and_leads_on(stage: Stage, full: StagedMux) -> None:
    full.refusals["summarize"] = [AgentmuxError("The worktree is gone.")]
    async with stage(full, layout="list") as pilot:
        await press(pilot, "7", "space")
        text = text_of(pilot.app)
        assert "7 bump-deps E exited 1 · 1m" in text
        assert "The worktree is gone." in text
        assert "error: lost the connection" in text
        await press(pilot, "5")
        await press(pilot, "space")
        assert "5 rate-limit > running" in text_of(pilot.app)
        assert "line 39" in text_of(pilot.app)
        await press(pilot, "i")
        assert bottom(pilot).startswith(" TYPE → 5 rate-limit ")
