"""What every event of the ledger carries, and the JSON it may hold."""

from dataclasses import dataclass
from datetime import datetime
from typing import TypeAlias

Json: TypeAlias = "bool | int | float | str | list[Json] | dict[str, Json] | None"


@dataclass(frozen=True, kw_only=True)
class Recorded:
    """What every event carries."""

    at: datetime
    """Aware UTC."""
    session: str | None = None
    """Id of the session it is about, `s7`."""
