"""What the log of a turn lacks when its last deltas were refused: the law is deltas = stored text."""

import logging
from collections.abc import Sequence
from typing import Literal

import msgspec

from boocode.adapters.postgres.database import Unit
from boocode.adapters.postgres.frames import encoded
from boocode.contracts.frames import MessageDelta
from boocode.ports.log import Settlement
from boocode.ports.log_sink import EncodedFrame

_delta = msgspec.json.Decoder(MessageDelta)
_log = logging.getLogger(__name__)


async def missing_deltas(
    unit: Unit, settlement: Settlement, before: Sequence[EncodedFrame]
) -> tuple[EncodedFrame, ...]:
    """`before`: frames of the same batch that come first. Refusals never leave a hole, so what lacks is an end."""
    rows = await unit.rows("log_deltas", settlement.chat_id, settlement.message_id)
    bodies = [row["body"].encode() for row in rows]
    bodies += [frame.body for frame in before if frame.type == MessageDelta.type]
    decoded = (_delta.decode(body) for body in bodies)
    deltas = [delta for delta in decoded if delta.message_id == settlement.message_id]
    missing = []
    kinds: tuple[Literal["reasoning", "text"], ...] = ("reasoning", "text")
    for kind in kinds:
        kept = "".join(delta.text for delta in deltas if delta.kind == kind)
        whole = "".join(part.text or "" for part in settlement.parts if part.type == kind)
        if not whole.startswith(kept):
            _log.warning("the log of %s holds other %s than its message", settlement.message_id, kind)
        elif len(whole) > len(kept):
            body = MessageDelta(settlement.message_id, kind, whole[len(kept) :])
            missing.append(encoded(settlement.chat_id, body, settlement.at))
    return tuple(missing)
