"""Guards that say the same in other words are accepted, those that leave a choice are not."""

from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st
from troposphere import And, Equals, Not, Or, Ref

from stackgen import Condition, Parameter
from stackgen.logic import MOST_ATOMS, Logic

ENV = Parameter(logical_id="Env")
ZONE = Parameter(logical_id="Zone")

CONDITIONS = {
    name: Condition(expression, logical_id=name)
    for name, expression in {
        "IsProd": Equals(ENV, "prod"),
        "ProdAgain": Equals("prod", Ref("Env")),
        "NotProd": Not(Equals(Ref(ENV), "prod")),
        "Wide": Equals(ZONE, "3"),
        "Both": And({"Condition": "IsProd"}, {"Condition": "Wide"}),
        "Either": Or({"Condition": "IsProd"}, {"Condition": "Wide"}),
        "Neither": And(Not({"Condition": "IsProd"}), Not({"Condition": "Wide"})),
        "Round": {"Condition": "Round"},
    }.items()
}


@pytest.mark.parametrize(
    ("known", "holds", "needed"),
    [
        ("IsProd", True, "IsProd"),
        ("ProdAgain", True, "IsProd"),
        ("NotProd", False, "IsProd"),
        ("IsProd", False, "NotProd"),
        ("Both", True, "Wide"),
        ("Wide", True, "Either"),
        ("Neither", False, "Either"),
        ("Either", False, "NotProd"),
    ],
)
def test_what_follows_is_proven(known: str, holds: bool, needed: str) -> None:
    logic = Logic(CONDITIONS)
    logic.learn(known, holds=holds)
    assert logic.proves(needed, holds=True)


@pytest.mark.parametrize(
    ("known", "holds", "needed"),
    [
        ("IsProd", False, "IsProd"),
        ("IsProd", True, "NotProd"),
        ("Either", True, "IsProd"),
        ("Both", False, "NotProd"),
        ("Wide", True, "Both"),
        ("Neither", False, "IsProd"),
        ("IsProd", True, "Unheard"),
        ("IsProd", True, "Round"),
    ],
)
def test_what_leaves_a_choice_is_not(known: str, holds: bool, needed: str) -> None:
    logic = Logic(CONDITIONS)
    logic.learn(known, holds=holds)
    assert not logic.proves(needed, holds=True)


def test_without_a_guard_nothing_is_proven_however_many_comparisons_there_are() -> None:
    many = {"Many": Condition(Or(*(Equals(Ref(f"P{n}"), "x") for n in range(MOST_ATOMS + 1))), logical_id="Many")}
    assert not Logic(many).proves("Many", holds=True)


expressions = st.recursive(
    st.sampled_from(["A", "B", "C"]).map(lambda name: Equals(Ref(name), "true")),
    lambda inner: st.one_of(
        inner.map(Not),
        st.tuples(inner, inner).map(lambda two: And(*two)),
        st.tuples(inner, inner).map(lambda two: Or(*two)),
    ),
    max_leaves=6,
)


def decided(expression: object, values: dict[str, bool]) -> bool:
    ((function, parts),) = expression.data.items()  # type: ignore[attr-defined]  # made of helpers above
    if function == "Fn::Equals":
        return values[parts[0].data["Ref"]]
    inner = [decided(part, values) for part in parts]
    return {"Fn::Not": not inner[0], "Fn::And": all(inner), "Fn::Or": any(inner)}[function]


@given(known=expressions, needed=expressions)
def test_it_agrees_with_trying_every_value(known: object, needed: object) -> None:
    conditions = {"Known": Condition(known, logical_id="Known"), "Needed": Condition(needed, logical_id="Needed")}
    logic = Logic(conditions)
    logic.learn("Known", holds=True)
    rows = [dict(zip("ABC", row, strict=True)) for row in product((True, False), repeat=3)]
    follows = all(decided(needed, row) for row in rows if decided(known, row))
    assert logic.proves("Needed", holds=True) == follows
