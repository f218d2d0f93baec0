"""What is learned from a history: how long things last, where deals go, who touches whom."""

from tests.faults.fault import faults_in

FAULTS = (
    *faults_in(
        "simulation/fitting/waiting.py",
        (
            "the later half begins with its first",
            '"lower"',
            '"higher"',
        ),
        (
            "whole units are those that are full",
            "round(length / size)) for unit",
            "int(length / size)) for unit",
        ),
        (
            "what goes on is left out",
            "np.add.at(counts, (end, place), 1)",
            "np.add.at(counts, (end[end >= 0], place[end >= 0]), 1)",
        ),
        (
            "what ended at once says how long the rest stays",
            "took_time = lasted[ended & (lasted > 0)]",
            "took_time = lasted[ended]",
        ),
        (
            "all that ended says how rarely the rest does",
            "late = ended & (lasted > since)",
            "late = ended & (lasted >= since)",
        ),
        (
            "the tail begins when everything did",
            "ends.after[-1] + np.round(",
            "np.round(",
        ),
        (
            "the tail goes all ways alike",
            "ways = np.bincount(end[late], minlength=len(ends.share)) / np.count_nonzero(late)",
            "ways = np.full(len(ends.share), 1 / len(ends.share))",
        ),
        (
            "what nobody left is left after all",
            "after = np.array([_FOR_EVER])",
            "after = np.array([ends.after[-1]])",
        ),
        (
            "values stand for equal numbers of lengths instead of equal shares",
            "(np.cumsum(often) - often / 2) * POINTS",
            "np.arange(len(often)) / len(often) * POINTS",
        ),
        (
            "units are too coarse",
            "_PRECISE = 0.01",
            "_PRECISE = 0.05",
        ),
    ),
    *faults_in(
        "simulation/fitting/stages_seen.py",
        (
            "ties make nothing clearer",
            "max(0.0, 1.0 - ties)",
            "1.0",
        ),
        (
            "visits that go on are no visits",
            "visits=len(visits),",
            "visits=len(visits) - going_on,",
        ),
        ("few visits have times of their own", "ENOUGH = 30", "ENOUGH = 29"),
        ("many visits have none", "ENOUGH = 30", "ENOUGH = 61"),
        (
            "chance gives ways times of their own",
            "BEYOND_CHANCE = 2.576",
            "BEYOND_CHANCE = 0.0",
        ),
        (
            "ties have the rank of their last",
            "(np.cumsum(often) - (often - 1) / 2)",
            "np.cumsum(often)",
        ),
        (
            "nobody is expected to stay longer than was seen",
            "whole = with_tail(ends, lasted, end)",
            "whole = ends",
        ),
        (
            "all parked deals come back",
            "revived=round(float(came_back.sum()), 4),",
            "revived=1.0,",
        ),
        (
            "what goes elsewhere is not told from what goes on",
            "int(np.count_nonzero(end == GOES_ON)) - going_on,",
            "int(np.count_nonzero(end == GOES_ON)),",
        ),
    ),
    *faults_in(
        "simulation/fitting/seen.py",
        (
            "a touch as the deal leaves comes too late",
            'pl.col("at") <= pl.col("ends"), ~opens',
            'pl.col("at") < pl.col("ends"), ~opens',
        ),
        (
            "what is planned was done",
            'pl.col("status") == "done",',
            "",
        ),
        (
            "deals that open later count",
            '.filter(pl.col("stage").is_not_null())',
            "",
        ),
        ("skipped stages are no way", "if len(steps) > 1:", "if len(steps) > 9:"),
        (
            "stages that were passed took as long as the one before",
            'pl.when(is_later).then("left_at").otherwise("entered_at")',
            'pl.col("entered_at")',
        ),
        (
            "openings further on are no passing",
            "if len(shortest_route(process, first, s)) > 1",
            "if len(shortest_route(process, first, s)) > 9",
        ),
        (
            "a rest does not part two spells",
            "spell=(is_open & begins).cum_sum()",
            'spell=pl.col("deal")',
        ),
        (
            "touches of closed deals count",
            '.filter(pl.col("at") <= pl.col("ends"), ~opens)',
            ".filter(~opens)",
        ),
        (
            "what brings a deal back is a call",
            '.filter(pl.col("at") <= pl.col("ends"), ~opens)',
            '.filter(pl.col("at") <= pl.col("ends"))',
        ),
        (
            "what bounced is a touch of a history",
            "(kind == codes.ACTIVITY) & (subject != 0)",
            "(kind == codes.ACTIVITY)",
        ),
        ("people work at night", "MOSTLY = 0.8", "MOSTLY = 0.0"),
        ("people never keep hours", "MOSTLY = 0.8", "MOSTLY = 1.1"),
    ),
    *faults_in(
        "simulation/fitting/contact.py",
        (
            "what came in might have been in the diary",
            'int(ours["is_booked"].sum()) / len(ours)',
            'int(ours["is_booked"].sum()) / len(seen.touches)',
        ),
        (
            "before the first touch there was another",
            "answered[:-1] | ~waits.since_touch[:-1]",
            "answered[:-1]",
        ),
        (
            "buyers answer as they seldom do",
            'after=distribution_of(after, share),\n        kind=seen.inbound["kind"][0]',
            'after=distribution_of(after, share),\n        kind=seen.inbound["kind"][-1]',
        ),
        (
            "silences that go on are left out",
            "end = np.where(waits.by_touch, 0, GOES_ON)",
            "end = np.zeros(len(lasted), dtype=np.int64)",
        ),
        ("nothing answers in vain", "if outcome in NEVER_REACHED:", "if False:"),
        (
            "a late answer is more than asked for",
            "counts = ~waits.since_touch | settled",
            "counts = np.ones(len(answered), dtype=bool)",
        ),
        (
            "the first answer was not asked for either",
            "more = waits.came_in - (waits.since_touch & answered)",
            "more = waits.came_in",
        ),
        (
            "all that comes in is an answer",
            "> CLEARLY * np.sqrt(often))",
            "> -1e9)",
        ),
        (
            "what comes anyway is not taken off",
            "left * np.exp(rate * edges)",
            "left",
        ),
        (
            "what has ended may be less later",
            "np.minimum.accumulate(beyond[::-1])[::-1]",
            "beyond",
        ),
    ),
    *faults_in(
        "simulation/fitting/knowledge.py",
        (
            "several values stand as the smallest",
            "round(float(part.mean()))",
            "round(float(part[0]))",
        ),
        (
            "values that stand for several count once",
            "[len(part) for part in parts]",
            "[1 for part in parts]",
        ),
        (
            "nothing is worth nothing",
            "worth.filter(worth >= 0)",
            "worth.filter(worth > 0)",
        ),
        (
            "all facts are known of all deals",
            "share = round(count / len(seen.deals), 4)",
            "share = 1.0",
        ),
        (
            "who knows no value knows it",
            "share = round(len(worth) / len(seen.deals), 4)",
            "share = 1.0",
        ),
        (
            "values are alike often",
            "values=values, weights=weights)",
            "values=values)",
        ),
        (
            "what gates ask for is not there",
            "if learning.stage is not None:",
            "if False:",
        ),
    ),
    *faults_in(
        "simulation/fitting/fit_check.py",
        (
            "a share may lie above all",
            "high = min(1.0, high) if unit == SHARE else high",
            "high += 0.0",
        ),
        (
            "half of the wins are their mean",
            "float(np.median(days))",
            "float(np.mean(days))",
        ),
        (
            "who comes twice came twice",
            '(columns["visits"] > 0).sum',
            'columns["visits"].sum',
        ),
        (
            "the history is no further run",
            "math.sqrt(1 + 1 / len(known))",
            "math.sqrt(1 / len(known))",
        ),
        (
            "what nobody can say differs",
            "return self.history is None and self.simulated is None",
            "return False",
        ),
        (
            "gaps hold deals up",
            "[attrs.evolve(gap, mode=Mode.OBSERVE) for gap in process.contact_gaps]",
            "process.contact_gaps",
        ),
        (
            "timers move deals",
            "[attrs.evolve(timer, mode=Mode.OBSERVE) for timer in process.timers]",
            "process.timers",
        ),
        (
            "time in closed stages is open time",
            '"spent"][:, is_open].sum()',
            '"spent"].sum()',
        ),
        (
            "all deals are simulated, however many",
            "opened.gather_every(-(-len(opened) // MOST_DEALS))",
            "opened",
        ),
        (
            "each run is the same",
            "seed=seed + run,",
            "seed=seed,",
        ),
    ),
    *faults_in(
        "graph/routes.py",
        (
            "a way leads through lost stages",
            'n in ends or graph.nodes[n]["kind"] == StageKind.OPEN',
            "True",
        ),
        ("time makes ways", 'if said["kind"] != "timer"', ""),
    ),
    *faults_in(
        "simulation/fitting/fitted.py",
        (
            "there are as many gaps as openings",
            "lasted / (len(opened) - 1)",
            "lasted / len(opened)",
        ),
    ),
    *faults_in(
        "simulation/fitting/notes.py",
        (
            "a tenth is not worth a word",
            "MANY = 0.1",
            "MANY = 0.11",
        ),
    ),
)
