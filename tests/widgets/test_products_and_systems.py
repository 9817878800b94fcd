"""Products by where they are in use, systems as options, and what a mediator costs."""

import io
from datetime import UTC, datetime

import matplotlib as mpl
import openpyxl
import pytest

from govstack_kit.selection.shortlist import shortlist
from govstack_kit.widgets import costing, phasing, selecting
from govstack_kit.widgets.models import Session

mpl.use("Agg")

PAYMENTS = "govstack:payments"
HOSTING = "govstack:cloud-infrastructure-hosting"  # nothing says where its candidates are in use


@pytest.fixture
def session(tmp_path, framework):
    """A plan of one service with one step, which needs payments and messaging."""
    session = Session(tmp_path / "plan", framework=framework)

    def start(plan):
        case = plan.add_from_list("School fees", "1. Payment")
        case.steps[0].choose("building_block", PAYMENTS)
        case.steps[0].choose("building_block", "govstack:messaging")

    session.change("Start", start)
    return session


def opened(wizard, key):
    wizard.go([panel.key for panel in wizard.model.panels].index(key))
    return wizard.model.panel


def every(widget):
    yield widget
    for child in getattr(widget, "children", ()):
        yield from every(child)


def field(panel, label):
    return next(
        part
        for part in every(panel.widget)
        if getattr(part, "description", "").removesuffix(" (USD)") == label
    )


def shown(control):
    return control.layout.display != "none"


# --- where products are in use ----------------------------------------------------------------


@pytest.fixture
def products(session):
    panel = opened(selecting.wizard(session), "products")
    panel.which.value = PAYMENTS
    return panel


def test_products_are_filtered_by_where_they_are_in_use(products, session, framework):
    place = field(products, "Deployed in")
    assert (place.value, products.aside.value) == ("", "")
    before = products._shown
    place.value = " Kenya "
    in_kenya = shortlist(framework, PAYMENTS, region="Kenya")
    assert products._shown == in_kenya["product"].tolist() != before
    assert "does not prove that it is not in use there" in products.aside.value
    assert "are like that" in products.effect.value
    field(products, "Only digital public goods").value = True
    good = in_kenya.query("digital_public_good == 'yes'")["product"].tolist()
    assert products._shown == good
    field(products, "Only digital public goods").value = False
    place.value = ""
    assert products._shown == before
    assert products.aside.value == ""
    assert session.undoable == "Start"  # to look is no change


def test_what_the_plan_says_about_a_place_counts(products, session):
    product = products._shown[0]
    products._take([product], "Take it")
    session.change("Say", lambda plan: setattr(plan.options[0], "regions", ["Ruritania"]))
    field(products, "Deployed in").value = "ruritania"
    assert products._shown == [product]
    number = len(shortlist(session.framework, PAYMENTS))  # the list is shorter, the choice is not
    assert (f"Payments (1 of {number} products taken)", PAYMENTS) in products.which.options


def test_an_unknown_place_is_said_and_the_list_stays(products, session):
    before = products._shown
    field(products, "Deployed in").value = "<b>Kenia</b>"
    assert "is no country or region that the kit knows" in products.aside.value
    assert "&lt;b&gt;Kenia" in products.aside.value
    assert "<b>" not in products.aside.value
    assert products._shown == before
    assert session.notice == ""
    field(products, "Only digital public goods").value = True
    assert set(products._shown) < set(before)  # the other filters stay in force
    field(products, "Deployed in").value = "Kenia"
    assert "Kenya" in products.aside.value


def test_a_filter_that_cannot_be_applied_says_so_and_takes_nothing_away(session):
    def only_hosting(plan):
        del plan.use_cases[0]
        case = plan.add_from_list("Hosting", "1. Host")
        case.steps[0].choose("building_block", HOSTING)

    session.change("Start again", only_hosting)
    panel = opened(selecting.wizard(session), "products")
    before = panel._shown
    field(panel, "Deployed in").value = "Kenya"
    said = "“Deployed in” cannot be applied: no country is known of any candidate."
    assert said in panel.aside.value
    assert panel._shown == before != []
    assert "could do something" in panel.effect.value
    field(panel, "Only open source").value = True
    assert said in panel.aside.value
    assert "are like that" in panel.effect.value


# --- systems ----------------------------------------------------------------------------------


