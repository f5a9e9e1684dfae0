"""The few keys agentmux itself presses, as the bytes a terminal sends for them.

A person's own keys never pass through here: they go to the pane as the bytes that came.
"""

ENTER = b"\r"
"""Sends what was pasted."""
