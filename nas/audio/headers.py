"""What the first bytes of a file say before a decoder sees them.

libsndfile takes the length of a truncated WAV, AIFF or AU from the file, not from the header,
and says nothing; here the header's promise is compared with the bytes that are there.
"""

import struct
from pathlib import Path
from typing import BinaryIO

__all__ = ["complaint"]

STREAMED_BYTES = 0x7FFF0000
"""A data size at or above this is a writer's "not known yet", not a promise."""

TEXT_STARTS = {
    b"<": "HTML or XML text, not audio; download it again",
    b"{": "JSON text, not audio; download it again",
    b"version https://git-lfs": "a Git LFS pointer, not audio; run `git lfs pull`",
}
CONTAINERS = {b"RIFF": ("<", b"data"), b"RIFX": (">", b"data"), b"FORM": (">", b"SSND")}


def complaint(path: Path) -> str | None:
    """Return why `path` cannot be a whole recording, or None; raises OSError if unreadable."""
    size = path.stat().st_size
    if size == 0:
        return "empty file"
    with path.open("rb") as file:
        start = file.read(64)
        for mark, reason in TEXT_STARTS.items():
            if start.lstrip(b"\xef\xbb\xbf \t\r\n").lower().startswith(mark):
                return reason
        if start[:4] in CONTAINERS:
            return _chunk_complaint(file, size, *CONTAINERS[start[:4]])
        if start[:4] == b".snd" and len(start) >= 12:
            offset, promised = struct.unpack_from(">II", start, 4)
            return _shortfall(promised, size - offset)
    return None


def _chunk_complaint(file: BinaryIO, size: int, endian: str, wanted: bytes) -> str | None:
    position = 12
    while position + 8 <= size:
        file.seek(position)
        name, promised = struct.unpack(f"{endian}4sI", file.read(8))
        position += 8
        if name == wanted:
            return _shortfall(promised, size - position)
        position += promised + promised % 2
    return f"no {wanted.decode()} chunk: the header is there, the samples are not"


def _shortfall(promised: int, present: int) -> str | None:
    if promised >= STREAMED_BYTES or promised <= present:
        return None
    return (
        f"truncated: the header promises {promised} bytes of samples, {max(present, 0)} are there"
    )
