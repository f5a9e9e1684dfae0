"""Whether the disk has room for anything new: agents that run go on, but no more are started."""

from agentmux.errors import LedgerError
from agentmux.ledger.store import Ledger


def require_disk(ledger: Ledger) -> None:
    """Raise LedgerError while the ledger's reserve is given up to a full disk."""
    if ledger.reserve_spent:
        raise LedgerError(
            "The disk is full: nothing new is started, and sessions that run go on.",
            f"Free some space; `df -h {ledger.path.parent}` shows how much there is.",
        )
