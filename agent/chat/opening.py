"""parts that are opened when they are first needed, once, whichever thread needs them."""

from __future__ import annotations

from functools import cached_property
from typing import Any, Self, TypeVar, overload

T = TypeVar("T")


class opened(cached_property[T]):  # noqa: N801  # used as cached_property is
    """A property that is worked out when first asked for, by one thread while others wait for it.

    Its object has a lock `_opening` that may be taken again by the thread that holds it.
    `cached_property` itself has no lock from Python 3.12 on, and before that one for all objects.
    """

    @overload
    def __get__(self, instance: None, owner: type[Any] | None = None) -> Self: ...

    @overload
    def __get__(self, instance: object, owner: type[Any] | None = None) -> T: ...

    def __get__(self, instance: Any, owner: type[Any] | None = None) -> Any:
        if instance is None:
            return self
        with instance._opening:
            if self.attrname not in instance.__dict__:
                instance.__dict__[self.attrname] = self.func(instance)
            return instance.__dict__[self.attrname]
