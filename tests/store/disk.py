"""
A disk that forgets: what was written is sure to be there once it was synced, and not before.

When the power fails, of all that was not synced each sector is there or not, or half of it is, or
something else stands in its place, whatever was written first; and of what was done to a folder
(files made and deleted, in this order) a beginning.
"""

from __future__ import annotations

import random

import attrs

SECTOR = 512
_MOODS = (0.0, 0.1, 0.5, 0.9, 1.0)
"""How much of what is in doubt is there; one of these for each time the power fails."""
_TORN = 0.05


@attrs.define
class File:
    """A file: what is sure, and what was done since: bytes at an offset, or none: its new end."""

    sure: bytearray = attrs.field(factory=bytearray)
    doubtful: list[tuple[int, bytes | None]] = attrs.field(factory=list)

    def settle(self) -> None:
        """Make everything sure."""
        for offset, data in self.doubtful:
            _apply(self.sure, offset, data)
        self.doubtful.clear()

    def after(self, chance: random.Random, mood: float) -> bytes:
        """Return what is there when the power comes back."""
        found = bytearray(self.sure)
        for offset, data in self.doubtful:
            if data is None:
                if chance.random() < mood:
                    _apply(found, offset, None)
                continue
            for start, part in _sectors(offset, data):
                if chance.random() < mood:
                    _apply(found, start, _torn(chance, part))
        return bytes(found)


@attrs.define
class Disk:
    """
    A folder of files.

    Attributes:
        names: What is where, as programs see it.

        sure: The same, as it is sure to be.

        doubtful: What was done to the folder since it was synced, in order: a file, or none.
    """

    names: dict[str, File] = attrs.field(factory=dict)
    sure: dict[str, File] = attrs.field(factory=dict)
    doubtful: list[tuple[str, File | None]] = attrs.field(factory=list)

    def create(self, name: str) -> None:
        """Make an empty file."""
        self.names[name] = File()
        self.doubtful.append((name, self.names[name]))

    def write(self, name: str, offset: int, data: bytes) -> None:
        """Write some bytes."""
        self.names[name].doubtful.append((offset, data))

    def truncate(self, name: str, size: int) -> None:
        """Cut a file off."""
        self.names[name].doubtful.append((size, None))

    def sync(self, name: str, with_folder: bool) -> None:
        """Make a file sure, and the folder as well."""
        self.names[name].settle()
        if with_folder:
            self._sync_folder()

    def delete(self, name: str, is_synced: bool) -> None:
        """Delete a file; sure at once, or not."""
        del self.names[name]
        self.doubtful.append((name, None))
        if is_synced:
            self._sync_folder()

    def _sync_folder(self) -> None:
        self.sure = dict(self.names)
        self.doubtful.clear()

    def after_power_failure(self, chance: random.Random) -> dict[str, bytes]:
        """Return what each file has in it when the power comes back."""
        mood, names = chance.choice(_MOODS), dict(self.sure)
        for name, file in self.doubtful[: chance.randint(0, len(self.doubtful))]:
            if file is None:
                names.pop(name, None)
            else:
                names[name] = file
        return {name: file.after(chance, mood) for name, file in names.items()}


def _apply(found: bytearray, offset: int, data: bytes | None) -> None:
    end = offset + len(data or b"")
    if len(found) < end:
        found.extend(bytes(end - len(found)))
    if data is None:
        del found[offset:]
    else:
        found[offset:end] = data


def _sectors(offset: int, data: bytes) -> list[tuple[int, bytes]]:
    """Return what is written to each sector."""
    cuts = [offset, *range(offset - offset % SECTOR + SECTOR, offset + len(data), SECTOR)]
    ends = [*cuts[1:], offset + len(data)]
    return [
        (start, data[start - offset : end - offset]) for start, end in zip(cuts, ends, strict=True)
    ]


def _torn(chance: random.Random, part: bytes) -> bytes:
    """Return what comes of a sector: nearly always what was written."""
    if chance.random() >= _TORN:
        return part
    kept = chance.randrange(len(part) + 1)
    return part[:kept] + (chance.randbytes(len(part) - kept) if chance.random() < 0.5 else b"")
