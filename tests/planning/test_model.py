import pytest

from govstack_kit import Plan, PlanError
from govstack_kit.planning.fields import LONGEST_NAME, LONGEST_TEXT
from govstack_kit.planning.model import MOST_STEPS, Choice, Step, UseCase

ODD = [
    "مرحبا بالعالم",
    "👩\u200d🌾 farmers",
    "日本語",
    "<script>alert(1)</script>",
    "=cmd|' /C calc'!A0",
]


@pytest.mark.parametrize("name", ["", "   ", "\x00", "\u200b", "\n\t"])
def test_empty_names_are_refused_in_a_sentence(plan, name):
    before = plan.data()
    with pytest.raises(PlanError, match="Name is empty: give it a name"):
        plan.add_use_case(name)
    with pytest.raises(PlanError, match="Name is empty"):
        plan.use_cases[0].add_step(name)
    with pytest.raises(PlanError, match="Name is empty"):
        plan.use_cases[0].name = name
    with pytest.raises(PlanError, match="Title is empty"):
        Plan.new(title=name)
    assert plan.data() == before


@pytest.mark.parametrize("name", ODD)
def test_any_script_is_kept_as_it_is(plan, name):
    added = plan.add_use_case(name)
    added.add_step(name)
    assert added.name == added.steps[0].name == name
    assert added.id
    assert Plan.model_validate(plan.data()) == plan


def test_control_characters_are_taken_out(plan):
    step = plan.use_cases[0].add_step("Re\x00gis\x1bter\u2028now\ud800", description="a\r\nb\x07")
    assert (step.name, step.description) == ("Register now", "a\nb")


def test_texts_that_are_too_long_are_refused_not_cut(plan):
    step = plan.use_cases[0].steps[0]
    with pytest.raises(PlanError, match=f"too long: it has 301 characters, {LONGEST_NAME} are"):
        step.name = "x" * 301
    with pytest.raises(PlanError, match="30,001 characters"):
        step.description = "x" * (LONGEST_TEXT + 1)
    assert (step.name, step.description) == ("Apply", "online")


def test_200_steps_are_fine_and_more_than_2000_are_refused(plan):
    many = plan.add_from_list("Long", "\n".join(f"{n}. Step {n}" for n in range(1, 201)))
    assert len(many.steps) == 200
    assert len({step.id for step in many.steps}) == 200
    with pytest.raises(PlanError, match=r"has 2,001 steps; a use case may have 2,000"):
        plan.add_from_list("Too long", "\n".join(f"{n}. x" for n in range(1, MOST_STEPS + 2)))
    many.steps = [Step(id=f"s{n}", name="x") for n in range(MOST_STEPS)]
    with pytest.raises(PlanError, match=r"at most 2,000 steps"):
        many.add_step("One more")


def test_two_parts_with_one_id_are_refused(plan):
    with pytest.raises(PlanError, match="already"):
        plan.add_use_case("Other", id="School-Fees")
    data = plan.data()
    data["use_cases"].append(data["use_cases"][0])
    with pytest.raises(ValueError, match="two use cases with the id 'school-fees'"):
        Plan.model_validate(data)


def test_problems_say_where_they_are(plan):
    plan.use_cases[0].steps[1].workflows.append(Choice.model_construct(key="", origin="guess"))
    with pytest.raises(PlanError) as found:
        plan.data()
    key, origin = found.value.problems
    assert key == "Use case 1, step 2, workflow 1, key is empty: give it a name."
    assert origin.endswith("origin is 'guess'; allowed: own, suggested, mapped, published.")


def test_a_choice_is_changed_not_doubled_and_keeps_its_origin(plan):
    step = plan.use_cases[0].steps[2]
    choice = step.reject("workflow", "financial-services", reason="Free of charge")
    assert (choice.status, choice.origin) == ("rejected", "suggested")
    assert len(step.workflows) == 1
    assert step.accepted("workflow") == []
    step.forget("workflow", "financial-services")
    assert step.workflows == []
    with pytest.raises(PlanError, match="Allowed: workflow, building_block"):
        step.choose("target", "4.1")


def test_steps_move_and_go_by_id_or_position(plan):
    fees = plan.use_cases[0]
    fees.move_step("pay", 1)
    assert [step.id for step in fees.steps] == ["pay", "apply", "check"]
    assert fees.remove_step(3).name == "Check"
    with pytest.raises(KeyError, match=r"no step 'payy'.*Did you mean pay"):
        fees.step("payy")


def test_an_actor_is_renamed_everywhere():
    fees = UseCase(id="fees", name="Fees", actors=[{"name": "Clerk"}])
    fees.add_step("Pay", actors=["Clerk", "Parent"])
    fees.rename_actor("Clerk", "Bursar")
    assert fees.actors[0].name == "Bursar"
    assert fees.steps[0].actors == ["Bursar", "Parent"]


def test_numbers_typed_by_hand_are_text():
    assert UseCase(id="x", name=2026, version=1.0).version == "1.0"


def test_a_mistyped_field_is_refused_not_kept(plan):
    fees = plan.use_cases[0]
    with pytest.raises(PlanError, match=r"Step has no field 'descripton'. Did you mean descript"):
        fees.steps[0].descripton = "x"
    with pytest.raises(PlanError, match="Choice has no field 'reson'"):
        fees.steps[0].choose("workflow", "procurement", reson="x")
    with pytest.raises(PlanError, match="UseCase has no field 'sectr'"):
        plan.add_use_case("Y", sectr="x")
    with pytest.raises(PlanError, match="System has no field"):
        plan.add_system("Y", ownr="x")
