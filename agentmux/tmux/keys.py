"""The few keys agentmux itself presses, as the bytes a terminal sends for them.

A person's own keys never pass through here: they go to the pane as the bytes that came.
"""

KEYS: dict[str, bytes] = {
    "enter": b"\r",
    "escape": b"\x1b",
    "interrupt": b"\x1b",
    "ctrl+c": b"\x03",
    "ctrl+d": b"\x04",
    "tab": b"\t",
    "backspace": b"\x7f",
    "up": b"\x1b[A",
    "down": b"\x1b[B",
    "right": b"\x1b[C",
    "left": b"\x1b[D",
}
"""Name → bytes. `interrupt` is what ends a running turn of the agents we know."""
