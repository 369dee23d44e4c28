"""The mailbox that keeps one message a key: for actors to whom only the latest word matters."""

from __future__ import annotations

from collections.abc import Hashable
from typing import Any

from boocode.kernel.mailbox import Entry, Mailbox
from boocode.kernel.spec import MailboxSpec, Overflow


class CoalescingMailbox(Mailbox):
    """A data lane that holds one message a key: a newer one takes the older one's place in the queue.

    A key of None never coalesces. When the lane is full, a new key drops the oldest entry.
    """

    __slots__ = ("_key", "_queued", "coalesced")

    def __init__(self, spec: MailboxSpec) -> None:
        super().__init__(spec)
        assert spec.coalesce_key is not None
        self.coalesced = 0
        self.room = 0
        self.is_plain = False
        self.is_watched = True
        self._key = spec.coalesce_key
        self._queued: dict[Hashable, list[Any]] = {}

    def offer(self, entry: Entry) -> Entry | None:
        key = self._key_of(entry)
        if key is None:
            return self._dropped(super().offer(entry))
        queued = self._queued.get(key)
        if queued is not None:
            queued[:] = (*entry[:2], _Keyed(key))
            self.coalesced += 1
            return None
        slot = [*entry[:2], _Keyed(key)]
        self._queued[key] = slot
        return self._dropped(super().offer(slot))  # type: ignore[arg-type]  # a list where it may still change

    def watch(self, on: bool) -> None:
        """Every entry goes through `take` anyway."""

    def take(self) -> Entry | None:
        return self._dropped(super().take())

    def close(self) -> list[Entry]:
        self._queued.clear()
        return [entry for entry in map(self._dropped, super().close()) if entry is not None]

    def _key_of(self, entry: Entry) -> Hashable:
        if entry[2] is not None:
            return None
        try:
            key = self._key(entry[0])
            hash(key)
        except Exception:  # noqa: BLE001 - a cast never raises for what its receiver's key function cannot take
            return None
        return key

    def _dropped(self, entry: Entry | None) -> Entry | None:
        if entry is not None and isinstance(entry[2], _Keyed):
            self._queued.pop(entry[2].key, None)
            return (entry[0], entry[1], None)
        return entry


class _Keyed:
    __slots__ = ("key",)

    def __init__(self, key: Hashable) -> None:
        self.key = key


def make_mailbox(spec: MailboxSpec) -> Mailbox:
    return CoalescingMailbox(spec) if spec.overflow is Overflow.COALESCE else Mailbox(spec)
