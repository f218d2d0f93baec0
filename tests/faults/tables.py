"""Translation: a process and its activities written in the integers of the rules."""

from tests.faults.fault import faults_in

FAULTS = (
    *faults_in(
        "rules/book.py",
        (
            "a note is a touch",
            "if not nature.reaches or outcome in NEVER_REACHED:",
            "if outcome in NEVER_REACHED:",
        ),
        (
            "what bounced is a touch",
            "if not nature.reaches or outcome in NEVER_REACHED:",
            "if not nature.reaches:",
        ),
        (
            "a voicemail is an answer",
            "nature.takes_place and outcome not in NOT_ANSWERED",
            "nature.takes_place",
        ),
        (
            "a buyer who writes does not answer",
            "two_way = inbound or took_place",
            "two_way = took_place",
        ),
        (
            "`not_outcomes` is ignored",
            "if (touch.kinds and kind not in touch.kinds) or outcome in touch.not_outcomes:",
            "if touch.kinds and kind not in touch.kinds:",
        ),
        (
            "`kinds` of a touch class is ignored",
            "if (touch.kinds and kind not in touch.kinds) or outcome in touch.not_outcomes:",
            "if outcome in touch.not_outcomes:",
        ),
        ("what came in is outbound", "Direction.OUTBOUND: not inbound", "Direction.OUTBOUND: True"),
        (
            "timers act before gaps",
            "rules = process.rules",
            "rules = (*process.timers, *process.contact_gaps)",
        ),
    ),
    *faults_in(
        "rules/tabulate.py",
        (
            "the exit of a stage replaces that of a move back",
            "stage.exit if move.kind is MoveKind.FORWARD else ()",
            "stage.exit",
        ),
        (
            "the mode of a rule is that of the process",
            "MODES[process.mode_of(rule)]",
            "MODES[process.mode]",
        ),
        (
            "a role that may override everything may override nothing",
            'int("*" in role.may_override or target in role.may_override)',
            "int(target in role.may_override)",
        ),
        (
            "clocks of a date are not wound by the fact",
            '{("fact", fact), ("date", fact)}',
            '{("fact", fact)}',
        ),
        (
            "a fact stops no clock",
            "if reading.intersection(_sources(rule)))",
            "if rule.clock in reading)",
        ),
        (
            "entering a stage does not wind the clock of the total",
            'rule.clock[0] in {"stage", "stage_total"}',
            'rule.clock[0] in {"stage"}',
        ),
        (
            "timers that are put off hear of no activity",
            "return is_put_off or any(",
            "return any(",
        ),
        (
            "the bound of what is counted back from a date is too late",
            "codes.LONG_AGO if rung.is_before else shortest",
            "shortest",
        ),
        (
            "the bound of a second notice is too late",
            "rungs[number - 1] if rungs[number].is_again else rungs[number]",
            "rungs[number]",
        ),
        (
            "the bound of a rule is that of its last rung",
            "tuple(min(least[a:b])",
            "tuple(max(least[a:b])",
        ),
        (
            "the bound of a rule is that of its first rung",
            "tuple(min(least[a:b])",
            "tuple((least[a])",
        ),
        (
            "the windows of plans and of the buyer's touches are mixed up",
            "(said.inbound, said.planned, said.at_most)",
            "(said.planned, said.inbound, said.at_most)",
        ),
    ),
    *faults_in(
        "rules/ladders.py",
        (
            "a notice is counted from the start",
            "else end.amount - ahead\n",
            "else ahead\n",
        ),
        (
            "the notice of a date comes at its end",
            "end.amount + ahead if end.is_before",
            "end.amount if end.is_before",
        ),
        (
            "the second notice comes as long before the end as the first after the start",
            '"notice:2", end.measure, ahead',
            '"notice:2", end.measure, amount',
        ),
    ),
    *faults_in(
        "rules/programs.py",
        (
            "foreign money is converted, one to one",
            "        case ForeignMoney():\n            return UNKNOWN\n",
            "        case ForeignMoney():\n            return fact_code(value.amount)\n",
        ),
    ),
)
