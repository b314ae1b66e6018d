"""Keep what is listed of an mbox: digests of its pieces. Holds no name and no text."""

from __future__ import annotations

import struct
from dataclasses import dataclass, field

_STATE = struct.Struct(">BQQQ")
_PIECE = struct.Struct(">Q32s")
_UNDER_WAY, _DONE = 1, 2


@dataclass(slots=True)
class State:
    """What is listed: pieces (end, digest) one after the other, and the private messages in it."""

    done: bool = False
    private: int = 0
    private_bytes: int = 0
    pieces: list[tuple[int, bytes]] = field(default_factory=list)

    @property
    def end(self) -> int:
        return self.pieces[-1][0] if self.pieces else 0

    def packed(self) -> bytes:
        head = _STATE.pack(
            _DONE if self.done else _UNDER_WAY, len(self.pieces), self.private, self.private_bytes
        )
        return head + b"".join(_PIECE.pack(*piece) for piece in self.pieces)

    @classmethod
    def of(cls, packed: bytes) -> State:
        """Return what `packed` gave; of anything else an empty state."""
        if len(packed) < _STATE.size:
            return cls()
        kind, count, private, size = _STATE.unpack_from(packed)
        if kind not in (_UNDER_WAY, _DONE) or len(packed) != _STATE.size + count * _PIECE.size:
            return cls()
        pieces = [_PIECE.unpack_from(packed, _STATE.size + n * _PIECE.size) for n in range(count)]
        return cls(kind == _DONE, private, size, pieces)
