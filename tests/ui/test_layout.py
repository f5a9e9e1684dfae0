"""Layouts hold their promises at every size, whatever the fleet."""

from hypothesis import given
from hypothesis import strategies as st

from agentmux.ui.layout import (
    LAYOUTS,
    Plan,
    Rect,
    beside,
    default_layout,
    grid,
    nearest,
    plan,
)

sizes = st.tuples(st.integers(40, 300), st.integers(10, 100))
layouts = st.sampled_from((*LAYOUTS, "auto"))
fleets = st.integers(0, 12).map(lambda n: [f"s{i}" for i in range(n)])


def rects_of(planned: Plan) -> list[Rect]:
    optional = (planned.top, planned.alert, planned.tour, planned.list, planned.empty)
    return [planned.hint, *(r for r in optional if r), *(rect for _, rect in planned.tiles)]


@given(sizes, layouts, fleets, st.integers(0, 12), st.booleans(), st.booleans(), st.booleans())
def test_everything_is_inside_and_nothing_overlaps(
    size: tuple[int, int],
    layout: str,
    ids: list[str],
    at: int,
    typing: bool,
    alert: bool,
    tour: bool,
) -> None:
    selected = ids[at % len(ids)] if ids else None
    planned = plan(*size, layout, ids, selected, typing=typing, alert=alert, tour=tour)
    rects = rects_of(planned)
    assert planned.has_room
    for rect in rects:
        assert rect.width > 0
        assert rect.height > 0
        assert rect.x >= 0
        assert rect.y >= 0
        assert rect.right <= size[0]
        assert rect.bottom <= size[1]
    for i, one in enumerate(rects):
        assert not any(one.overlaps(other) for other in rects[i + 1 :])


@given(sizes, layouts, fleets, st.integers(0, 12), st.booleans(), st.booleans())
def test_all_cells_are_used_and_the_selected_session_is_in_sight(
    size: tuple[int, int], layout: str, ids: list[str], at: int, alert: bool, tour: bool
) -> None:
    selected = ids[at % len(ids)] if ids else None
    planned = plan(*size, layout, ids, selected, alert=alert, tour=tour)
    assert sum(r.width * r.height for r in rects_of(planned)) == size[0] * size[1]
    if selected and planned.layout != "list":
        assert selected in dict(planned.tiles)


@given(sizes, layouts, st.integers(1, 9))
def test_typing_has_a_hundred_columns_or_the_whole_screen(
    size: tuple[int, int], layout: str, count: int
) -> None:
    ids = [f"s{i}" for i in range(count)]
    planned = plan(*size, layout, ids, "s0", typing=True)
    area = planned.area_of("s0")
    assert area is not None
    assert area.width >= 100 or (area.width, area.height) == (size[0], size[1] - 1)


@given(st.integers(1, 39), st.integers(1, 9))
def test_too_small_shows_nothing_but_a_sentence(width: int, height: int) -> None:
    for size in ((width, 24), (80, height)):
        assert not plan(*size, "auto", ["s1"], "s1").has_room


def test_the_default_goes_by_the_size() -> None:
    assert default_layout(50, 40) == "list"
    assert default_layout(120, 15) == "list"
    assert default_layout(80, 24) == "main"
    assert default_layout(159, 60) == "main"
    assert default_layout(160, 45) == "wall"


def test_nine_sessions_make_three_by_three() -> None:
    for width, height in ((80, 24), (160, 45), (220, 60)):
        planned = plan(width, height, "wall", [f"s{i}" for i in range(9)], "s0")
        assert len({rect.x for _, rect in planned.tiles}) == 3
        assert len({rect.y for _, rect in planned.tiles}) == 3
        assert planned.empty is None


def test_a_quad_shows_the_page_of_the_selected_session() -> None:
    planned = plan(160, 45, "quad", [f"s{i}" for i in range(9)], "s5")
    assert [session for session, _ in planned.tiles] == ["s4", "s5", "s6", "s7"]


def test_what_the_last_row_leaves_over_is_the_empty_slot() -> None:
    tiles, empty = grid(Rect(0, 1, 210, 58), ["s1", "s2", "s3", "s4", "s5"])
    assert len(tiles) == 5
    assert empty is not None
    assert empty.right == 210


def test_nearest_goes_to_the_neighbour_and_stops_at_the_edge() -> None:
    tiles, _ = grid(Rect(0, 0, 150, 60), [f"s{i}" for i in range(9)])
    rects = dict(tiles)
    assert nearest(rects["s4"], rects, "left") == "s3"
    assert nearest(rects["s4"], rects, "right") == "s5"
    assert nearest(rects["s4"], rects, "up") == "s1"
    assert nearest(rects["s4"], rects, "down") == "s7"
    assert nearest(rects["s0"], rects, "left") is None


@given(sizes, layouts, fleets, st.integers(0, 12))
def test_what_stands_beside_a_tile_covers_no_line_of_ours(
    size: tuple[int, int], layout: str, ids: list[str], at: int
) -> None:
    selected = ids[at % len(ids)] if ids else None
    made = plan(*size, layout, ids, selected, alert=True, tour=True)
    room = beside(made, selected or "", *size)
    assert room.width >= 24
    assert room.height >= 5
    assert 0 <= room.x < room.right <= size[0]
    for line in (made.top, made.alert, made.tour, made.hint):
        assert line is None or not room.overlaps(line)
