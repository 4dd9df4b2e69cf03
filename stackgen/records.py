"""Records and choices for modules that must load fast: ``typing`` alone takes half as long as Python, ``enum`` a fifth.

A class body reads, and a type checker sees, the same as with ``NamedTuple`` and ``Enum``. At run time a record is a
tuple whose members have names: it compares, sorts, unpacks and is hashed as one, and has ``_replace`` and ``_asdict``.
The module that declares it has ``from __future__ import annotations``, and its record has no other base. Of a choice
there is one object for each value of the class body, with ``name`` and ``value``; an ``IntEnum`` is a number too.
"""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from enum import Enum, IntEnum
    from typing import NamedTuple
else:
    from collections import _tuplegetter

    class _Kind(type):
        """Makes the members of the tuple from the annotations of the class body, and their defaults from its values."""

        def __new__(cls, name, bases, body):
            fields = tuple(body.get("__annotations__", ()))
            body["__slots__"] = ()
            body["_fields"] = fields
            body["_field_defaults"] = {field: body[field] for field in fields if field in body}
            for place, field in enumerate(fields):
                body[field] = _tuplegetter(place, "")
            return super().__new__(cls, name, bases, body)

    class NamedTuple(tuple, metaclass=_Kind):  # noqa: SLOT001  its metaclass says it
        """The base of every record."""

        def __new__(cls, *values, **named):
            if named or len(values) != len(cls._fields):
                values = cls._complete(values, named)
            return tuple.__new__(cls, values)

        def __repr__(self):
            members = zip(self._fields, self, strict=True)
            return f"{type(self).__name__}({', '.join(f'{field}={value!r}' for field, value in members)})"

        @classmethod
        def _complete(cls, values, named):
            """All values in order: those given by place, by name, and the defaults."""
            rest = cls._fields[len(values) :]
            try:
                found = (*values, *[named.pop(each) if each in named else cls._field_defaults[each] for each in rest])
            except KeyError as missing:
                raise TypeError(f"{cls.__name__} is given no {missing}") from None
            if named or len(found) != len(cls._fields):
                raise TypeError(f"{cls.__name__} is given too much: {', '.join(named) or len(found)}")
            return found

        def _replace(self, **named):
            values = [named.pop(field, value) for field, value in zip(self._fields, self, strict=True)]
            if named:
                raise ValueError(f"{type(self).__name__} has no {', '.join(named)}")
            return tuple.__new__(type(self), values)

        def _asdict(self):
            return dict(zip(self._fields, self, strict=True))

        def __getnewargs__(self):
            return tuple(self)

    class _Choices(type):
        """Makes an object of each plain value in the class body."""

        def __init__(cls, name, bases, body):
            super().__init__(name, bases, body)
            cls._by_value = {}
            for choice, value in body.items():
                if type(value) in (int, str) and not choice.startswith("_"):
                    made = cls.__new__(cls, *([value] if isinstance(value, int) else []))
                    made.name, made.value = choice, value
                    cls._by_value[value] = made
                    setattr(cls, choice, made)

        def __call__(cls, value):
            if value not in cls._by_value:
                raise ValueError(f"{value!r} is not a valid {cls.__name__}")
            return cls._by_value[value]

    class Enum(metaclass=_Choices):
        """The base of every choice."""

        def __repr__(self):
            return f"<{type(self).__name__}.{self.name}: {self.value!r}>"

        def __reduce__(self):
            return getattr, (type(self), self.name)

    class IntEnum(int, metaclass=_Choices):
        """The base of a choice whose values have an order."""

        __repr__, __reduce__ = Enum.__repr__, Enum.__reduce__
        __str__ = int.__repr__


__all__ = ["Enum", "IntEnum", "NamedTuple"]
