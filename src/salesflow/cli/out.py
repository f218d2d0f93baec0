"""Everything that is printed for people: the only module that knows rich."""

from __future__ import annotations

import contextlib
import json
import re
import sys
import textwrap
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from rich.console import Console, JustifyMethod
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from salesflow.cli.rule_words import Section
from salesflow.cli.widths import fitted

STYLES = {
    "breached": "bold red",
    "dying": "bold red",
    "error": "bold red",
    "due": "yellow",
    "warning": "yellow",
    "ok": "green",
    "info": "cyan",
}
"""One colour for each verdict, on every screen; what it says is always written as well."""

_BEFORE_WORDS = re.compile(r"[ │|]*(?:[^\w\s]{1,3} +)?")
"""What stands before the words in a line of a drawing: bars, and a sign."""
_NO_BAR = re.compile(r"[^│|]")
_STAGES = frozenset("○◆✕‖o*x=")
"""The signs of stages in a drawing."""
_HERE, _LATE = r"(◀|<==) the deal is here", r"\[late\]"
_NARROWEST = 20
_MARGIN, _BETWEEN = 2, 2
"""Blanks before a table, and between its columns."""
_RULE = 60
_WIDEST_BAR = 60
_BLANKS = re.compile(r"[ \t]+$", re.MULTILINE)

_ASCII = str.maketrans(
    {"→": "->", "–": "-", "—": "-", "·": "-", "…": "...", "×": "x", "≥": ">=", "≤": "<=", "’": "'"}
)


def json_text(data: Mapping[str, Any]) -> str:
    """Return an answer for programs; ASCII, so that no terminal or pipe can spoil it."""
    return json.dumps(data, indent=2)


def json_line(data: Mapping[str, Any]) -> str:
    """Return an answer for programs that read line by line."""
    return json.dumps(data)


def visible(text: str) -> str:
    r"""
    Return a text that may be printed: what is no sign, such as a command to a terminal, is escaped.

    >>> print(visible("a\x1b[2Jb"))
    a\x1b[2Jb
    """
    return "".join(
        sign if sign.isprintable() else sign.encode("unicode_escape").decode() for sign in text
    )


