"""How a behaviour becomes numbers, and how what was simulated is told."""

from tests.faults.fault import faults_in

FAULTS = (
    *faults_in(
        "simulation/habits.py",
        (
            "after an effort no work is ever done",
            'if attribute == "work" and life.work is None and life.effort is not None:',
            "if False:",
        ),
        (
            "an email may get no answer as a call may",
            "answered = touches.answered if book.natures[kind].takes_place else 1.0",
            "answered = touches.answered",
        ),
        (
            "who is called is always there",
            "answered = touches.answered if book.natures[kind].takes_place else 1.0",
            "answered = 1.0",
        ),
        (
            "calls take place as often as they do not",
            "Variant(kind, outcome=NO_ANSWER), weight * (1.0 - answered)",
            "Variant(kind, outcome=NO_ANSWER), weight * answered",
        ),
        (
            "half of the buyers do not survive a silence of more than half",
            "half / math.log(2.0) ** (1.0 / shape)",
            "half",
        ),
        (
            "half of the buyers survive the half after the grace",
            "half = cooling.half.amount - grace if cooling else 1",
            "half = cooling.half.amount if cooling else 1",
        ),
        (
            "who has half the time takes half as long",
            "tuple(1.0 / rep.share for rep in reps)",
            "tuple(rep.share for rep in reps)",
        ),
        (
            "buyers who call by themselves do so as they answer",
            '"inbound_variant": len(variants) - 1,',
            '"inbound_variant": len(variants) - 2,',
        ),
        (
            "buyers answer as they call by themselves",
            '"reply_variant": len(variants) - 2,',
            '"reply_variant": len(variants) - 1,',
        ),
        (
            "a buyer goes to the last of the lost stages",
            "for number, other in enumerate(self._process.stages):",
            "for number, other in reversed(list(enumerate(self._process.stages))):",
        ),
        (
            "a buyer goes where no move leads",
            "if other.kind is StageKind.LOST and (stage, other.id) in self._book.moves:",
            "if other.kind is StageKind.LOST:",
        ),
        (
            "working time of arrivals is time",
            '"arrival_measure": EXACT if every is None else every.measure,',
            '"arrival_measure": EXACT,',
        ),
        (
            "two facts of one stage are learned alike",
            'list(_numbered((each.fact, each.stage or "") for each in facts))',
            '[(each.fact, each.stage or "") for each in facts]',
        ),
        (
            "two holds of one stage come together",
            'list(_numbered((each.stage or "",) for each in holds))',
            '[(each.stage or "",) for each in holds]',
        ),
        (
            "all stages are alike by chance",
            "tuple(purpose(what, life.stage) for life in lives)",
            "tuple(purpose(what) for life in lives)",
        ),
        (
            "the shares of several ways add up to more than all",
            "tuple(share / total for share in itertools.accumulate(found))",
            "tuple(itertools.accumulate(found))",
        ),
        (
            "a rule is let pass in the last role that may",
            "return said.role or roles_that_override(process, said.target)[0]",
            "return said.role or roles_that_override(process, said.target)[-1]",
        ),
        (
            "in whichever role it is said a rule is let pass in the first",
            "return said.role or roles_that_override(process, said.target)[0]",
            "return roles_that_override(process, said.target)[0]",
        ),
        (
            "limits of owners count for nobody",
            "is_limited = any(rep.open_limit for rep in capacity.reps)",
            "is_limited = False",
        ),
        (
            "reps with hours of their own have those of the first",
            "numbers = [NONE if each is None else own[each] for each in said]",
            "numbers = [NONE if each is None else 0 for each in said]",
        ),
        (
            "a date that is drawn is money",
            "return codes.SOME_DATE if is_date else codes.SOME_MONEY",
            "return codes.SOME_MONEY",
        ),
    ),
    *faults_in(
        "simulation/as_events.py",
        (
            "a plan is told as the touch before it",
            "self.plan.variants[variant_of(self.plan.habits, self.number, touches)]",
            "self.plan.variants[variant_of(self.plan.habits, self.number, max(touches - 1, 0))]",
        ),
        (
            "answers are told as touches of ours",
            "touches += not variant.is_inbound",
            "touches += 1",
        ),
        (
            "what is cancelled was done",
            "status=Status.CANCELLED, **own",
            "status=Status.DONE, **own",
        ),
        (
            "what came in is told as ours",
            "return Way.IN if variant.is_inbound else Way.OUT",
            "return Way.OUT",
        ),
        (
            "a call without an answer took place",
            '"outcome": variant.outcome}',
            '"outcome": None}',
        ),
        (
            "nobody says in which role a deal was moved",
            "            role = self.plan.process.roles[each.who].id\n        return Moved",
            "            role = None\n        return Moved",
        ),
        (
            "a deal is lost for a reason that the process does not know",
            "    if not to.reasons or said in to.reasons:\n",
            "    if said:\n",
        ),
        (
            "lost by the work is ready",
            'said = "said no" if to.kind is StageKind.LOST else "ready"',
            'said = "ready"',
        ),
        (
            "what a deal is worth is told in other units",
            "Decimal(each.two // MONEY_STEP)",
            "Decimal(each.two)",
        ),
        (
            "a hold is told without the reason that it has",
            'return self.plan.behaviour.holds[row].reason or (listed[0] if listed else "")',
            'return listed[0] if listed else ""',
        ),
        (
            "the events of a deal have one id",
            '"id": f"{self.deal}/{seq}",',
            '"id": f"{self.deal}/{each.at}",',
        ),
        (
            "what is learned is learned in no role",
            "return Learned(facts={said.fact: value}, role=said.role, **own)",
            "return Learned(facts={said.fact: value}, **own)",
        ),
    ),
    *faults_in(
        "simulation/run.py",
        (
            "deals come in the order in which their instants were said",
            "at = sorted(to_micros(instant) - begins for instant in arrivals.at)",
            "at = [to_micros(instant) - begins for instant in arrivals.at]",
        ),
    ),
    *faults_in(
        "simulation/settling.py",
        (
            "a simulation ends so long after its start",
            "last = _comes(plan, apart)",
            "last = plan.habits.start",
        ),
    ),
)
