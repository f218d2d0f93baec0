"""The result of an export: the text, and what the target cannot say."""

from __future__ import annotations

from pathlib import Path

import attrs


@attrs.frozen(kw_only=True, order=True)
class Loss:
    """
    One part of a process that a target cannot say.

    Args:
        path: Where it is in the process, such as ``timers.gone_cold.postpone``; rules, stages and
            facts are named by their ids.

        lost: What is lost.

        instead: What the export says in its place; empty: nothing.
    """

    path: str
    lost: str
    instead: str

    def __str__(self) -> str:
        return f"{self.path}: {self.why}"

    @property
    def why(self) -> str:
        """What is lost, and what the export says in its place."""
        return f"{self.lost}. Instead: {self.instead}." if self.instead else f"{self.lost}."


@attrs.frozen(kw_only=True)
class Export:
    """
    A process in the format of another tool; ``str()`` is its text.

    Args:
        target: ``xstate``, ``scxml`` or ``bpmn``.

        text: The file.

        losses: What the target cannot say, in the order of the process file. Empty: the export is
            complete.

        notes: What somebody who runs it should know.
    """

    target: str
    text: str = attrs.field(repr=False)
    losses: tuple[Loss, ...] = ()
    notes: tuple[str, ...] = ()

    def told(self) -> tuple[str, ...]:
        """Return the losses in words, one line for all that are alike."""
        alike: dict[str, list[str]] = {}
        for loss in self.losses:
            alike.setdefault(loss.why, []).append(loss.path)
        return tuple(f"{', '.join(paths)}: {why}" for why, paths in alike.items())

    def __str__(self) -> str:
        return self.text

    def save(self, path: str | Path) -> None:
        """Write the text to *path* as UTF-8, replacing an existing file."""
        Path(path).write_text(self.text, encoding="utf-8", newline="\n")
