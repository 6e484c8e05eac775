"""What the property-based tests share."""

from hypothesis import settings
from hypothesis import strategies as st

#: The same examples every time, nothing written to the disk.
PROPERTY = settings(max_examples=100, deadline=None, database=None, derandomize=True)

JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.text(max_size=12)
    | st.sampled_from(["", "1", "0", "-1", "1 234,50 грн", "2026-01-01T00:00:00", "NaN", "\x00"]),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=6), inner, max_size=3)
    ),
    max_leaves=8,
)
