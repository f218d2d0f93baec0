"""Hypothesis strategies for valid processes and everything in them. Start with `processes`."""

from __future__ import annotations

import datetime as dt
import functools

from hypothesis import strategies as st
from tests.process.gate_strategies import facts_lists, gate_texts, names, spans, texts, words

from salesflow.calendars import Calendar, Span, Unit
from salesflow.process.activities import BUILT_IN_ACTIVITIES
from salesflow.process.model import Process
from salesflow.process.parts import (
    BUILT_IN_FACTS,
    BUILT_IN_TOUCHES,
    ActivityKind,
    ContactGap,
    Criterion,
    Direction,
    Escalation,
    FactType,
    Holds,
    Listing,
    Mode,
    Move,
    NamedCalendar,
    Play,
    Postponement,
    Revival,
    Role,
    Stage,
    StageKind,
    Timer,
    TouchClass,
)

before_spans = st.builds(
    Span, st.integers(1, 90), st.sampled_from([Unit.DAYS, Unit.WEEKS, Unit.BUSINESS_DAYS])
)
"""What one can count back from a date."""
currencies = st.sampled_from([None, "USD", "EUR", "JPY"])

windows = st.sampled_from([["09:00-17:00"], ["08:30-12:00", "13:00-16:45"], ["00:00-24:00"]])
calendars = st.builds(
    Calendar,
    timezone=st.sampled_from(["UTC", "America/New_York", "Asia/Kolkata", "Pacific/Apia"]),
    hours=st.none()
    | st.dictionaries(st.sampled_from(["mon", "tue-thu", "fri", "sat-sun"]), windows, min_size=1),
    holidays=st.lists(
        st.dates(dt.date(2020, 1, 1), dt.date(2030, 12, 31)), max_size=3, unique=True
    ),
    special=st.dictionaries(
        st.dates(dt.date(2020, 1, 1), dt.date(2030, 12, 31)).map(str), windows, max_size=2
    ),
)
frozen_calendars = st.builds(
    lambda dates: Calendar(
        "UTC",
        holidays={"country": "US"},
        frozen={"version": "1", "first_year": 2020, "last_year": 2030, "dates": dates},
    ),
    st.lists(st.dates(dt.date(2020, 1, 1), dt.date(2030, 12, 31)), max_size=9, unique=True),
)

named_calendars = st.lists(
    st.builds(NamedCalendar, id=names, calendar=calendars | frozen_calendars),
    max_size=2,
    unique_by=lambda each: each.id,
)

holds = st.builds(
    Holds,
    longest=st.none() | spans,
    per_deal=st.none() | st.integers(1, 9),
    reasons=st.lists(words, unique=True, max_size=3),
    end_on_inbound=st.booleans(),
)

postponements = st.builds(
    Postponement,
    inbound=st.none() | spans,
    planned=st.none() | spans,
    at_most=st.none() | spans,
).filter(lambda postpone: postpone.inbound or postpone.planned)


class _Scope:
    """What the parts of one process know of each other."""

    def __init__(self, draw, facts, currency, roles, activities):
        self.draw = draw
        self.kinds = [*sorted(BUILT_IN_ACTIVITIES), *(kind.id for kind in activities)]
        self.facts = facts
        self.currency = currency
        self.roles = roles
        self.stages = ()
        self.touches = ()
        self.used = set()

    def new_name(self):
        """Return a new name of the namespace that criteria and rules share."""
        name = self.draw(names.filter(lambda name: name not in self.used))
        self.used.add(name)
        return name

    @functools.cached_property
    def gates(self):
        # One for all: building a strategy takes longer than drawing from it.
        return gate_texts(self.facts, self.currency)

    @property
    def dates(self):
        return [fact.id for fact in self.facts if fact.type is FactType.DATE]

    @property
    def touch_names(self):
        return [touch.id for touch in (*BUILT_IN_TOUCHES, *self.touches)]


