"""What is said about a history: silence, rates, back-tests; flow, groups, where a log ends."""

from tests.faults.fault import faults_in

FAULTS = (
    *faults_in(
        "history/studies/rates.py",
        (
            "rates are compared by the days of their own group",
            "float((a * t / n).sum()), float((b * s / n).sum())",
            "float((a * s / n).sum()), float((b * t / n).sum())",
        ),
        (
            "strata count by their events, not by their days",
            "float((a * t / n).sum()), float((b * s / n).sum())",
            "float((a * t).sum()), float((b * s).sum())",
        ),
        (
            "the spread of a rate ratio is its variance",
            "math.sqrt(float(((a + b) * s * t / n**2).sum()) / (above * below))",
            "float(((a + b) * s * t / n**2).sum()) / (above * below)",
        ),
        ("a stratum's variance is divided once", "(a + b) * s * t / n**2", "(a + b) * s * t / n"),
        ("the other group does not vary", "(a + b) * s * t", "a * s * t"),
        (
            "days of the first group alone are compared",
            "compared_days=int(n[(s > 0) & (t > 0)].sum())",
            "compared_days=int(s[(s > 0) & (t > 0)].sum())",
        ),
        ("days of one group alone are compared", "(s > 0) & (t > 0)", "(s > 0) | (t > 0)"),
        (
            "a higher rate is one in the middle",
            "self.low is not None and self.low > 1",
            "self.ratio is not None and self.ratio > 1",
        ),
        (
            "a lower rate is one in the middle",
            "self.high is not None and self.high < 1",
            "self.ratio is not None and self.ratio < 1",
        ),
        (
            "a tail begins one later",
            "for k in range(peak, count, -1))",
            "for k in range(peak, count + 1, -1))",
        ),
        (
            "a tail ends one early",
            "for k in range(peak, trials))",
            "for k in range(peak, trials - 1))",
        ),
    ),
    *faults_in(
        "history/studies/dealdays.py",
        (
            "a day counts once it has begun",
            "over = begun + DAY - 1 <= until",
            "over = begun <= until",
        ),
        (
            "a day counts a microsecond later",
            "over = begun + DAY - 1 <= until",
            "over = begun + DAY <= until",
        ),
        (
            "silence is rounded up",
            "silence=((begun - spans.start[span]) // DAY)[over]",
            "silence=(-((spans.start[span] - begun) // DAY))[over]",
        ),
        (
            "a deal that closes as it opens was never at risk",
            "count = np.where(at_once, 1, np.maximum(count, 0))",
            "count = np.maximum(count, 0)",
        ),
        (
            "a close falls on the day before",
            "last = behind[closes] - 1",
            "last = np.maximum(behind[closes] - 2, 0)",
        ),
        (
            "a close falls on a day of other open time",
            "stretch[span[last[there]]] == stretch[closes][there]",
            "True",
        ),
        ("time away goes on", "| (spans.start[1:] != spans.end[:-1])", ""),
        ("a reopened deal is the same open time", "| (spans.outcome[:-1] != OPEN)", ""),
        (
            "silence of some days before is another deal's",
            "(days.age >= lag) & (known",
            "(known",
        ),
        (
            "silence of some days before is of days at risk before",
            "np.searchsorted(known, known - lag)",
            "np.maximum(np.arange(len(known)) - lag, 0)",
        ),
        (
            "silence of a day on which a deal was parked is that of the next",
            "(days.age >= lag) & (known[place] == known - lag)",
            "days.age >= lag",
        ),
        (
            "each silence of an open deal goes on",
            "is_last & (spans.outcome == OPEN) & (spans.end == until)",
            "(spans.outcome == OPEN) & (spans.end == until)",
        ),
        (
            "the last silence of a closed deal goes on",
            "is_last & (spans.outcome == OPEN) & (spans.end == until)",
            "is_last & (spans.end == until)",
        ),
        (
            "the last silence of a parked deal goes on",
            "is_last & (spans.outcome == OPEN) & (spans.end == until)",
            "is_last & (spans.outcome == OPEN)",
        ),
        (
            "a stage is that of the end of the day",
            "stays.entered_at, days.deal, days.begun)",
            "stays.entered_at, days.deal, days.begun + DAY - 1)",
        ),
        (
            "days in a stage are rounded up",
            "(days.begun - stays.entered_at[stay]) // DAY",
            "-((stays.entered_at[stay] - days.begun) // DAY)",
        ),
        (
            "a deal is divided between parts",
            "changes = np.flatnonzero(np.diff(spans.deal)) + 1",
            "changes = np.arange(1, len(spans.deal))",
        ),
        (
            "the last deal of a part is left to the next",
            "changes = np.flatnonzero(np.diff(spans.deal)) + 1",
            "changes = np.flatnonzero(np.diff(spans.deal))",
        ),
    ),
    *faults_in(
        "history/studies/comparison.py",
        (
            "who is silent is so a day later",
            'exposed = pl.col("exposure") >= after',
            'exposed = pl.col("exposure") > after',
        ),
        (
            "days of a silence that goes on are left out a day later",
            'pl.when(pl.col("exposure") >= after)',
            'pl.when(pl.col("exposure") > after)',
        ),
        ("unknown silence is none", 'cells.filter(pl.col("exposure") >= 0), event', "cells, event"),
        (
            "strata are ages only",
            "cells.group_by(*within).agg(*counts).sort(*within)",
            "cells.group_by(within[0]).agg(*counts).sort(within[0])",
        ),
        (
            "bands are compared with the first two days",
            "is_between(BANDS[0], BANDS[1] - 1)",
            "is_between(BANDS[0], BANDS[1])",
        ),
        (
            "bands overlap by a day",
            "ends = [*(begin - 1 for begin in BANDS[1:]), None]",
            "ends = [*(begin for begin in BANDS[1:]), None]",
        ),
        (
            "the last band is one day",
            "exposure >= low if high is None else",
            "exposure == low if high is None else",
        ),
        (
            "a hazard has unknown silence",
            'known = cells.filter(pl.col("exposure") >= 0).group_by(',
            "known = cells.group_by(",
        ),
        (
            "a hazard is one of those that go on",
            'lost_a_day=pl.col("lost") / pl.col("days")',
            'lost_a_day=pl.col("lost") / (pl.col("days") - pl.col("lost"))',
        ),
    ),
    *faults_in(
        "history/studies/naive.py",
        (
            "the longest gap is the last",
            "np.maximum.at(longest, spans.deal, (spans.end - spans.start) // DAY)",
            "longest[spans.deal] = (spans.end - spans.start) // DAY",
        ),
        (
            "a band by the longest gap begins a day late",
            'np.searchsorted(LONGEST, longest, side="right") - 1',
            'np.maximum(np.searchsorted(LONGEST, longest, side="left") - 1, 0)',
        ),
        (
            "a win rate by the longest gap is one of losses",
            "return self.won / closed if closed else None",
            "return self.won / self.lost if self.lost else None",
        ),
        ("open deals are lost by the longest gap", "(outcome == LOST)", "(outcome != WON)"),
    ),
    *faults_in(
        "history/studies/spikes.py",
        (
            "a day with none before it is a spike",
            " or not deals[max(day - NEIGHBOURS, 0) : day].sum()",
            "",
        ),
        ("there may be one timer more", "while len(found) < MOST", "while len(found) <= MOST"),
        ("many days are one test", "math.exp(chance) * tested", "math.exp(chance)"),
        ("days without deals are tested too", "int(np.count_nonzero(deals)) for", "len(deals) for"),
        ("a spike stands out from the better side", "rate = max(", "rate = min("),
        (
            "a spike is its own neighbour",
            "_rate(deals, lost, day + 1, day + 1 + NEIGHBOURS)",
            "_rate(deals, lost, day, day + NEIGHBOURS)",
        ),
        (
            "a spike has two neighbours on a side",
            "NEIGHBOURS, LEAST_DAY = 3, 2",
            "NEIGHBOURS, LEAST_DAY = 2, 2",
        ),
        (
            "the first day may be a spike",
            "NEIGHBOURS, LEAST_DAY = 3, 2",
            "NEIGHBOURS, LEAST_DAY = 3, 1",
        ),
        (
            "twice as many are a spike",
            "LEAST_TIMES, LEAST_EXCESS, LEVEL = 3.0, 5.0, 0.001",
            "LEAST_TIMES, LEAST_EXCESS, LEVEL = 2.0, 5.0, 0.001",
        ),
        (
            "two more are a spike",
            "LEAST_TIMES, LEAST_EXCESS, LEVEL = 3.0, 5.0, 0.001",
            "LEAST_TIMES, LEAST_EXCESS, LEVEL = 3.0, 2.0, 0.001",
        ),
        (
            "one in twenty is a spike",
            "LEAST_TIMES, LEAST_EXCESS, LEVEL = 3.0, 5.0, 0.001",
            "LEAST_TIMES, LEAST_EXCESS, LEVEL = 3.0, 5.0, 0.05",
        ),
        ("either is enough for a spike", "if lost[day] < max(", "if lost[day] < min("),
        (
            "neighbours without losses have no rate",
            "(lost[begin:end].sum() + 0.5) / (at_risk + 1)",
            "lost[begin:end].sum() / at_risk",
        ),
        (
            "the most probable spike is taken out first",
            "_, best = min(candidates,",
            "_, best = max(candidates,",
        ),
        (
            "a spike's day is taken out up to it",
            "pl.col(best.clock) != best.day",
            "pl.col(best.clock) > best.day",
        ),
        (
            "what is too improbable for a float is alike",
            "yield chance, spike",
            "yield p_value, spike",
        ),
    ),
    *faults_in(
        "history/studies/open_time.py",
        ("lost deals go on", "[WON, LOST], OPEN)", "[WON, OPEN], OPEN)"),
        (
            "silence is asked of the process's first gap",
            "np.asarray(found.rule) == len(process.contact_gaps)",
            "np.asarray(found.rule) == 0",
        ),
        (
            "days of silence are those of UTC",
            "start=local(start, zone),",
            'start=local(start, "UTC"),',
        ),
    ),
    *faults_in(
        "history/studies/silence.py",
        (
            "timers kill by silence",
            'lost_without=compared(kept, "lost", after, keys)',
            'lost_without=compared(every, "lost", after, keys)',
        ),
        (
            "wins are told with the days of timers",
            'won_without=compared(kept, "won", after, keys)',
            'won_without=compared(every, "won", after, keys)',
        ),
        (
            "bands have the days of timers",
            "bands=tuple(bands_of(kept, keys))",
            "bands=tuple(bands_of(every, keys))",
        ),
        (
            "deals that were won are counted as left out",
            "uncounted=closes - wins - losses",
            "uncounted=closes - losses",
        ),
        ("five business days are five days", "math.ceil(span.count * 7 / 5)", "span.count"),
        (
            "a part of a day of silence is none",
            "max(1, math.ceil(span.amount / DAY))",
            "max(1, span.amount // DAY)",
        ),
        (
            "silence kills if it does both",
            "if lost.is_higher or won_less:\n            worse",
            "if lost.is_higher and won_less:\n            worse",
        ),
        (
            "silence is simple",
            'return "It is not that simple." if worse else',
            'return "It is not that simple." if not worse else',
        ),
        (
            "hazards are of the days without timers",
            'cells=counted_by(cells, ("exposure",))',
            'cells=counted_by(without, ("exposure",))',
        ),
        (
            "deals that nobody tells of any more are lost less often",
            "self.lost_without.is_lower and self.lost_ended.is_lower",
            "self.lost_without.is_lower",
        ),
        (
            "deals that nobody tells of any more are won less often",
            "self.won_without.is_lower and self.won_ended.is_lower",
            "self.won_without.is_lower",
        ),
        (
            "what fades has no effect",
            'return "That cannot be said." if self._fades else "No effect is found."',
            'return "No effect is found."',
        ),
        ("deals are spans", "deals=len(np.unique(spans.deal))", "deals=len(spans.deal)"),
        (
            "rows that cannot be used raise no doubt",
            "(warning_of_rows(log.quality), stale_words",
            "(None, stale_words",
        ),
        (
            "wins and losses that are fewer are simple",
            "worse = lost_less or won.is_higher",
            "worse = lost_less and won.is_higher",
        ),
    ),
    *faults_in(
        "history/studies/backtest.py",
        (
            "earlier is later",
            "(base.late_at[both] - mine.late_at[both])",
            "(mine.late_at[both] - base.late_at[both])",
        ),
        ("half of the deals are all on average", "np.median(earlier)", "np.mean(earlier)"),
        (
            "what is late by both is newly so",
            "newly_late=_became(kind[late & ~was_late])",
            "newly_late=_became(kind[late])",
        ),
        (
            "what is killed by both is no longer so",
            "no_longer_killed=_became(kind[was_killed & ~killed])",
            "no_longer_killed=_became(kind[was_killed])",
        ),
        (
            "what time moves is late",
            "[r.is_end and r.kind != codes.MOVE for r in rungs]",
            "[r.is_end for r in rungs]",
        ),
        (
            "any move by time kills",
            'r.kind == codes.MOVE and kinds[stages[r.to or ""]] == codes.LOST',
            "r.kind == codes.MOVE",
        ),
        (
            "the last time it is late counts",
            "deal = np.asarray(acts.deal)[where][::-1]",
            "deal = np.asarray(acts.deal)[where]",
        ),
        (
            "deals that are lost are not closed",
            "is_closed = (kind == codes.WON) | (kind == codes.LOST)",
            "is_closed = kind == codes.WON",
        ),
        (
            "a timer kills before it watches",
            "at[deal] = np.asarray(acts.at)[where][::-1]",
            "at[deal] = np.asarray(acts.due)[where][::-1]",
        ),
        (
            "a move with two obstacles is blocked twice",
            "np.unique(np.asarray(outcome.deviations.row))",
            "np.asarray(outcome.deviations.row)",
        ),
        (
            "parked deals are nowhere",
            "still = counts[codes.OPEN] + counts[codes.PARKED]",
            "still = counts[codes.OPEN]",
        ),
        (
            "what is killed was worth all of it",
            "lost_value = killed & (kind == codes.WON) & ",
            "lost_value = killed & ",
        ),
        (
            "what is worth nothing known is worth something",
            "lost_value = killed & (kind == codes.WON) & (worth != codes.UNKNOWN)",
            "lost_value = killed & (kind == codes.WON)",
        ),
        (
            "blocked moves that are new are those that are gone",
            "np.setdiff1d(mine.blocked, base.blocked)",
            "np.setdiff1d(base.blocked, mine.blocked)",
        ),
        (
            "deals that are not opened yet were",
            "np.count_nonzero(base.kind != codes.NONE)",
            "len(base.kind)",
        ),
        (
            "killed deals that were lost were won",
            '"killed_but_won": killed & (kind == codes.WON)',
            '"killed_but_won": killed & is_closed',
        ),
        (
            "what kills is called as the rules that are",
            "[rule.id for rule in mine.outcome.book.rules]",
            "[rule.id for rule in base.outcome.book.rules]",
        ),
        (
            "deals are first late when they are by the rules that are",
            "instants(mine.late_at, late)",
            "instants(base.late_at, late)",
        ),
    ),
    *faults_in(
        "history/studies/trials.py",
        (
            "deals that are open have become nothing",
            "return self.won + self.lost + self.open",
            "return self.won + self.lost",
        ),
        (
            "killed deals that were won were lost",
            "*(killed.deals, killed.won, killed.lost, killed.open)",
            "*(killed.deals, killed.lost, killed.won, killed.open)",
        ),
    ),
    *faults_in(
        "history/report/asof.py",
        (
            "what happens at the very instant has not yet",
            'place = np.searchsorted(entries, asked, "right") - 1',
            'place = np.searchsorted(entries, asked, "left") - 1',
        ),
        (
            "the latest is another deal's",
            "(place >= 0) & (deal[place] == asked_deal)",
            "place >= 0",
        ),
    ),
    *faults_in(
        "history/report/ending.py",
        ("a week is stale", "as_of - ends_at <= STALE", "as_of - ends_at < STALE"),
        ("one in a hundred is a slip", "< _FEW * len(log)", "<= _FEW * len(log)"),
        ("many slips of the pen are few", "_FEW = 0.01", "_FEW = 0.1"),
        (
            "the year after the last is known",
            "for y in (first, last + 1))",
            "for y in (first, last + 2))",
        ),
        (
            "events before the known years are counted",
            "len(log) - log.origin.later_than(begins - 1) + ",
            "",
        ),
        (
            "the first instant of the years is outside",
            "later_than(begins - 1)",
            "later_than(begins)",
        ),
    ),
    *faults_in(
        "history/report/flow.py",
        ("a percentile lies between two lengths", 'method="inverted_cdf"', 'method="linear"'),
        (
            "the mean of open deals is that of closed ones",
            "float(open_days.sum()) / days",
            "float(open_days.filter(won | lost).sum()) / days",
        ),
        ("open time is that of the won", "open_days.filter(won | lost)", "open_days.filter(won)"),
        (
            "Little's law has the rate of what comes in",
            "self.closed / self.days * self.mean_open_days",
            "self.opened / self.days * self.mean_open_days",
        ),
        ("the residual is turned round", "self.mean_open - expected", "expected - self.mean_open"),
        (
            "a win rate is one of opened deals",
            "return self.won / self.closed if self.closed else None",
            "return self.won / self.opened if self.closed else None",
        ),
        (
            "who is older than nobody is not known",
            "if len(older) or won.any() else None",
            "if len(older) else None",
        ),
        (
            "days to lose are those in open stages",
            "lost_days=Durations.of(age.filter(lost))",
            "lost_days=Durations.of(open_days.filter(lost))",
        ),
        (
            "less than nothing is not closed",
            "max(flow.residual or 0.0, 0.0)",
            "flow.residual or 0.0",
        ),
        ("two digits are three", "days >= _TWO_DIGITS", "days >= 10 * _TWO_DIGITS"),
        ("a zombie is older than half", "self.older[-1]", "self.older[0]"),
        ("a visit that goes on is over", 'here["days"].filter(~goes_on)', 'here["days"]'),
        ("who left a stage is there", "now=int(goes_on.sum())", "now=len(here)"),
        ("who is older than half is not", "(shares >= each)", "(shares > each)"),
        ("a week is a working one", "_WEEK = 7", "_WEEK = 5"),
        (
            "deals that are lost are won",
            "won_days=Durations.of(age.filter(won))",
            "won_days=Durations.of(age.filter(won | lost))",
        ),
        (
            "open deals have the age of all",
            "open_age=Durations.of(age.filter(is_open))",
            "open_age=Durations.of(age)",
        ),
        (
            "deals of the future have been opened",
            "opened=int(kind.is_not_null().sum())",
            "opened=len(kind)",
        ),
        (
            "a stage that nobody came to has all visits",
            "parts.get((stage,), visits.clear())",
            "parts.get((stage,), visits)",
        ),
        (
            "there is a law of no time",
            "if self.mean_open_days is None or not self.days:",
            "if self.mean_open_days is None:",
        ),
    ),
    *faults_in(
        "history/reading/recorded.py",
        ("an event is one row", "            for _ in rows\n", ""),
    ),
    *faults_in(
        "history/report/frames.py",
        (
            "the next to act ended a gap",
            "names_in(log.origin.actors(book), np.maximum(row, 0))",
            "names_in(log.origin.actors(book), np.minimum(row + 1, len(outcome.rows.at) - 1))",
        ),
        (
            "whoever moved a deal ended its gap by a touch",
            "pl.Series(~touched), None",
            "pl.Series(~ended), None",
        ),
        (
            "who is as old is older",
            'np.searchsorted(won, age, side="left") / len(won)',
            'np.searchsorted(won, age, side="right") / len(won)',
        ),
    ),
    *faults_in(
        "history/report/breakdown.py",
        (
            "due deals are not at risk",
            "is_in([DealStatus.BREACHED.value, DealStatus.DUE.value])",
            "is_in([DealStatus.BREACHED.value])",
        ),
        ("all value is at risk", 'opened["value"].filter(is_late(opened))', 'opened["value"]'),
        (
            "closed deals are worth something still",
            'value=total(opened["value"])',
            'value=total(deals["value"])',
        ),
        (
            "nobody told the value of closed deals",
            'unvalued=opened["value"].null_count()',
            'unvalued=deals["value"].null_count()',
        ),
        (
            "breaches are those of open deals",
            'breaches=int(deals["breaches"].sum())',
            'breaches=int(opened["breaches"].sum())',
        ),
        (
            "the least at risk comes first",
            "(-each.value_at_risk, -each.breached,",
            "(each.value_at_risk, -each.breached,",
        ),
        ("parked deals are certain", "((is_open | is_parked) & deals", "(is_open & deals"),
        (
            "parked deals are on time",
            '(is_open & deals["status"].eq_missing(DealStatus.OK.value))',
            '(deals["status"].eq_missing(DealStatus.OK.value))',
        ),
        (
            "a group has the visits of all",
            "flow_of(here, joined[(key,)], stages",
            "flow_of(here, visits, stages",
        ),
        (
            "deals of the future are in a group",
            'there = deals.filter(pl.col("stage").is_not_null())',
            "there = deals",
        ),
        (
            "groups of equal value come in any order",
            "-each.breached, str(each.key))",
            "-each.breached)",
        ),
        (
            "amounts have an exponent",
            "amount.quantize(1) if amount == amount.to_integral_value() else amount.normalize()",
            "amount.normalize()",
        ),
    ),
    *faults_in(
        "history/report/people.py",
        (
            "what did not take place takes time",
            "minutes=np.where(is_done, minutes, 0)",
            "minutes=minutes",
        ),
        (
            "an owner stays until the next deal",
            "(story.kind == codes.OPENED) | (story.kind == codes.NOTHING)",
            "story.kind == codes.NOTHING",
        ),
        (
            "a later opening says whose a deal is",
            "(isinstance(event, Opened) and place == 0)",
            "isinstance(event, Opened)",
        ),
        (
            "minutes that were corrected count as well",
            "isinstance(event, Activity) and event.id in standing and",
            "isinstance(event, Activity) and",
        ),
        (
            "a label is the first that was said",
            "said = event.facts.get(name, said)",
            "said = said or event.facts.get(name, said)",
        ),
        (
            "a label of a table is of later",
            "(origin.counted <= until)",
            "(origin.counted <= until + (1 << 60))",
        ),
        (
            "a label of events is of later",
            "isinstance(event, Learned) and at <= until and",
            "isinstance(event, Learned) and",
        ),
        (
            "what was retracted is a label",
            "_stands(history, event):\n            said",
            "event.id:\n            said",
        ),
    ),
)
