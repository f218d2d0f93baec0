"""The reference of exports says what is in the code."""

from __future__ import annotations

import re

from salesflow.graph.export import guards_text
from salesflow.graph.export.limits import STATECHART


class TestPage:
    def test_every_guard_and_action_is_explained(self, root):
        """The reference names each guard and each action of the module."""
        page = (root / "docs" / "reference" / "exchange.md").read_text(encoding="utf-8")
        module = guards_text()
        guards, actions = module.split("export function implementations")
        names = re.findall(r"^  (\w+): \(", guards.split("export const guards")[1], re.MULTILINE)
        names += re.findall(r"^      (\w+): ", actions, re.MULTILINE)

        assert len(names) > 20
        assert [name for name in names if f"`{name}`" not in page] == []

    def test_every_limit_is_in_the_table(self, root):
        """Each thing that a statechart cannot say stands in the table of what targets carry."""
        page = (root / "docs" / "reference" / "exchange.md").read_text(encoding="utf-8")
        table = page.split("## What each target carries")[1].split("\n## ")[0]

        assert [limit.part for limit in STATECHART if limit.part not in table] == []