@st.composite
def _criteria(draw, scope):
    """What a stage or a move asks for; a plain string has its own text as its name."""
    found = {}
    for _ in range(draw(st.integers(0, 2))):
        text = draw(scope.gates)
        if text is None:
            continue
        is_plain = draw(st.booleans()) and text not in scope.used
        criterion = Criterion(
            id=text if is_plain else scope.new_name(),
            expression=text,
            say="" if is_plain else draw(texts),
            by=draw(_some(scope.roles)),
        )
        found[criterion.id] = criterion
    scope.used.update(found)
    return tuple(found.values())


@st.composite
def _stages(draw, scope):
    kinds = [
        *[StageKind.OPEN] * draw(st.integers(0, 4)),
        *[StageKind.WON] * draw(st.integers(1, 2)),
        *[StageKind.LOST] * draw(st.integers(0, 2)),
        *[StageKind.PARKED] * draw(st.integers(0, 2)),
    ]
    kinds = [StageKind.OPEN, *draw(st.permutations(kinds))]
    ids = draw(st.lists(names, unique=True, min_size=len(kinds), max_size=len(kinds)))
    return tuple(draw(_stage(scope, *pair)) for pair in zip(ids, kinds, strict=True))


@st.composite
def _stage(draw, scope, name, kind):
    reasons = st.lists(words, unique=True, max_size=3) if kind is StageKind.LOST else st.just(())
    revivals = st.none() | st.sampled_from(Revival) if kind is StageKind.PARKED else st.none()
    return Stage(
        id=name,
        kind=kind,
        title=draw(texts),
        win_probability=draw(st.none() | st.floats(0, 1)),
        exit=draw(_criteria(scope)) if kind is StageKind.OPEN else (),
        reasons=draw(reasons),
        revive=draw(revivals),
    )


@st.composite
def _moves(draw, scope):
    possible = [
        (start.id, end.id)
        for start in scope.stages
        for end in scope.stages
        if start is not end
        and start.kind in (StageKind.OPEN, StageKind.PARKED)
        and not (start.kind is StageKind.PARKED and end.kind is StageKind.WON)
    ]
    return tuple(
        Move(
            from_stage=start,
            to_stage=end,
            title=draw(texts),
            by=draw(_some(scope.roles)),
            exit=draw(_criteria(scope)),
            reason_required=draw(st.booleans()),
        )
        for start, end in draw(st.lists(st.sampled_from(possible), unique=True, max_size=3))
    )


def _some(values):
    return st.lists(st.sampled_from(values), unique=True) if values else st.just([])


@st.composite
def _touches(draw, kinds):
    found = draw(st.lists(names, unique=True, max_size=2))
    return tuple(
        TouchClass(
            id=name,
            kinds=draw(_some(kinds)),
            direction=draw(st.sampled_from(Direction)),
            not_outcomes=draw(st.lists(words, unique=True, max_size=2)),
            unanswered_cap=draw(st.none() | st.integers(1, 5)),
        )
        for name in found
    )


@st.composite
def _common(draw, scope):
    """What contact gaps and timers have in common."""
    steps = st.just(())
    if scope.roles:
        step = st.builds(Escalation, after=spans, to=st.sampled_from(scope.roles))
        steps = st.lists(step, max_size=2)
    return {
        "id": scope.new_name(),
        "stages": draw(_some([stage.id for stage in scope.stages])),
        "when": draw(st.none() | scope.gates),
        "escalate": draw(steps),
        "mode": draw(st.none() | st.sampled_from(Mode)),
    }


@st.composite
def _gaps(draw, scope):
    longest = draw(spans)
    shorter = st.builds(Span, st.integers(1, longest.count), st.just(longest.unit))
    return ContactGap(
        touch=draw(st.sampled_from(scope.touch_names)),
        max=longest,
        warn=draw(st.none() | shorter),
        **draw(_common(scope)),
    )