def add_system(session, **costs):
    served = [{"key": PAYMENTS, "quality": "well"}]
    session.change("Add", lambda plan: plan.add_system("Gateway", serves=served, **costs))


def test_what_it_costs_to_connect_a_system_is_asked(session):
    add_system(session)
    panel = opened(selecting.wizard(session), "systems")
    field(panel, "Cost to connect it, once").value = "1.5 million"
    assert session.plan.systems[0].integration_cost == 1_500_000
    field(panel, "Cost to connect it, once").value = "-1"
    assert "cannot be less than 0" in session.notice
    assert session.plan.systems[0].integration_cost == 1_500_000
    field(panel, "Cost to connect it, once").value = ""
    assert session.plan.systems[0].integration_cost is None


@pytest.mark.parametrize(
    ("costs", "said", "left"),
    [
        ({}, "Left out until you say what integrating them costs: Gateway.", True),
        (
            {"integration_cost": 5},
            "Left out until you say what they cost each year: Gateway.",
            True,
        ),
        ({"integration_cost": 5, "annual_cost": 1}, "Compared as they are: Gateway.", False),
    ],
)
def test_a_system_whose_costs_are_known_is_not_left_out(session, costs, said, left):
    add_system(session, **costs)
    panel = opened(selecting.wizard(session), "offers")
    assert panel.apart.value == f'<p dir="auto">{said}</p>'
    assert shown(panel._bring_row) == left
    if left:
        panel._bring()
        assert [option.system for option in session.plan.options] == ["gateway"]
        assert panel.apart.value == ""
        expected = "1 option has only part of the costs: Gateway."
        assert expected in panel.unknown.value


def test_a_system_as_an_option_takes_its_costs_from_the_system(session):
    add_system(session)
    panel = opened(selecting.wizard(session), "offers")
    panel._bring()
    assert "only part of the costs" in panel.unknown.value

    def cost(plan):
        plan.systems[0].integration_cost, plan.systems[0].annual_cost = 5, 1

    session.change("Cost", cost)
    assert panel.unknown.value == ""


def test_amounts_in_another_currency_are_refused_with_a_sentence(session):
    session.change("Money", lambda plan: setattr(plan.business_case, "currency", "KES"))
    panel = opened(selecting.wizard(session), "systems")
    panel.way.value = "sheet"
    raw = b"System;Annual cost\nGateway;USD 1,200\nTill;KSh 300"
    panel.upload.value = [
        {
            "name": "ours.csv", "type": "", "size": len(raw), "content": memoryview(raw),
            "last_modified": datetime.now(UTC),
        }
    ]  # fmt: skip
    costs = {system.name: system.annual_cost for system in session.plan.systems}
    assert costs == {"Gateway": None, "Till": 300}
    assert "the currency is USD, that of the plan is KES" in panel.said.value


def test_problems_on_several_sheets_name_them(session):
    book = openpyxl.Workbook()
    book.active.title = "Health"
    for row in (["System", "Users"], ["HMIS", "many"]):
        book.active.append(row)
    book.create_sheet("Notes").append(["Ask Jane"])
    raw = io.BytesIO()
    book.save(raw)
    panel = opened(selecting.wizard(session), "systems")
    panel.way.value = "sheet"
    panel.upload.value = [
        {
            "name": "ours.xlsx", "type": "", "size": len(raw.getvalue()),
            "content": memoryview(raw.getvalue()), "last_modified": datetime.now(UTC),
        }
    ]  # fmt: skip
    assert [system.name for system in session.plan.systems] == ["HMIS"]
    for said in ("Sheet", "Health", "Notes", "does not look like a list of systems"):
        assert said in panel.said.value


