"""Random logs for random processes, and how to write them down."""

import csv
import io

from tests.rules.builder import KINDS, VALUES, instants, random_process

from salesflow.history.reading.mapping import (
    ActivityValue,
    Columns,
    FactColumn,
    Mapping,
    Reading,
    StageValue,
)

COLUMNS = ("deal", "at", "what", "by", "owner", "direction", "outcome", "status")


def random_mapping(rng, process):
    stages = {f"in {stage.id}": StageValue(stage=stage.id) for stage in process.stages}
    first = rng.choice(process.stages).id
    stages["once"] = StageValue(stage=first, first=True)
    activities = {kind: ActivityValue(kind=kind) for kind in KINDS}
    activities["letter in"] = ActivityValue(kind="letter", direction="in", status="done")
    activities["once"] = ActivityValue(kind="call", outcome="voicemail")
    return Mapping(
        columns=Columns(
            deal="deal",
            by="by",
            owner="owner",
            direction="direction",
            outcome="outcome",
            status="status",
        ),
        readings=(Reading(at="at", what=("what",)),),
        opens=rng.choice(((), (), ("once", "call", "nothing at all"))),
        stages=stages,
        activities=activities,
        ignore=("nothing",),
        facts={name: FactColumn(column=f"fact {name}") for name in VALUES},
        source=rng.choice(("", "crm")),
    )


def random_rows(rng, process, mapping, most=40):
    """Rows of a few deals in no order, some of them twice; one of them opens its deal."""
    values = [*sorted(mapping.values), "unheard of", ""]
    rows = []
    for deal in ("D1", "D2", "D3")[: rng.randint(1, 3)]:
        for at in instants(rng, process, rng.randint(0 if rows else 1, most // 3)):
            row = {
                "deal": deal,
                "at": at.isoformat(),
                "what": rng.choice(values) if rows else "call",
                "by": rng.choice(("", "dana")),
                "owner": rng.choice(("", "", "dana", "kim")),
                "direction": rng.choice(("", "in", "out", "inbound")),
                "outcome": rng.choice(("", "", "voicemail", "bounced", "dull")),
                "status": rng.choice(("", "done", "no_show")),
            }
            for name, known in VALUES.items():
                told = rng.choice(known) if rng.random() < 0.2 else ""
                row[f"fact {name}"] = str(told).lower() if isinstance(told, bool) else str(told)
            rows.append(row)
    rows += [dict(rng.choice(rows)) for _ in range(rng.randint(0, 2))]
    rng.shuffle(rows)
    return rows


def random_case(rng):
    process = random_process(rng)
    mapping = random_mapping(rng, process)
    return process, mapping, random_rows(rng, process, mapping)


def as_csv(rows):
    text = io.StringIO()
    writer = csv.DictWriter(text, rows[0].keys())
    writer.writeheader()
    writer.writerows(rows)
    return text.getvalue()
