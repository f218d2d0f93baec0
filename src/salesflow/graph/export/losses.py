"""What comes of an export: the text, and what the target cannot say."""

from __future__ import annotations

from pathlib import Path

import attrs


@attrs.frozen(kw_only=True, order=True)
class Loss:
    """
    One part of a process that a target cannot say.

    Args:
        path: Where it stands in the process, such as ``timers.gone_cold.postpone``; rules are named
            by their ids, stages and facts too.

        lost: What is lost.

        instead: What the export says in its place.
    """

    path: str
    lost: str
    instead: str

    def __str__(self) -> str:
        return f"{self.path}: {self.lost}. Instead: {self.instead}."


@attrs.frozen(kw_only=True)
class Export:
    """
    A process as another tool reads it; ``str()`` is its text.

    Args:
        target: ``xstate``, ``scxml`` or ``bpmn``.

        text: The file.

        losses: What the target cannot say, in the order of the process file. Empty: the export says
            all of it.

        notes: What whoever runs it should know.
    """

    target: str
    text: str = attrs.field(repr=False)
    losses: tuple[Loss, ...] = ()
    notes: tuple[str, ...] = ()

    def __str__(self) -> str:
        return self.text

    def save(self, path: str | Path) -> None:
        """Write the text to *path* as UTF-8, over what is there."""
        Path(path).write_text(self.text, encoding="utf-8", newline="\n")
