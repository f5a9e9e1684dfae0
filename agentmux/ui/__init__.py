"""What the person sees and presses: Textual and Rich live in this room and nowhere else.

Textual reads its settings from the environment once, at its first import, so they are put there
before anything of it is imported, and taken out again by `driver.py`: agents inherit our
environment, and a Textual program among them must not run with our settings.
"""

import os

TEXTUAL_SETTINGS = {
    # A key echo that follows a background flush would else wait up to 16.7 ms.
    "TEXTUAL_FPS": "240",
    # No timers while idle.
    "TEXTUAL_ANIMATIONS": "none",
    # Else in-band resize reports turn mouse reports into pixels, one event for each.
    "TEXTUAL_SMOOTH_SCROLL": "0",
    # Milliseconds before a lone Esc is a key in COMMAND; the scanner has waited 20 already.
    "ESCDELAY": "5",
}

BORROWED = tuple(name for name in TEXTUAL_SETTINGS if name not in os.environ)
"""The settings that stand in the environment only because of us."""

for _name in BORROWED:
    os.environ[_name] = TEXTUAL_SETTINGS[_name]
