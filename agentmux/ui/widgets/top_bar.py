"""The top line: the repository, how many sessions are in which state, the leader, the clock."""

from pathlib import PurePath

from agentmux.core.text import clean
from agentmux.ui.labels import counts
from agentmux.ui.view import View
from agentmux.ui.widgets.line import Line, Span

WORDS_FROM = 100
"""Columns from which the states have their words; below, the glyphs stay."""


class TopBar(Line):
    """The fleet in one line."""

    def show(self, view: View) -> None:
        """Redraw what changed."""
        ground = view.theme.style("text", "panel")
        self.put(_left(view), _right(view), ground)


def _left(view: View) -> list[Span]:
    theme, wide = view.theme, view.size[0] >= WORDS_FROM
    plain = theme.style("text", "panel")
    spans: list[Span] = [(" ", plain)]
    if wide:
        spans += [("agentmux", theme.style("text", "panel", bold=True)), ("  ", plain)]
    if view.repo:
        repo = clean(PurePath(view.repo).name, one_line=True)
        spans.append((repo, theme.style("working", "panel")))
    else:
        spans.append(("no repository", theme.style("dim", "panel")))
    if view.branch and wide:
        branch = clean(view.branch, one_line=True)
        spans.append((f" {branch}", theme.style("dim", "panel")))
    if view.tour is not None:
        spans += [("  ", plain), (f" {view.tour.label} ", theme.block("done"))]
    for mark, number in counts(view.fleet.present, view.glyphs):
        text = f"{mark.glyph} {number} {mark.word}" if wide else f"{mark.glyph} {number}"
        style = theme.style(mark.role, "panel", bold=mark.wants)
        spans += [("   " if wide else "  ", plain), (text, style)]
    return spans + _filter(view)


def _filter(view: View) -> list[Span]:
    """The filter and how many it lets through: what is not shown should not be missed."""
    if not view.filter:
        return []
    text = f"/ {clean(view.filter, one_line=True)}  {len(view.sessions)} of"
    style = view.theme.style("accent", "panel", bold=True)
    return [(f"   {text} {len(view.fleet.present)}", style)]


def _right(view: View) -> list[Span]:
    theme = view.theme
    spans: list[Span] = []
    if view.leader is None and view.fleet.sessions:
        spans.append(("no leader  ", theme.style("failed", "panel", bold=True)))
    elif view.leader is not None and view.size[0] >= WORDS_FROM:
        spans.append((f"leader {view.leader}  ", theme.style("faint", "panel")))
    spans.append((f"{view.now.astimezone():%H:%M} ", theme.style("text", "panel")))
    return spans
