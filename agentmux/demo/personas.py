"""What the simulated agents of the demo do: one script each, steps as data.

A step is `[kind, text, seconds]`. Kinds: `say` prints a line, `tool` prints a tool call, `think`
shows work going on, `edit` appends a line to a file of the worktree (`path|line`), `ask` waits for
an answer to a question, `done` ends the turn and shows an empty composer, `fail` exits with 1.
"""

import random

Step = tuple[str, str, float]

PERSONAS: dict[str, tuple[Step, ...]] = {
    "csv-import": (
        ("say", "I'll read the importer first.", 1.5),
        ("tool", "Read(src/importer.py)", 1.0),
        ("think", "Rewriting the reader to stream rows", 6.0),
        ("edit", "src/importer.py|    yield from csv.reader(source)", 0.5),
        ("tool", "Edit(src/importer.py) +38 -4", 1.0),
        ("ask", "Bash command: pytest tests/importer -q", 0.0),
        ("think", "Running the tests", 4.0),
        ("say", "14 passed. The importer now streams; memory stays flat at 1 GB.", 0.5),
        ("done", "", 0.0),
    ),
    "refactor-auth": (
        ("say", "Looking for every caller of refresh().", 1.0),
        ("tool", "Grep(refresh) 9 matches in 4 files", 1.0),
        ("edit", "src/auth.py|def refresh(token, *, leeway=30): ...", 0.5),
        ("tool", "Edit(src/auth.py) +12 -7", 1.0),
        ("think", "Updating the callers", 9.0),
        ("edit", "src/session.py|LEEWAY = 30", 0.5),
        ("say", "All callers pass the leeway by keyword now.", 0.5),
        ("done", "", 0.0),
    ),
    "flaky-tests": (
        ("say", "I'll run the suspicious test fifty times before I change anything.", 1.0),
        ("tool", "Bash(for i in $(seq 50); do pytest -q tests/test_clock.py; done)", 1.0),
        ("think", "47 passed, 3 failed so far", 12.0),
        ("edit", "tests/test_clock.py|# freeze the clock", 0.5),
        ("say", "The test read the wall clock twice. It freezes it now: 50 of 50 pass.", 0.5),
        ("done", "", 0.0),
    ),
    "docs-api": (
        ("think", "Reading the OpenAPI file", 3.0),
        ("edit", "docs/api.md|## POST /import", 0.5),
        ("tool", "Write(docs/api.md) +120", 1.0),
        ("say", "I have written docs/api.md; all 14 examples were run.", 0.5),
        ("done", "", 0.0),
    ),
    "rate-limit": (
        ("tool", "Read(src/session.py)", 1.0),
        ("edit", "src/session.py|LIMIT_PER_MINUTE = 60", 0.5),
        ("think", "Wiring the limiter", 8.0),
        ("ask", "Answer a blocked call with 429 instead of 503?", 0.0),
        ("say", "Blocked calls get that status, with a Retry-After header.", 0.5),
        ("done", "", 0.0),
    ),
    "bump-deps": (
        ("tool", "Bash(pip list --outdated)", 1.0),
        ("think", "Checking the change logs", 5.0),
        ("say", "The registry refuses the connection; I cannot go on without it.", 0.5),
        ("fail", "", 0.0),
    ),
    "perf-index": (
        ("tool", "Bash(python bench/index.py --rows 10_000_000)", 1.0),
        ("think", "Measuring", 14.0),
        ("edit", "src/index.py|# bitmap variant", 0.5),
        ("say", "The bitmap variant is 2.4x faster to build.", 0.5),
        ("done", "", 0.0),
    ),
    "ui-dark-mode": (
        ("ask", "Start the dark theme from the accent colour of the system?", 0.0),
        ("edit", "src/theme.css|:root { color-scheme: dark }", 0.5),
        ("say", "The dark theme follows it.", 0.5),
        ("done", "", 0.0),
    ),
    "sdk-notes": (
        ("think", "Comparing the two releases", 7.0),
        ("edit", "docs/changes.md|- streams rows", 0.5),
        ("say", "Release notes drafted in docs/changes.md.", 0.5),
        ("done", "", 0.0),
    ),
}


TASKS = {
    "csv-import": "stream the CSV import, it needs 5 GB today",
    "refactor-auth": "pass the leeway by keyword everywhere",
    "flaky-tests": "find out why test_clock fails now and then",
    "docs-api": "document the import API",
    "rate-limit": "limit calls to 60 a minute",
    "bump-deps": "bump the dependencies",
    "perf-index": "is a bitmap index faster?",
    "ui-dark-mode": "add a dark theme",
    "sdk-notes": "draft the release notes of the SDK",
}

NEWCOMER: tuple[Step, ...] = (
    ("say", "A simulated agent, started by you, in a worktree of its own.", 0.5),
    ("think", "Looking around", 2.0),
    ("say", "Type something and press enter: it is noted in NOTES.md here.", 0.2),
    ("done", "", 0.0),
)
"""What an agent started in the demo does."""


def script_of(name: str, seed: int) -> list[Step]:
    """A persona's steps, their lengths varied by `seed`: the same seed, the same run."""
    chance = random.Random(f"{seed} {name}")
    return [
        (kind, text, round(seconds * chance.uniform(0.8, 1.25), 2))
        for kind, text, seconds in PERSONAS[name]
    ]
