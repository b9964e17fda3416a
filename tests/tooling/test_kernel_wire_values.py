"""Whatever plain data is made of comes through the wire as it went in."""

import json
from datetime import UTC, timedelta, timezone

from hypothesis import given, settings
from hypothesis import strategies as st

from halfway.wire import pack, unpack


def nothing_else(*what):
    raise AssertionError(f"{what} is not plain")


def crossed(value):
    return unpack(json.loads(json.dumps(pack(value, nothing_else))), nothing_else)


hashable = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text() | st.floats() | st.binary()
    | st.datetimes(timezones=st.none() | st.just(UTC) | st.just(timezone(timedelta(hours=-5, minutes=30)))) | st.timedeltas(),
    lambda inner: st.lists(inner, max_size=3).map(tuple) | st.frozensets(inner, max_size=3),
    max_leaves=6,
)  # fmt: skip
values = st.recursive(
    hashable | st.sets(hashable, max_size=3),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(hashable, inner, max_size=3),
    max_leaves=10,
)


@settings(max_examples=150, deadline=None, derandomize=True)
@given(values)
def test_every_plain_value_comes_through_as_it_is(value):
    """Equal, of the same types all the way down, and written the same, for whatever plain data is made of."""
    back = crossed(value)
    assert type(back) is type(value)
    assert repr(pack(back, nothing_else)) == repr(pack(value, nothing_else))
    assert back == value or "nan" in repr(value)