@st.composite
def _timers(draw, scope):
    stops = [
        "touch",
        *(f"touch:{name}" for name in scope.touch_names),
        *(f"fact:{fact.id}" for fact in scope.facts),
        *(f"activity:{kind}" for kind in scope.kinds[-3:]),
    ]
    dates = [f"date:{name}" for name in scope.dates]
    since = draw(st.sampled_from(["stage", "stage_total", "opened", *stops, *dates * 3]))
    after = draw(st.none() | spans if since.startswith("date:") else spans)
    before = None
    notice = st.none()
    if after is not None:
        notice |= st.builds(Span, st.integers(1, after.count), st.just(after.unit))
    else:
        before = draw(st.none() | before_spans)
    if before is not None:
        notice |= st.builds(Span, st.integers(1, 90), st.just(before.unit))
    same = ("touch", "touch:any")
    until = [stop for stop in stops if stop != since and not {stop, since} <= set(same)]
    ends = [stage for stage in scope.stages if stage.kind is not StageKind.WON]
    end = draw(st.none() | st.sampled_from(ends))
    reasons = st.just("") if end is None else st.sampled_from(end.reasons) if end.reasons else texts
    return Timer(
        since=since,
        until=draw(st.none() | st.sampled_from(until)),
        after=after,
        before=before,
        notice=draw(notice),
        postpone=draw(st.none() | postponements),
        move_to=end.id if end else None,
        reason=draw(reasons),
        **draw(_common(scope)),
    )


@st.composite
def _activities(draw):
    return tuple(
        ActivityKind(
            id=name,
            like=draw(st.none() | st.sampled_from(sorted(BUILT_IN_ACTIVITIES))),
            selling=draw(st.none() | st.booleans()),
        )
        for name in draw(st.lists(names, unique=True, max_size=2))
    )


@st.composite
def _plays(draw, scope, name):
    keys = ["within", "after", "every", *["before"] * bool(scope.dates)]
    key = draw(st.sampled_from(keys))
    when = {key: draw(before_spans if key == "before" else spans)}
    if key == "before":
        when["date"] = draw(st.sampled_from(scope.dates))
    return Play(
        id=name,
        title=draw(texts),
        role=draw(st.none() | st.sampled_from(scope.roles)) if scope.roles else None,
        activity=draw(st.sampled_from(scope.kinds)),
        stages=draw(_some([stage.id for stage in scope.stages])),
        when=draw(st.none() | scope.gates),
        minutes=draw(st.none() | st.integers(1, 600)),
        **when,
    )


@st.composite
def _roles(draw, scope, parts):
    """Roles, which may override parts of a process that is otherwise made."""
    found = [part.id for part in parts]
    return tuple(
        Role(id=name, may_override=draw(_some(found) | st.just(["*"]))) for name in scope.roles
    )


@st.composite
def processes(draw):
    """Valid processes with a bit of everything."""
    currency = draw(currencies)
    facts = draw(facts_lists())
    roles = draw(st.lists(names, unique=True, max_size=3))
    activities = draw(_activities())
    scope = _Scope(draw, (*BUILT_IN_FACTS, *facts), currency, roles, activities)
    reaching = [kind for kind, nature in BUILT_IN_ACTIVITIES.items() if nature.reaches]
    reaching += [kind.id for kind in activities if kind.like in reaching]
    scope.touches = draw(_touches(reaching))
    scope.stages = draw(_stages(scope))
    moves = draw(_moves(scope))
    gaps = draw(st.lists(_gaps(scope), max_size=2))
    timers = draw(st.lists(_timers(scope), max_size=3))
    criteria = [criterion for part in (*scope.stages, *moves) for criterion in part.exit]
    plays = draw(st.lists(names, unique=True, max_size=2))
    return Process(
        id=draw(names),
        version=draw(words),
        title=draw(texts),
        currency=currency,
        mode=draw(st.sampled_from(Mode)),
        back=draw(st.sampled_from(Listing)),
        out=draw(st.sampled_from(Listing)),
        calendar=draw(calendars),
        calendars=draw(named_calendars),
        roles=draw(_roles(scope, [*gaps, *timers, *criteria])),
        activities=activities,
        touches=scope.touches,
        facts=facts,
        stages=scope.stages,
        holds=draw(holds),
        moves=moves,
        contact_gaps=gaps,
        timers=timers,
        plays=[draw(_plays(scope, name)) for name in plays],
    )
