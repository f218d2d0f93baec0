"""Heaps of items whose keys may change, against a list that is searched."""

from hypothesis import given
from hypothesis import strategies as st

from salesflow.rules.codes import NONE
from salesflow.simulation.kernel.heaps import first_of, new_heap, put, take_out

HEAPS, SIZE = 2, 12
STEP = st.tuples(
    st.integers(0, SIZE - 1), st.integers(0, HEAPS - 1), st.integers(0, 9), st.integers(0, 3)
)
STEPS = st.lists(STEP, min_size=20, max_size=90)


@given(STEPS)
def test_first(steps):
    """The first of each heap is that of the smallest key, then tie, whatever went in and out."""
    heap, known = new_heap(HEAPS, SIZE), {}
    for tie, (item, which, key, stays) in enumerate(steps):
        if item in known and not stays:
            take_out(heap, known.pop(item)[0], item)
        else:
            # An item that is in a heap stays there.
            at = known[item][0] if item in known else which
            # Keys are often equal, so that ties decide; of the same item they fall and rise.
            known[item] = at, key, tie if key % 2 else -tie
            put(heap, at, item, *known[item][1:])
        for one in range(HEAPS):
            inside = [(*rest, name) for name, (at, *rest) in known.items() if at == one]
            assert first_of(heap, one) == (min(inside)[-1] if inside else NONE)
            assert heap.filled[one] == len(inside)
        assert {name for name, place in enumerate(heap.place) if place != NONE} == known.keys()
