"""The shape of a note: what goes in anyhow comes out the same way."""

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from records.charting.note import joined, normal_code, shaped, without_blanks

words = st.text(alphabet="ab \0\r\n☂", max_size=12)
anything = st.recursive(
    st.none() | st.booleans() | st.integers() | words,
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(
            st.sampled_from(["text", "code", "medicine", "dose", "diagnoses", "other"]),
            inner,
            max_size=4,
        )
    ),
)


@settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(
    st.dictionaries(
        st.sampled_from(["visit_type", "notes", "plan", "diagnoses", "lines", "x"]),
        anything,
    )
)
def test_any_body_gets_the_shape(body):
    note = shaped(body)
    assert set(note) == {"visit_type", "notes", "plan", "diagnoses", "lines"}
    assert shaped(note) == note
    texts = [note["notes"], *(v for row in note["diagnoses"] for v in row.values())]
    assert all(isinstance(text, str) and "\0" not in text for text in texts)


def test_blank_rows_and_blanks_around_are_left_out():
    body = {
        "notes": "  well \r\n",
        "diagnoses": [{"text": " Asthma ", "code": "j45909"}, {"text": " "}],
        "lines": [{"duration_days": 7, "medicine": "Salbutamol"}, {}],
    }
    note = without_blanks(shaped(body))
    assert note["notes"] == "well"
    assert note["diagnoses"] == [{"text": "Asthma", "code": "J45.909"}]
    assert [row["duration_days"] for row in note["lines"]] == ["7"]


@pytest.mark.parametrize(
    ("typed", "code"),
    [
        ("i10", "I10"),
        (" e119 ", "E11.9"),
        ("E11.9", "E11.9"),
        ("S72001A", "S72.001A"),
        ("C7A", "C7A"),
        ("M1A00X0", "M1A.00X0"),
        ("nonsense", "NONSENSE"),
        ("", ""),
    ],
)
def test_codes_are_written_one_way(typed, code):
    assert normal_code(typed) == code


def test_joining_keeps_both():
    asthma, migraine = {"text": "Asthma"}, {"text": "Migraine"}
    mine = shaped({"notes": "Mine", "plan": "Same", "diagnoses": [asthma, {}]})
    theirs = shaped(
        {"notes": "Theirs", "plan": "Same", "diagnoses": [migraine, asthma]}
    )
    both = joined(mine, theirs)
    assert (both["notes"], both["plan"]) == ("Mine\n\nTheirs", "Same")
    assert [row["text"] for row in both["diagnoses"]] == ["Asthma", "Migraine"]
