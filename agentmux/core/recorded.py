"""What every event of the ledger carries, and the JSON it may hold."""

from datetime import datetime
from typing import TypeAlias

from agentmux.core.records import Records, record

Json: TypeAlias = "bool | int | float | str | list[Json] | dict[str, Json] | None"


@record
class Recorded(metaclass=Records):
    """What every event carries."""

    at: datetime
    """Aware UTC."""
    session: str | None = None
    """Id of the session it is about, `s7`."""
