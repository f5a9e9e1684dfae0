"""The alert line: who, what, since when, and the key; absent while there is nothing to say."""

from agentmux.ui.keymap import short
from agentmux.ui.view import View
from agentmux.ui.widgets.line import Line, Span


class AlertLine(Line):
    """The worst thing now."""

    def show(self, view: View) -> None:
        """Redraw what changed."""
        alert, theme = view.alert, view.theme
        if alert is None:
            return
        dim = theme.style("dim", "select")
        left: list[Span] = [(f" {alert.word}", theme.style(alert.role, "select", bold=True))]
        left += [(f"  {alert.who}", theme.style("text", "select", bold=True))] if alert.who else []
        left.append((f"  {alert.what}", theme.style("text", "select")))
        right: list[Span] = [(f"  {alert.since}", dim)] if alert.since else []
        key = next((row for row in view.keymap if row.id == alert.action and row.keys), None)
        way = _way(view)
        if key and way is not None:
            right += [
                (f"   {way}{short(key)}", theme.style("text", "select", bold=True)),
                (f" {key.label} ", dim),
            ]
        self.put(left, right, theme.style("text", "select"))


def _way(view: View) -> str | None:
    """The digit to press before the key, when the alert is not about the selected session.

    None for a session without a slot, to which no digit leads.
    """
    alert = view.alert
    if alert is None or alert.session in (None, view.selected):
        return ""
    session = view.fleet.sessions[alert.session]
    return f"{session.slot} " if session.slot else None
