"""The pictures in the documentation are the screen as it is; the update variable renews them."""

from collections.abc import Sequence
from pathlib import Path

import pytest

from tests.support.picture import export_svg
from tests.support.pictures import nine
from tests.ui.conftest import UPDATE, WRITE, Stage

PICTURES = Path(__file__).resolve().parents[2] / "docs" / "pictures"
SHOTS: dict[str, tuple[tuple[int, int], Sequence[str]]] = {
    "wall": ((200, 60), ()),
    "main": ((80, 24), ("2",)),
    "type": ((160, 44), ("5", "enter")),
    "new": ((100, 30), ("N", *"Add retries to the webhook client")),
}
"""Name → size of the terminal, and the keys pressed before the picture."""


@pytest.mark.parametrize("name", SHOTS)
async def test_the_picture_is_current(stage: Stage, tmp_path: Path, name: str) -> None:
    size, keys = SHOTS[name]
    async with stage(nine(tmp_path), size, theme="dark") as pilot:
        await pilot.press(*keys)
        await pilot.pause()
        svg = export_svg(pilot.app, f"agentmux {size[0]}x{size[1]}")
    path = PICTURES / f"{name}.svg"
    if WRITE:
        path.parent.mkdir(exist_ok=True)
        path.write_text(svg, "utf-8")
    assert path.exists(), f"{path.name} is missing: set {UPDATE}=1"
    assert svg == path.read_text("utf-8"), f"{path.name} is out of date; {UPDATE}=1 renews it"
