"""A ledger of several scripted days."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from agentmux.ledger.store import Ledger
from agentmux.ledger.windows import Counted
from tests.support.days import DAY, several_days
from tests.support.events import at

NOW = at(5 * DAY)


@pytest.fixture
def ledger(tmp_path: Path) -> Iterator[Ledger]:
    with Ledger.open(tmp_path / "ledger.db") as opened:
        yield opened


@pytest.fixture
def counted(ledger: Ledger) -> Counted:
    ledger.append(*several_days())
    return ledger.count(NOW, None, None)
