"""What exports say, what is proved of a process, and what is found in it."""

from tests.faults.fault import faults_in

FAULTS = (
    *faults_in(
        "graph/export/bpmn_steps.py",
        (
            "an escalation is drawn before the end",
            "return span if lengths[0] > lengths[1] else end",
            "return span",
        ),
        (
            "a notice at once is left out",
            'yield rung.name, duration(process, Span(left, end.unit)) if left else "PT0S"',
            "if left:\n                yield rung.name, duration(process, Span(left, end.unit))",
        ),
    ),
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
    *faults_in(
        "graph/bounds/openings.py",
        (
            "weeks are alike that differ after the first guess",
            "if found is None or found.lasts == NEVER or found.lasts <= days * DAY:",
            "if True:",
        ),
        (
            "weeks are alike that differ at the end of their deals",
            "looks = self._looks(monday, days + 14)",
            "looks = self._looks(monday, days)",
        ),
        (
            "weeks in which clocks change are as others",
            "tuple((change_at[n] - begin, offset[n] - offset[n - 1]) for n in range(first, end)),",
            "(),",
        ),
    ),
    *faults_in(
        "graph/checks/endless.py",
        (
            "a timer bounds the stage that it moves to",
            "survey.watched[timer.id] - {timer.move_to}",
            "survey.watched[timer.id]",
        ),
        (
            "a clock that never applies bounds a round",
            "if timer.clock[0] in _AGE and survey.can_apply(timer)",
            "if timer.clock[0] in _AGE",
        ),
        (
            "a time after a date counts no holds",
            'if timer.clock[0] != "date" or timer.after is not None',
            'if timer.clock[0] != "date"',
        ),
    ),
)
