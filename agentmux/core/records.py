"""Frozen dataclasses that are made when they are first used, and not when their module is read.

There are some sixty kinds of events and facts, and making a dataclass costs ten times what
reading its class does: `agentmux ls`, which is asked many times a minute, would spend a third of
its time on kinds it never meets.
"""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeVar, dataclass_transform

T = TypeVar("T")
_FIELDS = "__dataclass_fields__"


class Records(type):
    """The type of such classes."""

    def __new__(cls, name: str, bases: tuple[type, ...], space: dict[str, Any]) -> "Records":
        """A class whose instances find their fields as well."""
        of_class = property(lambda self: type(self)._fields)
        return super().__new__(cls, name, bases, {**space, _FIELDS: of_class})

    _by_name = False
    """Whether its fields are given by name alone."""

    @property
    def __dataclass_fields__(cls) -> Any:
        """Asked for by `fields`, `replace` and `is_dataclass`; the class is a dataclass then."""
        return cls._made()

    @__dataclass_fields__.setter
    def __dataclass_fields__(cls, fields: Any) -> None:
        cls._fields = fields

    def _made(cls) -> Any:
        """The fields; makes the dataclass the first time."""
        if "_fields" not in cls.__dict__:
            for base in reversed(cls.__mro__[1:]):
                if isinstance(base, Records):
                    base._made()
            make: Any = dataclass(frozen=True, kw_only=cls._by_name, repr=False, eq=False)
            make(cls)
            for name, method in _METHODS.items():  # those that need not be written for each
                if name not in cls.__dict__:
                    setattr(cls, name, method)
        return cls.__dict__["_fields"]

    def __call__(cls, *args: Any, **given: Any) -> Any:
        cls._made()
        return super().__call__(*args, **given)


def _repr(self: Any) -> str:
    shown = ", ".join(f"{name}={getattr(self, name)!r}" for name in type(self)._fields)
    return f"{type(self).__qualname__}({shown})"


def _eq(self: Any, other: Any) -> Any:
    if type(self) is not type(other):
        return NotImplemented
    return self.__dict__ == other.__dict__


def _hash(self: Any) -> int:
    return hash(tuple(getattr(self, name) for name in type(self)._fields))


_METHODS: dict[str, Any] = {"__repr__": _repr, "__eq__": _eq, "__hash__": _hash}


@dataclass_transform(frozen_default=True, kw_only_default=True)
def record(cls: type[T]) -> type[T]:
    """As `@dataclass(frozen=True, kw_only=True)`, for classes whose type is `Records`."""
    cls._by_name = True  # type: ignore[attr-defined]
    return cls


@dataclass_transform(frozen_default=True)
def frozen(cls: type[T]) -> type[T]:
    """As `@dataclass(frozen=True)`, for classes whose type is `Records`."""
    return cls


if TYPE_CHECKING:
    from dataclasses import replace as replace
else:

    def replace(record: T, /, **changes: Any) -> T:
        """As `dataclasses.replace`, in a tenth of its time: nothing is checked or computed anew."""
        new = object.__new__(type(record))
        new.__dict__.update(record.__dict__)
        new.__dict__.update(changes)
        return new
