import pytest

from govstack_kit.errors import ArgumentError
from govstack_kit.planning.starting_points import add_from_list, steps_in


@pytest.mark.parametrize(
    ("pasted", "names"),
    [
        ("1. x\n2) y\n- z\n\nStep 3: go\n٣. سجل\n٤) ادفع", ["x", "y", "z", "go", "سجل", "ادفع"]),
        ("a\nb\n\nc", ["a", "b", "c"]),
        ("1\tRegister\tonline\n2\tPay\tby phone", ["Register", "Pay"]),
        ("Étape 1 – Inscription\nPaso 2 - Pago\nالخطوة 3: ادفع", ["Inscription", "Pago", "ادفع"]),  # noqa: RUF001
        ("1.1 Foo\n1.2 Bar", ["Foo", "Bar"]),
        ("• x\n● y", ["x", "y"]),
        ("1、登録\n2、支払い", ["登録", "支払い"]),
        ("The steps are:\n1. a\n2. b", ["a", "b"]),
        ("1.Register\n2.Pay", ["Register", "Pay"]),
        ("2024 budget\n3 offices", ["2024 budget", "3 offices"]),
        ("### 3 - Registration\n### **7 - Pay**", ["Registration", "Pay"]),
        ("<script>alert(1)</script>\n=cmd|x", ["<script>alert(1)</script>", "=cmd|x"]),
        ("Step 1\nStep 2", ["Step 1", "Step 2"]),
        ("", []),
        (" \n\x00\n", []),
    ],
)
def test_steps_are_found_in_any_kind_of_list(pasted, names):
    assert [step.name for step in steps_in(pasted)] == names


def test_what_goes_on_below_a_step_is_its_description():
    apply, check = steps_in(
        "1. Apply - online\n   - with a form\n   - with an id\n2. Check\nby hand"
    )
    assert apply == ("Apply", "online\n- with a form\n- with an id")
    assert check == ("Check", "by hand")


def test_a_line_too_long_for_a_name_is_kept_whole():
    words = "word " * 100
    (step,) = steps_in(words)
    assert step.name.endswith("…")
    assert step.description == words.strip()


def test_an_empty_list_leaves_the_plan_alone(plan):
    with pytest.raises(ArgumentError, match="No step was found"):
        add_from_list(plan, "Empty", "\n\n")
    assert len(plan.use_cases) == 1
