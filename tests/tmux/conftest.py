"""What the tests of this room share."""

from tests.support.tmux import server

__all__ = ["server"]
