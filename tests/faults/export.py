"""What exports say: clocks and limits, what stops them, what blocks, what moves a deal."""

from tests.faults.fault import faults_in

FAULTS = (
    *faults_in(
        "graph/export/regions.py",
        ("a delay ends at the limit", "// _MICROSECONDS + TICK\n", "// _MICROSECONDS\n"),
        (
            "where time brought a deal, a delay counts from when it was seen",
            'self._running("running-late", ticks - TICK, stops)',
            'self._running("running-late", ticks, stops)',
        ),
        (
            "an exported escalation comes before the end",
            "return max(self.rung.amount, self._end().amount) if is_late else self.rung.amount",
            "return self.rung.amount",
        ),
        (
            "what stops a clock is asked before what starts it anew",
            "        yield from self._restarts()\n        stop =",
            "        stop =",
        ),
        (
            "a clock that runs since a fact is not ended by the fact",
            'yield Transition(to=self._of("idle"), guard=Guard("lacks", {"fact": name}))',
            "yield from ()",
        ),
        (
            "a rung acts outside its stages",
            '{**({} if is_everywhere else {"stages": list(watched)}), **when}',
            "{**when}",
        ),
        (
            "a rung acts whether its condition is true or not",
            '{**({} if is_everywhere else {"stages": list(watched)}), **when}',
            '{**({} if is_everywhere else {"stages": list(watched)})}',
        ),
        (
            "what once applied applies for ever",
            'transitions=(Transition(to=gone, guard=Guard("applies_not", condition)),),',
            "transitions=(),",
        ),
        (
            "an escalation does not wait for the move that the end makes",
            'return {"after_end_of": self.rule.id} if is_after else {}',
            "return {}",
        ),
        (
            "a breach blocks in every mode",
            "if not is_breach or self.book.process.mode_of(self.rule) is not Mode.ENFORCE:",
            "if not is_breach:",
        ),
        (
            "a breach never blocks",
            "        if not is_breach or self",
            "        if is_breach or self",
        ),
        (
            "an exported warning is a breach",
            'return ("due",) if self',
            'return ("breached",) if self',
        ),
        (
            "an exported timer moves the deal in every mode",
            "return rung.kind == codes.MOVE and process.mode_of(rule) is Mode.ENFORCE",
            "return rung.kind == codes.MOVE",
        ),
    ),
    *faults_in(
        "graph/export/machine.py",
        (
            "a touch starts the clock of a stage anew",
            'if rule.clock[0] != "stage"\n',
            'if rule.clock[0] != "opened"\n',
        ),
        (
            "back moves are blocked by a breach, too",
            "        if move.kind is MoveKind.FORWARD:\n            wanted",
            "        if move.kind is not MoveKind.OUT:\n            wanted",
        ),
        (
            "a parked deal comes back further on than it was",
            'wanted["last_open"] = ids[ids.index(to.id) :]',
            'wanted["last_open"] = ids',
        ),
        (
            "a deal that time moves is taken to be moved by hand",
            'Action("by_time", {"is": rung.to != stage.id}),',
            'Action("by_time", {"is": False}),',
        ),
        (
            "a fact stands one tick too long",
            "fact.valid_for.amount // _MICROSECONDS + TICK",
            "fact.valid_for.amount // _MICROSECONDS + 2 * TICK",
        ),
        (
            "any role may move an exported deal",
            "        if move.by:\n            wanted",
            "        if move.by == ():\n            wanted",
        ),
    ),
    *faults_in(
        "graph/export/conditions.py",
        (
            "one criterion of several is enough",
            'joined = "all" if isinstance(gate, AllOf) else "any"',
            'joined = "any"',
        ),
        (
            "what reaches nobody is a touch",
            "        if None in counts:\n",
            "        if counts is not None:\n",
        ),
        ("outcomes do not matter", "tuple(sorted(told - counts))", "()"),
    ),
    *faults_in(
        "graph/export/limits.py",
        (
            "postponed ends are lost without a word",
            "            if value != empty:\n",
            '            if value != empty and name != "postpone":\n',
        ),
        (
            "days are exact everywhere",
            "        if is_exact(definition, span):\n            return span",
            "        if span.amount:\n            return span",
        ),
    ),
)
