"""One picture of a pane, made from a capture and the picture before it."""

from dataclasses import dataclass, replace

from agentmux.tmux.client import Capture


@dataclass(frozen=True, slots=True)
class Frame:
    """One picture of a pane. A row equal to the one before it there is the same object."""

    pane: str
    seq: int
    """Counts the pictures of this pane that differed."""
    rows: tuple[bytes, ...]
    """`lines` rows as captured: SGR sequences kept, their state running on from row to row."""
    cols: int
    lines: int
    cursor: tuple[int, int] | None
    """Column and row from 0; None while hidden."""
    title: str
    """As the program set it, not cleaned."""
    alternate: bool
    mouse: frozenset[str]
    """Which of `any standard button all sgr` the program asked for."""
    history: int
    """Lines of scrollback above."""
    dead: bool


def next_frame(capture: Capture, before: Frame | None) -> Frame | None:
    """The picture after `before`; None when it is the same, or a first one with nothing on it.

    tmux leaves blank rows at the bottom out of a capture; they are put back.
    """
    screen = capture.screen
    rows = (capture.rows + (b"",) * screen.lines)[: screen.lines]
    if before is not None:
        kept = before.rows + rows[len(before.rows) :]
        rows = tuple(old if old == row else row for old, row in zip(kept, rows, strict=False))
    elif not (any(map(bytes.strip, rows)) or screen.history or screen.dead):
        return None
    frame = Frame(
        pane=screen.pane,
        seq=before.seq if before else 0,
        rows=rows,
        cols=screen.cols,
        lines=screen.lines,
        cursor=screen.cursor,
        title=screen.title,
        alternate=screen.alternate,
        mouse=screen.mouse,
        history=screen.history,
        dead=screen.dead,
    )
    return None if frame == before else replace(frame, seq=frame.seq + 1)
