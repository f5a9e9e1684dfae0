"""Moments as people type them: a time, a day, or how long ago."""

import re
from datetime import UTC, datetime, timedelta

from agentmux.errors import UsageError

_UNITS = {"s": "seconds", "m": "minutes", "h": "hours", "d": "days", "w": "weeks"}
_AGO = re.compile(r"([0-9]{1,9})\s*([smhdw])")


def parse_moment(text: str, now: datetime) -> datetime:
    """`2026-11-30`, `2026-11-30T09:00Z`, `today`, `yesterday`, `2h`, `3d`; UsageError when none.

    Without a zone it is UTC, as all times of the record are.
    """
    words = text.strip().lower()
    midnight = now.astimezone(UTC).replace(hour=0, minute=0, second=0, microsecond=0)
    if words in ("now", "today", "yesterday"):
        return {"now": now, "today": midnight, "yesterday": midnight - timedelta(days=1)}[words]
    ago = _AGO.fullmatch(words)
    try:
        if ago:
            return now - timedelta(**{_UNITS[ago[2]]: int(ago[1])})
        moment = datetime.fromisoformat(text.strip())
        return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).astimezone(UTC)
    except (ValueError, OverflowError):
        raise UsageError(
            f"{text!r} is no time.", "Such are 2026-11-30, 2026-11-30T09:00Z, today, 2h and 3d."
        ) from None
