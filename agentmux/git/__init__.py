"""Everything said to git; what it is said for is decided elsewhere.

Its primitives: a `Repo` is the main repository (`repo`), a `Base` the commit a session is cut
from (`bases`), a `Worktree` one checkout (`worktrees`), `Changes` what is new in it (`changes`),
a `Tree` the whole of it as objects (`tree`). `run` is the one spawner of git; it knows two ways
to call it, `look` and `act`, whose environments stand in `environment`. All functions block;
the leader calls them in a thread.
"""