def test_keys_that_are_no_building_blocks_are_named_and_nothing_breaks(session):
    def mistype(plan):
        served = [{"key": "payments", "quality": "well"}]
        plan.add_system("Gateway", serves=served, annual_cost=1, integration_cost=1)
        plan.options = [
            {
                "id": "hub", "name": "Hub", "build_cost": 1, "annual_cost": 1,
                "integration_cost": 1, "covers": [
                    {"key": PAYMENTS, "fit": 1}, {"key": "govstack:messaging", "fit": 1},
                    {"key": "mesaging", "fit": 1},
                ],
            }
        ]  # fmt: skip
        plan.chosen = {"options": ["hub"]}
        plan.phases = [{"id": "one", "name": "One"}]

    session.change("Mistype", mistype)
    for wizard in (phasing.wizard(session), selecting.wizard(session)):
        for place, shown in enumerate(wizard.model.panels):
            wizard.go(place)
            assert session.notice == "", shown.key
            assert shown.waits_for() or shown.widget in wizard._body.children, shown.key
            assert "no building block" not in wizard._missing.value
    coverage = opened(wizard, "coverage")
    said = "The system &#x27;Gateway&#x27; serves &#x27;payments&#x27;, which is no building block."
    assert f"{said} Did you mean govstack:payments? It was not counted" in coverage.said.value
    assert "Nothing is there yet for" in coverage.said.value
    assert '<td dir="auto">not known</td>' in coverage.table.value
    said = "The option &#x27;Hub&#x27; covers &#x27;mesaging&#x27;, which is no building block."
    assert said in opened(wizard, "offers").unknown.value
    assert opened(wizard, "best").result().options["option"].tolist() == ["hub"]


def test_the_figure_of_made_up_systems_says_so(tmp_path, framework, session):
    demonstration = Session(folder=tmp_path / "none", framework=framework)
    panel = opened(selecting.wizard(demonstration), "coverage")
    assert "Made-up systems, for practice" in panel.picture.value
    add_system(session)
    panel = opened(selecting.wizard(session), "coverage")
    assert "data:image/png" in panel.picture.value
    assert "ade-up" not in panel.picture.value


# --- the business case ------------------------------------------------------------------------


def test_what_the_mediator_costs_is_asked_and_counted(session):
    wizard = costing.wizard(session)
    wizard.model.panel._illustrate()
    scale = opened(wizard, "scale")
    build = field(scale, "The Information Mediator itself: to build, once")
    run = field(scale, "The Information Mediator itself: to run, a year")
    assert (build.value, run.value, build.placeholder) == ("", "", "not known")
    build.value, run.value = "40,000", "2 thousand"
    case = session.plan.business_case
    assert (case.mediator_build, case.mediator_run) == (40_000, 2_000)
    run.value = "many"
    assert "which is no number" in session.notice
    assert case.mediator_run == 2_000
    build.value = ""
    assert session.plan.business_case.mediator_build is None


def test_the_cost_of_the_mediator_is_in_the_outcome(session):
    def four(plan):
        plan.business_case.overlap = 0.5
        plan.business_case.projects = [
            {"id": key, "name": key, "build": 100_000, "integration": 10_000, "run": 0}
            for key in ("fees", "grants", "seeds", "cash")
        ]

    session.change("Four", four)
    wizard = costing.wizard(session)
    before = opened(wizard, "outcome").result().summary
    field(opened(wizard, "scale"), "The Information Mediator itself: to run, a year").value = "100"
    after = opened(wizard, "outcome").result().summary
    total = before["quantity"].iloc[0]
    dearer = after["shared"].iloc[0] - before["shared"].iloc[0]
    assert (total, dearer) == (after["quantity"].iloc[0], pytest.approx(5 * 100))  # five years
    assert after["alone"].iloc[0] == before["alone"].iloc[0]


# --- systems beside products ------------------------------------------------------------------


def beside(session):
    """Return what the question about products says of systems that serve payments."""
    panel = opened(selecting.wizard(session), "products")
    panel.which.value = PAYMENTS
    return panel.there.value


BOTH = "what it costs to connect and what it costs each year"


@pytest.mark.parametrize(
    ("costs", "said"),
    [
        ({}, f"once you say {BOTH}, in question 3, “Systems today”."),
        ({"integration_cost": 5}, "once you say what it costs each year, in question 3,"),
        ({"annual_cost": 5}, "once you say what it costs to connect, in question 3,"),
        ({"integration_cost": 0, "annual_cost": 0}, "as well."),
    ],
)
def test_a_system_is_only_said_to_be_compared_where_it_is(session, costs, said):
    add_system(session, **costs)
    free = dict.fromkeys(("build_cost", "integration_cost", "annual_cost"), 0)
    covers = [{"key": "govstack:messaging", "fit": 1}]
    sender = {"id": "sender", "name": "Sender", "covers": covers} | free
    session.change("Offer", lambda plan: setattr(plan, "options", [sender]))
    found = beside(session)
    assert f"You have something for it already: Gateway. It is compared {said}" in found
    best = opened(selecting.wizard(session), "best").result()
    assert (PAYMENTS in set(best.chosen["building_block"])) == (said == "as well.")
    assert ("Nothing is taken yet for: Payments." in found) == (said != "as well.")


