"""OTLP over HTTP as JSON: a posted body as flat log records, metrics left out."""

from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any

from agentmux.core.reading import items_at, text_at, time_of, value_at, whole_in


def log_records(body: object, at: datetime) -> Iterator[tuple[datetime, dict[str, Any]]]:
    """Each log record with its time: `{"name": …, "attributes": {…}, "resource": {…}}`."""
    for resource in items_at(body, "resourceLogs"):
        about = _flat(items_at(resource, "resource", "attributes"))
        for scope in items_at(resource, "scopeLogs"):
            for record in items_at(scope, "logRecords"):
                attributes = _flat(items_at(record, "attributes"))
                name = attributes.get("event.name") or text_at(record, "eventName")
                name = name or text_at(record, "body", "stringValue")
                when = value_at(record, "timeUnixNano") or value_at(record, "observedTimeUnixNano")
                flat = {"name": str(name), "attributes": attributes, "resource": about}
                yield time_of(when, at), flat


def _flat(attributes: object) -> dict[str, Any]:
    return {text_at(pair, "key"): _plain(value_at(pair, "value")) for pair in items_at(attributes)}


def _plain(value: object) -> Any:
    """An `AnyValue`: whole numbers come as text."""
    if not isinstance(value, Mapping) or len(value) != 1:
        return None
    ((kind, inner),) = value.items()
    match kind:
        case "intValue":
            return whole_in(inner) if isinstance(inner, str) else inner
        case "arrayValue":
            return [_plain(item) for item in items_at(inner, "values")]
        case "kvlistValue":
            return _flat(items_at(inner, "values"))
        case _:
            return inner
