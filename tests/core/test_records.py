"""Dataclasses made when they are first used: the same as those made at once."""

from dataclasses import FrozenInstanceError, field, fields, is_dataclass, replace

import pytest

from agentmux.core import records
from agentmux.core.records import Records, frozen, record


@record
class Base(metaclass=Records):
    at: int
    note: str = "n"


@record
class More(Base):
    tags: tuple[str, ...] = field(default=())
    table: dict[str, int] = field(default_factory=dict)


@frozen
class Place(metaclass=Records):
    x: int
    y: int = 2


def test_fields_of_the_class_stand_behind_those_of_its_base() -> None:
    assert [one.name for one in fields(More)] == ["at", "note", "tags", "table"]
    assert [one.name for one in fields(Base)] == ["at", "note"]
    assert is_dataclass(More)


def test_an_object_knows_its_fields() -> None:
    assert [one.name for one in fields(More(at=1))][-1] == "table"


def test_equal_hashable_printable_and_frozen() -> None:
    one = More(at=1, tags=("a",))
    assert one == More(at=1, tags=("a",)) != More(at=2, tags=("a",))
    assert one != Base(at=1)
    assert hash(Place(1)) == hash(Place(1, 2))
    assert repr(Place(1)) == "Place(x=1, y=2)"
    with pytest.raises(FrozenInstanceError):
        one.at = 3  # type: ignore[misc]


def test_each_has_a_table_of_its_own() -> None:
    first, second = More(at=1), More(at=1)
    first.table["a"] = 1
    assert second.table == {}


def test_replace_changes_a_copy() -> None:
    assert replace(More(at=1), at=5, tags=("b",)) == More(at=5, tags=("b",))
    assert replace(Place(1), y=3) == Place(1, 3)


def test_records_are_given_by_name_alone() -> None:
    with pytest.raises(TypeError):
        Base(1)  # type: ignore[call-arg]
    with pytest.raises(TypeError):
        Base()  # type: ignore[call-arg]


def test_nothing_is_made_before_its_use() -> None:
    @record
    class Idle(Base):
        more: int = 0

    assert "__init__" not in vars(Idle)
    assert Idle(at=1).more == 0
    assert "__init__" in vars(Idle)


def test_the_quick_replace_makes_a_copy_of_the_same_class() -> None:
    one = More(at=1, tags=("a",))
    other = records.replace(one, at=2)
    assert (other, one) == (More(at=2, tags=("a",)), More(at=1, tags=("a",)))
    assert hash(records.replace(Place(1), y=9)) == hash(Place(1, 9))
