"""What time did, as it is told: keys, the ledger, effects."""

from tests.faults.fault import faults_in

FAULTS = (
    *faults_in(
        "deal/keys.py",
        (
            "the key of the total of all visits is without the stage",
            "{codes.SINCE_STAGE, codes.SINCE_TOTAL}",
            "{codes.SINCE_STAGE}",
        ),
        (
            "the key of a date is the end of its day",
            "if since == codes.SINCE_DATE:",
            "if since < 0:",
        ),
        (
            "what stands again is told under the key that was taken back",
            "while key_of_rescind(name) in told:",
            "while key_of_rescind(name) in ():",
        ),
        (
            "what was told a second time is not known again",
            'act = key.removesuffix(found["again"] or "")',
            "act = key",
        ),
    ),
    *faults_in(
        "deal/ledger.py",
        (
            "a late fact deletes",
            "yield Entry(at=told_at, turn=Turn.RESCINDED, raised=self.standing.pop(key))",
            "self.standing.pop(key)",
        ),
        (
            "nothing is superseded",
            "if other is raised:",
            "if other:",
        ),
        (
            "any rung supersedes those of other rules",
            "heard = raised.clock, raised.hearer\n            other =",
            'heard = "", raised.hearer\n            other =',
        ),
        (
            "in the ledger the owner's rungs are superseded by those of others",
            "heard = raised.clock, raised.hearer\n            other =",
            "heard = raised.clock, None\n            other =",
        ),
        (
            "what is superseded is told whenever somebody is told of something",
            "if lower.key not in self.superseded:",
            "if lower.key:",
        ),
        (
            "what stands again was never refuted",
            "Turn.REINSTATED if raised.key in self.refuted else Turn.RAISED",
            "Turn.RAISED",
        ),
        (
            "what a late fact shows is dated back",
            "at = told_at or raised.acted_at",
            "at = raised.acted_at",
        ),
        (
            "what we are told is held against what time does later",
            "ledger.correct(_acts(known, told_at), to_datetime(told_at))",
            "ledger.correct(_acts(known, until), to_datetime(told_at))",
        ),
        (
            "the ledger knows of what we are told later",
            "points = sorted(at for at in told if at <= now)",
            "points = sorted(at for at in told)",
        ),
        (
            "we knew of everything when it happened: the ledger has no corrections",
            "told[to_micros(event.known_at)].append(event)",
            "told[to_micros(event.occurred_at)].append(event)",
        ),
    ),
    *faults_in(
        "rules/reverts.py",
        (
            "a forbidden move is to be taken back in mode warn as well",
            "blocks == 1 and (mode == ENFORCE or is_gap == 1)",
            "blocks == 1",
        ),
        (
            "a gap that is enforced by itself asks for nothing in mode warn",
            "blocks == 1 and (mode == ENFORCE or is_gap == 1)",
            "blocks == 1 and mode == ENFORCE",
        ),
        (
            "a forbidden move is to be taken back at the last instant of its override",
            "if memory.override_until[target] >= now:",
            "if memory.override_until[target] > now:",
        ),
        (
            "a touch does not meet the breach that a move passed over",
            "return memory.start[target] <= at",
            "return True",
        ),
        (
            "a criterion is met whoever learned its facts",
            "return not is_true(tables, memory, program, by, now)",
            "return not is_true(tables, memory, program, by * 0, now)",
        ),
    ),
    *faults_in(
        "deal/effects.py",
        (
            "a lower rung is sent after a higher one",
            "is_over = not is_highest or _is_over(",
            "is_over = _is_over(",
        ),
        (
            "a clock that ends with its own move is over for those who hear of its end",
            "moves.get(raised.clock, raised)",
            "raised",
        ),
        (
            "what a clock asked for that started anew or ended is still due",
            "is_over = not is_highest or _is_over(view, ended)",
            "is_over = not is_highest",
        ),
        (
            "an effect is sent twice",
            "    status = EffectStatus.DUE\n    if key in told:\n",
            "    status = EffectStatus.DUE\n    if not key:\n",
        ),
        (
            "what stands again after it was taken back is not told again",
            "key = told_again(raised.key, told)",
            "key = raised.key",
        ),
        (
            "what was taken back once is not taken back again",
            "key = key_of_rescind(was.key)",
            "key = key_of_rescind(was.act)",
        ),
        ("a rescind names itself", "of=was.key,", "of=key,"),
        (
            "what was told and refuted is not taken back",
            "if was.act in standing and key not in told:",
            "if key not in told:",
        ),
        (
            "what stands again takes its rescind out of the books",
            "if was.act in standing and key not in told:",
            "if was.act in standing:",
        ),
        (
            "a rule that only observes asks for something",
            "    if raised.mode is Mode.OBSERVE:\n        return None\n",
            "",
        ),
        (
            "a move that time would have made is told as one",
            'if word == "move" and raised.mode is not Mode.ENFORCE:',
            'if word == "moved":',
        ),
        (
            "what moved the deal is still due when somebody has moved it on",
            'return view.stage != view.run.since.stage_now(raised.to or "", at) or entered != at',
            "return False",
        ),
        (
            "what moved the deal is due again when it comes back to that stage",
            'return view.stage != view.run.since.stage_now(raised.to or "", at) or entered != at',
            'return view.stage != view.run.since.stage_now(raised.to or "", at)',
        ),
        (
            "what a rule asked for that does not apply any more is still due",
            "    if not applies(book.tables, memory, number, view.now):\n        return True\n",
            "",
        ),
        (
            "a forbidden move is to be taken back though its obstacles are met",
            "elif stands and _is_there(view, event, at):",
            "elif _is_there(view, event, at):",
        ),
        (
            "a forbidden move is to be taken back though the deal has left",
            "elif stands and _is_there(view, event, at):",
            "elif stands:",
        ),
        (
            "a reopening is never taken back",
            "moves = isinstance(event, Moved | Reopened)",
            "moves = isinstance(event, Moved)",
        ),
    ),
)
