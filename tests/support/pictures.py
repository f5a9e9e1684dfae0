"""Nine sessions at work, for snapshots and for the pictures in the documentation."""

from pathlib import Path

from agentmux.core.state import SessionState
from tests.support.staged import StagedMux, fleet_of, load, session

GREEN, RED, BLUE, DIM, BOLD, OFF = (
    "\x1b[32m", "\x1b[31m", "\x1b[34m", "\x1b[2m", "\x1b[1m", "\x1b[0m",
)  # fmt: skip

TEXTS = {
    "%1": f"""
● Edited src/importer/reader.py (+38 -4)
  {DIM}└  the reader now streams rows instead of loading the file{OFF}
● Bash(pytest tests/importer -q)
  {DIM}└  41 passed in 2.91s{OFF}

● The importer reads row by row now. Memory stays under 30 MB for the
  2 GB sample; the old reader needed 5 GB.
""",
    "%2": f"""
• Updated src/auth/session.py
    {RED}40 -    def refresh(self, token):{OFF}
    {GREEN}40 +    def refresh(self, token, *, leeway=30):{OFF}
    {DIM}41          claims = self._decode(token){OFF}
    {GREEN}42 +        if claims.expired(leeway):{OFF}
    {GREEN}43 +            raise TokenExpired(claims){OFF}

• Ran pytest tests/auth -q
  {DIM}└ 61 passed in 3.20s{OFF}

{BLUE}◦ Working (2m 18s • esc to interrupt){OFF}
""",
    "%3": f"""
● I'll run the suspicious test fifty times to see how often
  it fails before I change anything.
● Bash(for i in $(seq 50); do pytest -q tests/test_clock.py; done)
  {DIM}└  47 passed, 3 failed{OFF}

{BLUE}◐ Thinking… (6m 40s · ↓ 3.1k tokens){OFF}
""",
    "%4": f"""
✦ I have written docs/api/*.md from the OpenAPI file and
  linked them from the README. All 14 examples were run.

  {DIM}Files changed{OFF}
    {GREEN}docs/api/auth.md       +120{OFF}
    {GREEN}docs/api/import.md      +88{OFF}
    {GREEN}README.md                +6{OFF}

 >
""",
    "%5": f"""
● Read src/auth/session.py
● Edited src/auth/session.py (+9 -2)
    {GREEN}41 +        if self.limiter.blocked(token.sub):{OFF}
    {GREEN}42 +            raise RateLimited(token.sub){OFF}

{BLUE}◐ Wiring the limiter… (1m 05s · esc to interrupt){OFF}
""",
    "%6": f"""
Which palette should the dark theme start from?

  ● Match the system accent
    {DIM}Keep the brand blue{OFF}
    {DIM}Ask the designer first{OFF}

  {DIM}↑↓ select   enter confirm   esc dismiss{OFF}
""",
    "%8": f"""
● Bash(python bench/index.py --rows 10_000_000)
  {DIM}└  build   41.2s{OFF}
     {DIM}lookup   3.1µs p50   9.8µs p99{OFF}
● The bitmap variant is 2.4x faster to build; I will keep
  both behind one interface and measure memory next.

{BLUE}◐ Measuring… (14m · ↓ 12.4k tokens){OFF}
""",
    "%9": f"""
{GREEN}~/src/acme-api main{OFF}
$ git log --oneline -3
{DIM}a91c2f0{OFF} importer: accept gzip
{DIM}77be410{OFF} auth: drop legacy cookie
{DIM}5d20aa1{OFF} ci: cache wheels
$
""",
}

QUIET, EXITED = SessionState.QUIET, SessionState.EXITED


def nine(home: Path) -> StagedMux:
    """A full fleet: six at work, two quiet, one that has just ended badly."""
    mux = StagedMux(home)
    mux.fleet = fleet_of(
        session(1, "csv-import", age_s=192, state=QUIET, gauge=load(3, 5, 0, 412)),
        session(2, "refactor-auth", "codex", 138, gauge=load(1, 9, 23, 188)),
        session(3, "flaky-tests", age_s=400, gauge=load(0, 2, 98, 530)),
        session(4, "docs-api", "gemini", 250, state=QUIET, gauge=load(2, 0, 0, 301)),
        session(5, "rate-limit", age_s=65, profile="opus", gauge=load(0, 4, 12, 398)),
        session(6, "ui-dark-mode", "opencode", 22, gauge=load(0, 11, 3, 265)),
        session(
            7, "bump-deps", "codex", 95, state=EXITED, exit_code=1, pid=None,
            gauge=load(0, 1, 0, 0),
            last_lines=("stream error: 502 Bad Gateway, try 5 of 5", "error: lost the connection"),
        ),
        session(8, "perf-index", age_s=845, gauge=load(5, 3, 64, 1240)),
        session(9, "shell", "shell", 7300, state=QUIET, here=True, branch=None,
                worktree="/home/me/src/acme-api", gauge=load(0, 0, 0, 6, 1)),
    )  # fmt: skip
    for pane, text in TEXTS.items():
        mux.panes.draw(pane, text)
    return mux