class Screen:
    """
    A terminal, or what takes its place.

    Text is printed as it is: nothing in it is taken for markup, emoji or numbers to colour.

    Args:
        err: Whether it is the one for messages.
    """

    def __init__(self, *, err: bool = False) -> None:
        self._console = Console(
            file=sys.stderr if err else sys.stdout,
            highlight=False,
            markup=False,
            emoji=False,
            soft_wrap=False,
        )
        self.ascii_only = self._console.options.ascii_only

    @property
    def width(self) -> int:
        """Columns."""
        return self._console.width

    def text(self, text: str | Text) -> Text:
        """Return a text that this screen can show."""
        made = text if isinstance(text, Text) else Text("\n".join(map(visible, text.split("\n"))))
        if self.ascii_only:
            made = Text.assemble(
                *((part.plain.translate(_ASCII), _style(part)) for part in _runs(made))
            )
        return made

    def line(self, text: str | Text = "", *, style: str = "", indent: int = 0) -> None:
        """Print a line or a paragraph, wrapped at blanks."""
        made = self.text(text)
        made.stylize(style)
        self._print(Padding(made, (0, 0, 0, indent)) if indent else made)

    def drawing(self, text: str, *, indent: int = 0) -> None:
        """Print a drawing for a terminal; a line that is too wide goes on under its words."""
        for line in text.rstrip().splitlines():
            head = _BEFORE_WORDS.match(line)
            first = head[0] if head else ""
            rest = _NO_BAR.sub(" ", first)
            width = max(self.width - indent - len(first), _NARROWEST)
            style = "bold" if first.strip() in _STAGES else ""
            for number, part in enumerate(textwrap.wrap(line[len(first) :], width) or [""]):
                shown = f"{first if number == 0 else rest}{part}"
                made = Text(shown, style=style)
                made.highlight_regex(_HERE, STYLES["info"])
                made.highlight_regex(_LATE, STYLES["breached"])
                self.line(made, indent=indent)

    def finding(self, place: str, severity: str, said: str, *, code: str = "") -> None:
        """Print what was found at a place, on one line however long: editors read it."""
        head = Text(f"{place}: ", style="bold")
        what = Text(f"{code} {severity}: ".lstrip(), style=STYLES[severity])
        self._console.print(self.text(head + what + Text(said)), soft_wrap=True)

    def heading(self, text: str) -> None:
        """Print a heading, with a blank line before it."""
        self.line()
        self.line(text, style="bold")

    def bar(self, counts: Mapping[str, int]) -> None:
        """Print verdicts with their counts, and a bar of their shares."""
        parts = [Text(f"{count:,} {word}", style=STYLES[word]) for word, count in counts.items()]
        self.line(Text("  ").join(parts), indent=2)
        total = sum(counts.values())
        room = min(self.width - 4, _WIDEST_BAR)
        shares = {word: round(room * count / total) for word, count in counts.items()}
        self.line(self.blocks(shares), indent=2)

    def blocks(self, counts: Mapping[str, int]) -> Text:
        """Return one block for each of what is counted, told apart without colour, too."""
        signs = "#+." if self.ascii_only else "█▓░"
        return Text.assemble(
            *(
                (sign * count, STYLES[word])
                for sign, (word, count) in zip(signs, counts.items(), strict=False)
            )
        )

    def rule(self, title: str) -> None:
        """Print the title of a part, with a line under it."""
        self.line(title, style="bold")
        sign = "-" if self.ascii_only else "─"
        self.line(sign * min(self.width, max(len(title), _RULE)), style="dim")

    def typed(self, command: str, *, sign: str = "$") -> None:
        """Print a command as somebody would type it."""
        self.line(Text.assemble((f"{sign} ", "dim"), command))

    def item(self, text: str) -> None:
        """Print an item of a list, its later lines under its first word."""
        self._print(Padding(self._item(text), (0, 0, 0, 2)))

    def _item(self, text: str) -> Table:
        grid = Table.grid(padding=(0, 1, 0, 0), expand=True)
        grid.add_column(no_wrap=True)
        grid.add_column(ratio=1)
        grid.add_row("-", self.text(text))
        return grid

    def section(self, section: Section) -> None:
        """Print a section of the rules in words."""
        self.heading(section.title)
        self.pairs([(line.name, line.text) for line in section.lines])

    def pairs(self, rows: Sequence[tuple[str, str]], *, indent: int = 2) -> None:
        """Print names and what they mean, beside each other; several meanings of one as a list."""
        if not rows:
            return
        widest = max(len(name) for name, _ in rows)
        table = _grid()
        table.add_column(no_wrap=True, min_width=min(widest, self.width // 3))
        is_list = any(not name for name, _ in rows)
        table.add_column(ratio=1)
        for name, meaning in rows:
            cell = self._item(meaning) if is_list else self.text(meaning)
            table.add_row(self.text(Text(name, style="cyan")), cell)
        self._print(Padding(table, (0, 0, 0, indent)))

    def table(
        self,
        heads: Sequence[str],
        rows: Iterable[Sequence[str | Text]],
        *,
        right: Iterable[int] = (),
    ) -> None:
        """
        Print a table without lines.

        Args:
            heads: The titles of the columns.

            rows: The cells.

            right: The columns that are set to the right.
        """
        told = [[self.text(cell) for cell in row] for row in (heads, *rows)]
        columns = [[cell.plain for cell in column] for column in zip(*told, strict=True)]
        numbers = frozenset(right)
        widths = fitted(columns, self.width - _MARGIN - _BETWEEN * (len(columns) - 1), numbers)
        table = Table(box=None, pad_edge=False, padding=(0, _BETWEEN, 0, 0), header_style="dim")
        for number, (head, width) in enumerate(zip(told[0], widths, strict=True)):
            justify: JustifyMethod = "right" if number in numbers else "left"
            table.add_column(head, justify=justify, overflow="fold", width=width)
        for row in told[1:]:
            table.add_row(*row)
        self._print(Padding(table, (0, 0, 0, _MARGIN)))

    @contextlib.contextmanager
    def working(self, what: str) -> Iterator[None]:
        """Show that something takes a moment, where somebody watches."""
        # A forced colour is not a terminal: frames of a spinner would fill somebody's file.
        if not self._console.file.isatty():
            yield
            return
        with self._console.status(self.text(f"{what} …")):
            yield

    def _print(self, what: Any) -> None:  # noqa: ANN401 - whatever rich can print
        if self._console.is_terminal:
            self._console.print(what)
            return
        # Lines are filled up with blanks, which nobody wants in a file.
        with self._console.capture() as captured:
            self._console.print(what)
        self._console.file.write(_BLANKS.sub("", captured.get()))


def verdict(word: str) -> Text:
    """Return a verdict in its colour."""
    return Text(word, style=STYLES.get(word, ""))


def _grid() -> Table:
    return Table.grid(padding=(0, 2, 0, 0), expand=True)


def _runs(text: Text) -> Iterable[Text]:
    """Return the parts of a text that have one style each."""
    edges = {0, len(text), *(edge for span in text.spans for edge in (span.start, span.end))}
    return text.divide(sorted(edges)[1:-1])


def _style(text: Text) -> str:
    styles = [str(span.style) for span in text.spans] or [str(text.style)]
    return " ".join(style for style in styles if style)
