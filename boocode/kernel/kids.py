"""The children of a supervisor's state: an ordered map that never changes.

`decide` returns a new state for each event. Copying one dict of ten thousand children for each of ten thousand
events would make a dynamic supervisor quadratic, so the map is cut into buckets and a change copies one of them.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from operator import attrgetter
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from boocode.kernel.state import Kid

_BUCKET: Final = 32  # children a bucket before the map is cut finer
_order: Final = attrgetter("order")


class Kids(Mapping[str, "Kid"]):
    """Children by id; iteration is in no order, `in_order` is start order."""

    __slots__ = ("_buckets", "_size")

    def __init__(self, buckets: tuple[dict[str, Kid], ...] = ({},), size: int = 0) -> None:
        self._buckets = buckets
        self._size = size

    def put(self, kid: Kid) -> Kids:
        """This map with `kid` in it, in place of one of the same id."""
        index = hash(kid.id) & (len(self._buckets) - 1)
        old = self._buckets[index]
        changed = Kids(self._replaced(index, {**old, kid.id: kid}), self._size + (kid.id not in old))
        return changed._cut_finer() if changed._size > _BUCKET * len(self._buckets) else changed

    def without(self, id: str) -> Kids:
        """This map without `id`; KeyError if it is not there."""
        index = hash(id) & (len(self._buckets) - 1)
        bucket = dict(self._buckets[index])
        del bucket[id]
        return Kids(self._replaced(index, bucket), self._size - 1)

    def in_order(self) -> list[Kid]:
        """All of them, in start order."""
        found = [kid for bucket in self._buckets for kid in bucket.values()]
        found.sort(key=_order)
        return found

    def __getitem__(self, id: str) -> Kid:
        return self._buckets[hash(id) & (len(self._buckets) - 1)][id]

    def __iter__(self) -> Iterator[str]:
        for bucket in self._buckets:
            yield from bucket

    def __len__(self) -> int:
        return self._size

    def __repr__(self) -> str:
        return f"Kids({self.in_order()!r})"

    def _replaced(self, index: int, bucket: dict[str, Kid]) -> tuple[dict[str, Kid], ...]:
        return (*self._buckets[:index], bucket, *self._buckets[index + 1 :])

    def _cut_finer(self) -> Kids:
        count = 4 * len(self._buckets)
        buckets: tuple[dict[str, Kid], ...] = tuple({} for _ in range(count))
        for kid in self.values():
            buckets[hash(kid.id) & (count - 1)][kid.id] = kid
        return Kids(buckets, self._size)
