"""The statistics of the simulation: shares, means, ratios, times, differences, runs, grids."""

from tests.faults.fault import faults_in

FAULTS = (
    *faults_in(
        "intervals.py",
        ("intervals are 90 % ones", "Z95 = 1.959963984540054", "Z95 = 1.644853626951473"),
        ("a point of Student's is mistyped", "2.0518, 2.0484", "2.0581, 2.0484"),
        ("Student's points have two terms only", " + third / freedom**3", ""),
        (
            "a share's interval has a variance instead of its root",
            "square / (4 * of**2)) ** 0.5",
            "square / (4 * of**2))",
        ),
        (
            "a share's interval leans too far to the middle",
            "share + square / (2 * of)",
            "share + square / of",
        ),
        (
            "a share's interval forgets how many cases there are",
            "square / (4 * of**2)",
            "square / (4 * of)",
        ),
    ),
    *faults_in(
        "simulation/estimates.py",
        (
            "a mean's interval is where the next deal lies",
            "math.sqrt(_covariance(count, total, total, squares) / count)",
            "math.sqrt(_covariance(count, total, total, squares))",
        ),
        (
            "a mean of few deals is as sure as one of many",
            "half = student95(count - 1)",
            "half = student95(10_000)",
        ),
        (
            "a ratio of few deals is as sure as one of many",
            "part = student95(count - 1)",
            "part = student95(10_000)",
        ),
        (
            "what was never seen never happens",
            "if count * squares == total * total:",
            "if count == 1:",
        ),
        (
            "a mean that touches nothing is above it",
            "self.low is not None and self.low > 0",
            "self.low is not None and self.low >= 0",
        ),
        (
            "a mean that touches nothing is below it",
            "self.high is not None and self.high < 0",
            "self.high is not None and self.high <= 0",
        ),
        (
            "what is above and what is below vary apart",
            "both = part * _covariance(count, above.total, below.total, products)",
            "both = 0.0",
        ),
        (
            "a covariance is over all instead of all but one",
            "(count * products - one * other) / (count * (count - 1))",
            "(count * products - one * other) / count**2",
        ),
        (
            "a covariance is rounded before it is one",
            "(count * products - one * other) / (count * (count - 1))",
            "(products - one * other / count) / (count - 1)",
        ),
        (
            "a ratio has an end although what is below may be nothing",
            "if square <= 0:",
            "if square == 0:",
        ),
        (
            "a share of none of some lies a hair above 0",
            "Estimate(share, 0.0 if count == 0 else low,",
            "Estimate(share, low,",
        ),
        (
            "squares of parts do not add up",
            "Sums(self.total + other.total, self.squares + other.squares)",
            "Sums(self.total + other.total, self.squares)",
        ),
        (
            "a share of all of some lies a hair below 1",
            "low, 1.0 if count == of else high)",
            "low, high)",
        ),
    ),
    *faults_in(
        "simulation/survival.py",
        (
            "a curve goes on for ever",
            "if place < 0 or days > self.until:",
            "if place < 0:",
        ),
        ("times are rounded down", "-(-np.asarray(micros) // STEP)", "np.asarray(micros) // STEP"),
        (
            "who goes on was never at risk",
            "at_risk = counts.sum(axis=0)[::-1]",
            "at_risk = counts[:-1].sum(axis=0)[::-1]",
        ),
        (
            "who goes on has ended",
            "ended = counts[:-1].sum(axis=0)\n    places",
            "ended = counts.sum(axis=0)\n    places",
        ),
        (
            "who goes on where something ends was gone before",
            "n = at_risk[places].astype(float)",
            "n = np.maximum(at_risk - counts[-1], 1)[places].astype(float)",
        ),
        (
            "Greenwood's terms are too small",
            "np.divide(d, n * (n - d),",
            "np.divide(d, n * n,",
        ),
        (
            "the variance of a curve grows with the share left",
            "steps.left**2 * steps.greenwood",
            "steps.left * steps.greenwood",
        ),
        (
            "the band of a curve is not on the log-log scale",
            "/ (left[inside] * np.abs(logs))",
            "/ left[inside]",
        ),
        (
            "a band turns round",
            "low[inside] = 1.0 - np.exp(logs * np.exp(-width))",
            "low[inside] = 1.0 - np.exp(logs * np.exp(width))",
        ),
        (
            "once all have ended nothing bounds the share",
            "low[-1] = low[-2] if len(low) > 1 else 0.0",
            "low[-1] = 0.0",
        ),
        (
            "a percentile is that of those who are left",
            "left = 1.0 - share\n        # What",
            "left = share\n        # What",
        ),
        (
            "a percentile's ends change places",
            "for line in (curve.share, curve.low, curve.high)",
            "for line in (curve.share, curve.high, curve.low)",
        ),
        (
            "a percentile is reached a hair too late",
            "line <= left + _HAIR for",
            "line < left - _HAIR for",
        ),
        (
            "the last share of an end is known for certain",
            "found.variance + share**2 * found.variance[-1] - 2 * share * found.with_last,",
            "found.variance,",
        ),
        (
            "a share of an end varies apart from its last",
            "share**2 * found.variance[-1] - 2 * share * found.with_last",
            "share**2 * found.variance[-1]",
        ),
        (
            "a percentile of one end is one of all",
            "apart = found.share - share * found.share[-1]",
            "apart = found.share - share",
        ),
        (
            "the last to come to an end says when others do",
            "later[found.share >= found.share[-1] - _HAIR] = False",
            "later[found.share > found.share[-1]] = False",
        ),
        (
            "the ends of a percentile of one end change places",
            "_first(days, apart + Z95 * spread >= -_HAIR)",
            "_first(days, apart - Z95 * spread >= -_HAIR)",
        ),
        (
            "an end is come to by those that are left afterwards",
            "share = np.cumsum(before * d1 / n)",
            "share = np.cumsum(steps.left * d1 / n)",
        ),
        (
            "an end's own part of its variance has no other ends",
            "np.cumsum(before**2 * d1 * (n - d1) / n**3)",
            "np.cumsum(before**2 * d1 / n**2)",
        ),
        (
            "an end's variance leaves out how its parts go together",
            "+ p2 + own - 2 * (share * r0 - r1)\n        last",
            "+ p2 + own\n        last",
        ),
        (
            "an end's covariance leaves out how its parts go together",
            "- (together * r0 - 2 * r1)",
            "",
        ),
        (
            "a curve holds until the next time only",
            'np.searchsorted(self.days, days, side="right")',
            'np.searchsorted(self.days, days, side="left")',
        ),
        (
            "lifetimes of one length are not added",
            "np.searchsorted(hours, each.hours)] += each.counts",
            "np.searchsorted(hours, each.hours)] = each.counts",
        ),
        (
            "once all have come to an end nothing bounds their share",
            "if len(gone) and left[-1] <= _HAIR:",
            "if len(gone) and falls and left[-1] <= _HAIR:",
        ),
    ),
    *faults_in(
        "simulation/pairs.py",
        (
            "differences vary over all instead of all but one",
            "values.var(ddof=1)",
            "values.var(ddof=0)",
        ),
        (
            "pairs that hardly differ do so for certain",
            "(gained + 1) / (count + 2), (lost + 1) / (count + 2)",
            "gained / count, lost / count",
        ),
        (
            "shares of pairs vary as if they did not exclude each other",
            "(up + down - (up - down) ** 2)",
            "(up + down)",
        ),
        (
            "a difference of shares is one of the pairs that differ",
            "(gained - lost) / count, max(",
            "(gained - lost) / max(1, gained + lost), max(",
        ),
        (
            "a difference of shares has no end",
            "max(-1.0, up - down - half), min(1.0, up - down + half)",
            "up - down - half, up - down + half",
        ),
        (
            "only what is above a ratio varies",
            "(above - ratio * below) / below.mean()",
            "above / below.mean()",
        ),
        (
            "what a deal adds to a ratio is measured by what is above",
            "(above - ratio * below) / below.mean()",
            "(above - ratio * below) / above.mean()",
        ),
        (
            "pairs that differ alike do so for certain",
            "if float(np.ptp(values)) <= _HAIR * max(1.0, abs(mean)):",
            "if count == 1:",
        ),
        (
            "ratios vary apart",
            "_mean(spread_of_two - spread_of_one)",
            "_mean(np.append(spread_of_two, spread_of_one))",
        ),
    ),
    *faults_in(
        "simulation/comparing.py",
        (
            "the number of a rule is a difference",
            "if name in by_number and",
            "if False and",
        ),
        (
            "only other ends are differences",
            "touched=share_of(int((_touched",
            "touched=share_of(len(differing) and int((_touched",
        ),
        (
            "days until closed count as long as one deal was followed",
            "int((to_micros(result.until) - came).min())",
            "int((to_micros(result.until) - came).max())",
        ),
        (
            "days that are not cut are said to be",
            "goes_on=bool((closed - came > window).any())",
            "goes_on=bool((closed - came >= window).any())",
        ),
        (
            "a deal that closed late was closed in time",
            "lasted = np.minimum(closed - came, window)",
            "lasted = np.where(closed - came < window, closed - came, 0)",
        ),
        (
            "who was left unopened is never closed",
            'closed = np.where(left, came + raw["queued"], raw["closed_at"])',
            'closed = raw["closed_at"]',
        ),
        ("what was lost is worth something", '"value": won * value,', '"value": value,'),
        (
            "all deals are decided",
            "decided=won + _is(outcome, *LOSSES)",
            "decided=np.ones(len(won))",
        ),
        (
            "deals that differ while it warms up count",
            "np.flatnonzero((one != two) & counts)",
            "np.flatnonzero(one != two)",
        ),
        (
            "changes while it warms up count",
            "one, two = one[counts], two[counts]",
            "counts = counts & is_open",
        ),
        (
            "deals that are touched while it warms up count",
            "(_touched(before, after) & is_open)",
            "_touched(before, after)",
        ),
        (
            "deals that come as it has warmed up are left out",
            "came >= (LONG_AGO",
            "came > (LONG_AGO",
        ),
        ("the rarest changes come first", "np.argsort(-counts", "np.argsort(counts"),
        (
            "deals that wait for each other are told apart for certain",
            "difference=Estimate(each.difference.value)",
            "difference=each.difference",
        ),
        (
            "that deals differ is known for certain though they wait for each other",
            "differing=Estimate(found.differing.value)",
            "differing=found.differing",
        ),
        (
            "rep-hours of a win are those of the wins",
            '(one.columns["worked"], one.won)',
            '(one.columns["worked"] * one.won, one.won)',
        ),
        (
            "what differs of one stage is no difference",
            "reshape(len(found), -1).any(axis=1)",
            "reshape(len(found), -1).all(axis=1)",
        ),
        (
            "who was never opened is not decided",
            "decided=won + _is(outcome, *LOSSES)",
            "decided=won + _is(outcome, *LOSSES[:-1])",
        ),
        (
            "who would not wait is not lost",
            "losses = [_is(side.outcome, *LOSSES) for",
            "losses = [_is(side.outcome, *LOSSES[:4]) for",
        ),
    ),
    *faults_in(
        "simulation/over_runs.py",
        ("runs have a degree of freedom more", "student95(runs - 1)", "student95(runs)"),
        ("runs vary over all instead of all but one", "statistics.stdev", "statistics.pstdev"),
        (
            "the mean of runs varies as one of them",
            "statistics.stdev(values) / math.sqrt(len(values))",
            "statistics.stdev(values)",
        ),
        (
            "what is left of runs varies as a sample",
            "statistics.pvariance(without)",
            "statistics.variance(without)",
        ),
        ("the jackknife forgets that runs overlap", "(len(without) - 1) *", "1 *"),
        ("the run that is left out is counted", "upto[:-2], since[2:]", "upto[:-2], since[1:-1]"),
        ("runs that are alike are certain", "if spread <= _HAIR * abs(value):", "if spread < 0.0:"),
        (
            "runs that cannot say a figure are left out",
            "return known if len(known) == len(found) else None",
            "return known or None",
        ),
    ),
    *faults_in(
        "simulation/replications.py",
        (
            "a share of runs lies above 1",
            "1.0 if said_by.unit == SHARE",
            "2.0 if said_by.unit == SHARE",
        ),
        (
            "all runs have one seed",
            "for number in range(seed, seed + runs)]\n    found",
            "for number in [seed] * runs]\n    found",
        ),
        ("differences are the wrong way round", "is None else two - one", "is None else one - two"),
        (
            "a time that one side cannot say is the mean of the others",
            "s, by_run=is_said).value",
            "s).value",
        ),
        (
            "runs of other seeds are paired",
            "if self.seeds != before.seeds:",
            "if len(self.seeds) != len(before.seeds):",
        ),
        (
            "runs forget how long they go on",
            "span = horizon if until is None else None",
            "span = None",
        ),
        (
            "runs of which fewer deals came are paired",
            "return summary.deals, summary.left_out, summary.arrived, summary.until",
            "return summary.deals, summary.left_out, summary.until",
        ),
        (
            "a time that one run cannot say has an interval by the others",
            "    if said_by.unit == DAYS:\n        return jackknife(whole, None)",
            "    if said_by.unit == DAYS and not by_run:\n        return jackknife(whole, None)",
        ),
    ),
    *faults_in(
        "simulation/grids.py",
        (
            "the ends of a grid's figures are one",
            'found[f"{name}_low"] = [each.low for',
            'found[f"{name}_low"] = [each.high for',
        ),
        (
            "the ends of what is won more are one",
            'found["won_more_low"] = [each.low for',
            'found["won_more_low"] = [each.high for',
        ),
        (
            "a part of a grid differs from its first cell",
            "base=self.base,",
            "base=self.cells[0].summary,",
        ),
        (
            "a grid's cells are what the others differ from",
            "found.against(base).differences",
            "base.against(found).differences",
        ),
        (
            "a grid's differences begin while it warms up",
            "compare(base, found, warmup=warmup)",
            "compare(base, found)",
        ),
        (
            "a grid's figures begin while it warms up",
            "found.summary(warmup=warmup)",
            "found.summary()",
        ),
        (
            "a grid's runs begin while they warm up",
            "each_run(variant.process, ends, deals, warmup, own)",
            "each_run(variant.process, ends, deals, None, own)",
        ),
        (
            "runs of a cell are told by their first",
            "summary=found.together",
            "summary=found.summaries[0]",
        ),
        (
            "a cell of several runs has the interval of one",
            "metric(name).of(self.summary) if self.runs is None else self.runs.figure(name)",
            "metric(name).of(self.summary)",
        ),
    ),
    *faults_in(
        "simulation/costs.py",
        (
            "the ends of a cost change places",
            "(cost.wins.value, cost.wins.low, cost.wins.high, cost",
            "(cost.wins.value, cost.wins.high, cost.wins.low, cost",
        ),
        (
            "without losses buyers say no",
            "lose=None, no_decision=None, patience",
            "no_decision=None, patience",
        ),
        (
            "without losses buyers give up",
            "lose=None, no_decision=None, patience",
            "lose=None, patience",
        ),
        (
            "without losses buyers wait in vain",
            "no_decision=None, patience=None",
            "no_decision=None",
        ),
        (
            "deals that differ in anything came to another end",
            "differing=against.differing",
            "differing=against.touched",
        ),
        ("the cheapest rule comes first", "-(cost.wins.value or 0.0)", "cost.wins.value or 0.0"),
        ("what a rule costs is what it brings", "compare(base, found)", "compare(found, base)"),
        (
            "a timer that moves nothing is tried",
            "if timer.move_to is not None:",
            "if timer.id:",
        ),
        (
            "who is parked is not lost to a stage",
            "move.kind is not MoveKind.OUT",
            "move.to_stage",
        ),
        (
            "without losses people lose what leads nowhere else",
            " if to in onward}\n",
            " if to in onward} or life.then\n",
        ),
        (
            "a parked stage costs wins",
            "if stage.kind is StageKind.OPEN and stage.id in behaviour.stage",
            "if stage.id in behaviour.stage",
        ),
    ),
    *faults_in(
        "simulation/deal_tally.py",
        (
            "a deal that comes as it has warmed up is early",
            '["arrived_at"]) < to_micros(since)',
            '["arrived_at"]) <= to_micros(since)',
        ),
        (
            "a share is one of all that were asked for",
            "for one in wanted), self.arrived))",
            "for one in wanted), self.deals))",
        ),
        (
            "a win rate is one of all that came",
            "share_of(self.won, self.won + self.lost)",
            "share_of(self.won, self.arrived)",
        ),
        (
            "a share with a breach is one of those that were opened",
            "share_of(self.late, self.arrived)",
            "share_of(self.late, self.opened)",
        ),
        (
            "a stage is come to as often as it is visited",
            "share_of(self.stage(stage).deals, self.arrived)",
            "share_of(self.stage(stage).visits, self.arrived)",
        ),
        (
            "what lost deals took counts with the wins",
            "won, self.won_sums[what].total)",
            "won, sums.total)",
        ),
        (
            "what wins are worth varies with the wins only",
            "mean.times(self.arrived or 1)",
            "mean.times(self.won or 1)",
        ),
        (
            "a win is worth what a deal is",
            'self.won_sums["value"].mean(self.won)',
            'self.won_sums["value"].mean(self.arrived)',
        ),
        (
            "a mean from 0 up may lie below",
            "found = attrs.evolve(found, low=max(0.0, found.low))",
            "pass",
        ),
        (
            "a deal is late before it breaches twice",
            '["breaches"])[came] > 0)',
            '["breaches"])[came] > 1)',
        ),
        (
            "lost deals of unknown value count as won ones",
            '["value"])[won])',
            '["value"])[came])',
        ),
        (
            "sums of wins are those of all",
            "sums_of(each[won])",
            "sums_of(each[came])",
        ),
        (
            "parts of which one waits for reps do not",
            "self.shared or other.shared",
            "self.shared and other.shared",
        ),
        (
            "parts forget what was left out",
            "left_out=self.left_out + other.left_out",
            "left_out=self.left_out",
        ),
        (
            "time in a stage has an interval though deals wait for each other",
            "return self._sure(self.stage(stage).times.percentile(_checked(share)))",
            "return self.stage(stage).times.percentile(_checked(share))",
        ),
        (
            "days to an end have an interval though deals wait for each other",
            "return self._sure(self.cycle.percentile_of(_end(end), _checked(share)))",
            "return self.cycle.percentile_of(_end(end), _checked(share))",
        ),
        (
            "curves have a band though deals wait for each other",
            "return attrs.evolve(found, low=nothing, high=nothing)",
            "return attrs.evolve(found, low=nothing)",
        ),
        (
            "half are opened when half are given up",
            "self.intake.percentile_of(0,",
            "self.intake.percentile_of(1,",
        ),
    ),
    *faults_in(
        "simulation/tallies.py",
        (
            "losses do not end a cycle",
            "ends[OUTCOMES.index(loss)] = 1",
            "ends[OUTCOMES.index(loss)] = len(ENDS)",
        ),
        (
            "deals that wait to be opened have been opened",
            "enumerate((Outcome.NEVER_OPENED, Outcome.QUEUED), 1)",
            "enumerate((Outcome.NEVER_OPENED,), 1)",
        ),
        (
            "who is in a stage has left it",
            "Lifetimes.of(spent[came, number], here[came].astype(np.int64), 1)",
            "Lifetimes.of(spent[came, number], 0 * here[came], 1)",
        ),
        (
            "nobody comes to a stage once",
            "came = visits[:, number] > 0",
            "came = visits[:, number] > 1",
        ),
        (
            "what is lost is worth something to somebody",
            "won & ~np.isnan(values)",
            "~np.isnan(values)",
        ),
        (
            "money is cut off",
            "np.rint(known * MONEY).astype",
            "np.trunc(known * MONEY).astype",
        ),
        (
            "a square fits whatever there are of them",
            "most**2 * len(values) >= 2**63",
            "most**2 >= 2**63",
        ),
        (
            "a rule is passed by as many deals as times",
            "(passed[:, number] > 0).sum()",
            "passed[:, number].sum()",
        ),
        ("timers are contact gaps", "is_gap=number < gaps", "is_gap=number <= gaps"),
        (
            "a cycle begins when a deal comes",
            'over - np.asarray(columns["opened_at"])[is_open]',
            'over - np.asarray(columns["arrived_at"])[is_open]',
        ),
        (
            "who waits to be opened has left",
            "OUTCOMES.index(ended)] = number",
            "OUTCOMES.index(ended)] = 1",
        ),
        (
            "parts forget what rules have moved",
            "moved=self.moved + other.moved",
            "moved=self.moved",
        ),
    ),
    *faults_in(
        "simulation/rep_time.py",
        (
            "work is done on the first visit only",
            "found += efforts[:, number] * _mean(life.effort)",
            "found += (efforts[:, number] > 0) * _mean(life.effort)",
        ),
        (
            "who leaves before a rep has time keeps one",
            'efforts = np.asarray(columns["efforts"])',
            'efforts = np.asarray(columns["visits"])',
        ),
    ),
    *faults_in(
        "simulation/outcomes.py",
        (
            "timers are numbered from the first gap",
            "first = len(process.contact_gaps)",
            "first = 0",
        ),
        (
            "any time kills by silence",
            "np.isin(rule, silence_rules(process))",
            "(rule >= 0)",
        ),
    ),
    *faults_in(
        "simulation/figures.py",
        (
            "a win rate speaks of the deals that came",
            '"Wilson", summary.won + summary.lost)',
            '"Wilson", summary.arrived)',
        ),
        (
            "shares are in thousandths",
            "number * 100 if unit == SHARE",
            "number * 1000 if unit == SHARE",
        ),
        (
            "figures of deals that wait for each other say how their interval is made",
            'attrs.evolve(figure, interval="none") if summary.shared else figure',
            "figure",
        ),
    ),
    *faults_in(
        "simulation/metrics.py",
        (
            "half are closed when half are lost",
            "lambda s: s.cycle_days()",
            'lambda s: s.days_to("lost")',
        ),
        (
            "touches of a win are those of a deal",
            'NUMBER, lambda s: s.per_win("touches")',
            'NUMBER, lambda s: s.per_deal("touches")',
        ),
    ),
    *faults_in(
        "simulation/comparison.py",
        (
            "the ends of a difference change places",
            'f"{_signed(found.low, each.unit)} to {_signed(found.high, each.unit)}"',
            'f"{_signed(found.high, each.unit)} to {_signed(found.low, each.unit)}"',
        ),
        (
            "before is after",
            "for number in (each.before, each.after)]",
            "for number in (each.after, each.before)]",
        ),
        (
            "the ends of a table of differences are one",
            '"low": [each.difference.low',
            '"low": [each.difference.high',
        ),
    ),
    *faults_in(
        "simulation/bars.py",
        (
            "a bar below reaches as far as one above",
            "each.value - each.low,",
            "each.low if each.high is None else each.high - each.value,",
        ),
    ),
    *faults_in(
        "simulation/plots.py",
        (
            "parked deals are worth something to the pipeline",
            'np.isin(np.asarray(columns["kind"]), (OPEN, NONE))',
            'np.isin(np.asarray(columns["kind"]), (OPEN, NONE, 3))',
        ),
        (
            "a tenth is a quarter",
            "for share in (0.1, 0.9)",
            "for share in (0.25, 0.75)",
        ),
        (
            "an interval is drawn where none holds",
            "half = summary.stage_days(stage.stage)",
            "half = stage.times.percentile(0.5)",
        ),
    ),
    *faults_in(
        "simulation/defaults.py",
        (
            "five working days are five days",
            "span.amount * DAY * 7 / 5",
            "span.amount * DAY",
        ),
        (
            "the longest gap is heeded",
            "min(gaps) * SHARE_OF_GAP",
            "max(gaps) * SHARE_OF_GAP",
        ),
        (
            "the loosest limit is kept",
            "min(limits) * SHARE_OF_LIMIT",
            "max(limits) * SHARE_OF_LIMIT",
        ),
        (
            "two ways are each gone as often as one",
            "{name: going / len(forward) for name in forward}",
            "{name: going for name in forward}",
        ),
    ),
)
