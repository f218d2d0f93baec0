"""Draw a process: the one function, and what it returns."""

from __future__ import annotations

import math
from collections.abc import Collection, Iterable, Mapping
from decimal import Decimal
from pathlib import Path
from typing import Literal, Protocol, get_args

import attrs

from salesflow.given import given, mapping
from salesflow.graph.draw.boxes import Highlight
from salesflow.graph.draw.dot import dot_text
from salesflow.graph.draw.layout import lay_out
from salesflow.graph.draw.mermaid import mermaid_text
from salesflow.graph.draw.style import Theme
from salesflow.graph.draw.svg import svg_text
from salesflow.graph.draw.terminal import terminal_text
from salesflow.graph.draw.words import Tally, describe, tally
from salesflow.process.model import Process
from salesflow.process.names import did_you_mean

Format = Literal["svg", "mermaid", "dot", "text"]

_MIME = {"svg": "image/svg+xml", "mermaid": "text/vnd.mermaid", "dot": "text/vnd.graphviz"}
_SUFFIX = {"svg": ".svg", "mermaid": ".mmd", "dot": ".dot", "text": ".txt"}
_NAME = {"svg": "SVG", "mermaid": "Mermaid text", "dot": "DOT text", "text": "plain text"}
_NARROWEST = 200
_NO_TEXT = frozenset(
    f".{name}"
    for name in [
        "png",
        "jpg",
        "jpeg",
        "gif",
        "webp",
        "bmp",
        "tif",
        "tiff",
        "pdf",
        "ps",
        "eps",
        "pptx",
        "docx",
        "odp",
        "odt",
    ]
)
"""The endings of the names of files that hold pictures and pages, not text."""
_DATA = frozenset({".toml", ".csv", ".json", ".jsonl", ".parquet", ".xes", ".db"})
"""Those of files that people have written or collected, which no drawing may replace."""


@attrs.frozen
class Drawing:
    """
    A drawing of a process; a notebook shows it, ``str()`` is its source.

    Args:
        text: The source: SVG, Mermaid, DOT or plain text.

        format: Which of them: ``svg``, ``mermaid``, ``dot`` or ``text``.
    """

    text: str = attrs.field(repr=False)
    format: Format

    def __str__(self) -> str:
        return self.text

    def save(self, path: str | Path) -> None:
        """
        Write the source to *path* as UTF-8, replacing an existing file.

        Raises:
            ValueError: If the name is that of a bitmap, a document or data, such as a process file.
        """
        refuse_name(path, self.format)
        Path(path).write_text(self.text, encoding="utf-8", newline="\n")

    def _repr_svg_(self) -> str | None:
        """Return the picture for a notebook; None for the other formats."""
        return self.text if self.format == "svg" else None

    def _repr_mimebundle_(
        self, include: Collection[str] | None = None, exclude: Collection[str] | None = None
    ) -> dict[str, str]:
        """Return the source by its MIME type; *include* and *exclude* come from the notebook."""
        bundle = {"text/plain": repr(self) if self.format == "svg" else self.text}
        if self.format in _MIME:
            bundle[_MIME[self.format]] = self.text
        return {
            mime: text
            for mime, text in bundle.items()
            if (not include or mime in include) and mime not in (exclude or ())
        }


def refuse_name(path: str | Path, form: Format) -> None:
    """
    Refuse the name of a bitmap, a document or data, which no drawing is.

    Raises:
        ValueError: If it is such a name.
    """
    suffix = Path(path).suffix
    if suffix.lower() in _NO_TEXT | _DATA:
        is_picture = form == "svg" and suffix.lower() in _NO_TEXT
        hint = " A browser, Inkscape or cairosvg makes a picture of that." if is_picture else ""
        raise ValueError(
            f"{path}: this drawing is {_NAME[form]}, which a {suffix} file cannot hold. "
            f"Name it {Path(path).with_suffix(_SUFFIX[form]).name}.{hint}"
        )


class ClockView(Protocol):
    """A clock of a deal, such as a `salesflow.deal.Clock`."""

    @property
    def rule(self) -> str:
        """The rule."""

    @property
    def used(self) -> float | None:
        """The share of it that is used up; None: unknown."""


class DealView(Protocol):
    """A deal at one instant, such as a `salesflow.DealState`."""

    @property
    def stage(self) -> str:
        """Where it is."""

    @property
    def clocks(self) -> Iterable[ClockView]:
        """Its clocks."""


