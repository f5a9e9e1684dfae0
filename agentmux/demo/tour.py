"""What the demo asks a newcomer to try: six steps, each ticked by doing it."""

from agentmux.ui.tour import Step, Tour

LABEL = "simulated"
"""The profile of every session of the demo, and the word that stands on all of them."""

STEPS = (
    Step("digits", "press {go.3}: a digit goes to a session", lambda v: v.deed.startswith("go.")),
    Step("type", "press {type}: the keys go to its agent", lambda v: v.mode == "type"),
    Step(
        "leader",
        "type to the agent, then {mode.command} takes the keys back",
        lambda v: v.deed == "mode.command",
    ),
    Step("layout", "press {layout.next}: another layout", lambda v: v.deed.startswith("layout.")),
    Step("new", "press {new}: one more session; enter starts it", lambda v: v.deed == "started"),
    Step("keys", "press {help}: every key there is", lambda v: v.deed == "help"),
)

TOUR = Tour(STEPS, LABEL, profile=LABEL)