def test_what_no_cost_counts_for_needs_none(session):
    add_system(session)
    session.change("Aim", lambda plan: setattr(plan.rules, "aim", "fit"))
    assert "It is compared as well." in beside(session)
    session.change("Judge", lambda plan: setattr(plan.systems[0].serves[0], "quality", ""))
    assert "once you say how well it serves this block, in question 3" in beside(session)


def test_a_system_that_was_entered_as_an_option_is_completed_there(session):
    add_system(session)
    opened(selecting.wizard(session), "offers")._bring()
    assert f"{BOTH}, in question 6, “Fit and cost”." in beside(session)
    session.change("Cost", lambda plan: setattr(plan.options[0], "integration_cost", 1))
    session.change("Cost", lambda plan: setattr(plan.options[0], "annual_cost", 1))
    assert "It is compared as well." in beside(session)
    other = [{"key": "govstack:messaging", "fit": 1.0}]
    session.change("Cover", lambda plan: setattr(plan.options[0], "covers", other))
    assert "once you say how well it serves this block, in question 6" in beside(session)


# --- what the mediator costs, from the options ------------------------------------------------


def hub(key, *costs, block="information-mediator"):
    names = ("build_cost", "integration_cost", "annual_cost")
    covers = [{"key": f"govstack:{block}", "fit": 0.5}]
    option = {"id": key, "name": key.title(), "kind": "product", "covers": covers}
    return option | dict(zip(names, costs, strict=True))


@pytest.fixture
def scale(session):
    def start(plan):
        plan.business_case.projects = [{"id": "fees", "name": "Fees", "build": 5}]
        known = [hub("road", 120, 35, 30), hub("him", 70, 30, 20), hub("free", 0, 0, None)]
        plan.options = [*known, hub("till", 1, 1, 1, block="payments")]

    session.change("Start", start)
    return opened(costing.wizard(session), "scale")


def test_the_cost_of_the_mediator_is_offered_from_the_options(scale, session):
    assert scale._take.description == (
        "Take the cost of Him from your options: USD 100 once, 20 a year"
    )
    case = session.plan.business_case
    assert (case.mediator_build, case.mediator_run) == (None, None)  # nothing by itself
    scale._take.click()
    case = session.plan.business_case
    assert (case.mediator_build, case.mediator_run) == (100, 20)
    assert field(scale, "The Information Mediator itself: to run, a year").value == "20"
    assert not shown(scale._take)
    session.undo()
    assert shown(scale._take)
    field(scale, "The Information Mediator itself: to build, once").value = "7"
    assert not shown(scale._take)  # what the team says itself is not pushed aside


def test_the_mediator_of_the_chosen_set_is_offered_or_none(scale, session):
    session.change("Choose", lambda plan: setattr(plan.chosen, "options", ["road", "till"]))
    assert "Take the cost of Road from your options: USD 155 once" in scale._take.description
    session.change("Choose", lambda plan: setattr(plan.chosen, "options", ["free"]))
    assert not shown(scale._take)


def test_the_cheapest_mediator_is_so_over_the_years(scale, session):
    def dear(plan):
        plan.options[1].annual_cost = 32  # 100 and 5 x 32 against 155 and 5 x 30

    session.change("Dear", dear)
    assert "Him" in scale._take.description
    session.change("Longer", lambda plan: setattr(plan.business_case, "years", 50))
    assert "Road" in scale._take.description  # 155 and 50 x 30 are less than 100 and 50 x 32
    session.change("Leave", lambda plan: setattr(plan, "options", plan.options[3:]))
    assert not shown(scale._take)


def test_what_is_made_up_is_said_before_it_is_taken(tmp_path, framework):
    demonstration = Session(folder=tmp_path / "none", framework=framework)
    panel = opened(costing.wizard(demonstration), "scale")
    assert panel._take.description == (
        "Take the cost of OpenHIM from your options: USD 100,000 once, 20,000 a year, made up for "
        "the demonstration"
    )