def draw(
    process: Process,
    *,
    format: Format = "svg",
    deal: DealView | None = None,
    position: str | None = None,
    used: Mapping[str, float] | None = None,
    counts: Mapping[str, int] | None = None,
    values: Mapping[str, float | Decimal] | None = None,
    width: int = 960,
    theme: Theme = "auto",
    ascii_only: bool = False,
) -> Drawing:
    """
    Draw *process*: its stages, and all its moves.

    The same process always gives the same text. No other program is needed.

    Args:
        process: What to draw.

        format: ``svg``, ``mermaid`` (a state diagram), ``dot`` (for Graphviz) or ``text`` (for a
            terminal).

        deal: A deal to show in it, such as ``deal.state(now)``: where it is, and how much of each
            clock is used up. Instead of *position* and *used*.

        position: The stage of a deal to show in it. None: no deal.

        used: For that deal, the used share of each clock by the id of its rule: 0 just started, 1
            at the deadline (still in time), more: late.

        counts: How many deals of a pipeline are in each stage; stages may be missing.

        values: What they are worth, in the currency of the process.

        width: SVG only: the approximate width in pixels; more if the stages need it.

        theme: SVG and DOT: ``light``, ``dark``, or ``auto``: what the reader's system prefers (DOT:
            light).

        ascii_only: Text only: draw with ASCII characters. Titles stay as they are.

    Raises:
        TypeError: If *process* is not a process, *deal* not the state of a deal, or what is by name
            not a mapping.
        ValueError: If *format*, *theme*, a stage or a rule is unknown, if a share is negative or
            not a number, if *used* is given without *position* or either together with *deal*, or
            if *width* is too small.

    >>> from salesflow.process.model import Process
    >>> from salesflow.process.parts import Stage
    >>> process = Process(
    ...     id="small",
    ...     version="1",
    ...     stages=[Stage(id="talk"), Stage(id="done", kind="won"), Stage(id="lost", kind="lost")],
    ... )
    >>> draw(process)
    Drawing(format='svg')
    """
    given("process", process, Process)
    _known("format", format, get_args(Format))
    _known("theme", theme, get_args(Theme))
    if width < _NARROWEST:
        raise ValueError(f"width: {width}, expected at least {_NARROWEST} pixels. Give more.")
    if deal is not None:
        if position is not None or used is not None:
            raise ValueError("deal: given with position or used. Give one or the other.")
        if not hasattr(deal, "clocks"):
            raise TypeError(
                f"deal: got {deal!r:.60}, expected how it stands. Give deal.state(now)."
            )
        position = deal.stage
        used = {clock.rule: clock.used for clock in deal.clocks if clock.used is not None}
    highlight = attrs.evolve(
        _highlight(process, position, mapping("used", used or {})),
        tallies=_tallies(process, mapping("counts", counts or {}), mapping("values", values or {})),
    )
    if format == "mermaid":
        return Drawing(mermaid_text(process, highlight), format)
    if format == "dot":
        return Drawing(dot_text(process, highlight, theme=theme), format)
    if format == "text":
        return Drawing(terminal_text(process, highlight, ascii_only=ascii_only), format)
    layout = lay_out(process, highlight, width)
    said = describe(process, position, highlight.tallies)
    return Drawing(svg_text(layout, description=said, theme=theme), format)


def _highlight(process: Process, position: str | None, used: Mapping[str, float]) -> Highlight:
    if position is not None:
        _known("position", position, process.stages_by_id)
    elif used:
        raise ValueError("used: given without a deal. Say where it is with position=.")
    rules = [rule.id for rule in process.rules]
    for rule, share in used.items():
        _known("used", rule, rules)
        if not math.isfinite(share) or share < 0:
            raise ValueError(f"used[{rule!r}]: {share!r}, expected a share from 0. Give a number.")
    return Highlight(position=position, used=dict(used))


def _tallies(
    process: Process, counts: Mapping[str, int], values: Mapping[str, float | Decimal]
) -> dict[str, Tally]:
    for name, numbers in (("counts", counts), ("values", values)):
        for stage, number in numbers.items():
            _known(name, stage, process.stages_by_id)
            if not math.isfinite(number):
                raise ValueError(f"{name}[{stage!r}]: {number!r}, expected a number. Give one.")
    return {
        stage: tally(counts.get(stage), values.get(stage), process.currency)
        for stage in process.stages_by_id
        if stage in counts or stage in values
    }


def _known(name: str, value: object, known: Collection[str]) -> None:
    if value not in known:
        wanted = ", ".join(known) or "nothing: the process has none"
        raise ValueError(f"{name}: {value!r}, expected one of {wanted}{did_you_mean(value, known)}")
