"""A posted body as flat records, and one that is broken as what is whole in it."""

from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given

from agentmux.core.otlp import log_records
from tests.support.events import JSON

NOW = datetime(2026, 3, 1, tzinfo=UTC)


def body(*attributes: dict[str, Any], **record: Any) -> dict[str, Any]:
    """A body with one log record."""
    inner = {"attributes": list(attributes), **record}
    return {"resourceLogs": [{"scopeLogs": [{"logRecords": [inner]}]}]}


def test_values_of_every_kind_are_plain() -> None:
    whole = {"key": "n", "value": {"intValue": "12"}}
    also = {"key": "m", "value": {"intValue": 12}}
    listed = {"key": "l", "value": {"arrayValue": {"values": [{"stringValue": "a"}]}}}
    inner = {"key": "k", "value": {"kvlistValue": {"values": [whole]}}}
    ((at, record),) = log_records(body(whole, also, listed, inner, eventName="used"), NOW)
    assert record["name"] == "used"
    assert record["attributes"] == {"n": 12, "m": 12, "l": ["a"], "k": {"n": 12}}
    assert at == NOW


@pytest.mark.parametrize("number", ["--5", "9" * 5000, "\u0665x", "", "1e3"])
def test_what_is_no_number_takes_nothing_else_along(number: str) -> None:
    bad = {"key": "n", "value": {"intValue": number}}
    good = {"key": "s", "value": {"stringValue": "a"}}
    ((_, record),) = log_records(body(bad, good, timeUnixNano=number), NOW)
    assert record["attributes"] == {"n": None, "s": "a"}


@given(JSON, JSON, JSON)
def test_it_never_raises(whole: Any, attributes: Any, value: Any) -> None:
    list(log_records(whole, NOW))
    list(log_records(body({"key": "n", "value": value}, attributes=attributes), NOW))
    for kind in ("intValue", "arrayValue", "kvlistValue"):
        list(log_records(body({"key": "n", "value": {kind: value}}, timeUnixNano=value), NOW))
