"""The inventory: templates, files as people really fill them in, gaps and overlaps."""

import datetime as dt
import io
import time
import zipfile

import openpyxl
import pandas as pd
import pytest

import govstack_kit as kit
from govstack_kit.planning.selected import System
from govstack_kit.selection import inventory
from govstack_kit.selection._inventory_cells import amount, same_currency

PAIRS = ("Building block 1", "How well 1", "Building block 2", "How well 2")


def sheets(path, *, hidden=(), **tables):
    """Write a workbook with several sheets, some of them hidden."""
    book = openpyxl.Workbook()
    book.remove(book.active)
    for title, rows in tables.items():
        sheet = book.create_sheet(title)
        for row in rows:
            sheet.append(row)
        sheet.sheet_state = "hidden" if title in hidden else "visible"
    book.save(path)
    return path


def workbook(path, rows, *, title="Systems", merge=(), above=0):
    """Write rows as somebody would in a spreadsheet."""
    book = openpyxl.Workbook()
    sheet = book.active
    sheet.title = title
    for number, row in enumerate(rows, start=1 + above):
        for place, value in enumerate(row, start=1):
            sheet.cell(number, place, value)
    for area in merge:
        sheet.merge_cells(area)
    book.save(path)
    return path


def csv(path, text, encoding="utf-8"):
    path.write_bytes(text.encode(encoding))
    return path


def service(system):
    return {one.key.split(":")[1]: one.quality for one in system.serves}


@pytest.fixture
def plan():
    plan = kit.Plan.new(title="Ours")
    plan.add_system(
        "=HYPERLINK(1)",
        owner="@ministry",
        description="+1-2",
        users=1500,
        since=2011,
        licence="MIT",
        open_source="yes",
        hosting="+254 centre",
        interfaces="REST\nSOAP",
        annual_cost=1200000.5,
        integration_cost=90000,
        serves=[{"key": f"govstack:{b}", "quality": "well"} for b in ("payments", "consent", "gis")]
        + [{"key": "dif:registration", "quality": "poorly"}, {"key": "govstack:cms"}],
    )
    plan.add_system("Empty one")
    return plan


# --- the template ---------------------------------------------------------------------------------


@pytest.mark.parametrize("ending", ["xlsx", "csv", "XLSX"])
def test_a_template_reads_back_as_the_plan_has_it(framework, plan, tmp_path, ending):
    path = inventory.inventory_template(tmp_path / f"ours.{ending}", plan, framework)
    found = inventory.read_inventory(path, framework)
    assert found.problems.empty
    assert found.incomplete == []
    shown = [one.model_dump() for one in plan.systems]
    shown[0]["interfaces"] = found.systems[0].interfaces
    assert [one.model_dump() for one in found.systems] == shown
    assert found.systems[0].interfaces.split() == ["REST", "SOAP"]
    before = plan.data()
    assert inventory.add_inventory(plan, found)["change"].tolist()[1] == "unchanged"
    assert {k: v for k, v in plan.data().items() if k != "systems"} == {
        k: v for k, v in before.items() if k != "systems"
    }


def test_a_template_has_no_formula_and_offers_names(framework, plan, tmp_path):
    plan.add_use_case("Trade").add_step("Sell").choose("building_block", "govstack:wallet")
    path = inventory.inventory_template(tmp_path / "ours.xlsx", plan, framework)
    with zipfile.ZipFile(path) as parts:
        for name in (n for n in parts.namelist() if "worksheets/sheet" in n):
            assert b"<f>" not in parts.read(name)
    book = openpyxl.load_workbook(path)
    assert book.sheetnames == ["About", "Systems", "Lists"]
    assert book["Systems"]["A2"].value == "=HYPERLINK(1)"
    assert book["Systems"]["A2"].data_type == "s"
    assert book["Systems"]["A2"].quotePrefix
    assert book["Lists"]["A2"].value == "Wallet"  # what the plan needs comes first
    rules = {str(r.sqref)[0]: r.formula1 for r in book["Systems"].data_validations.dataValidation}
    assert rules["M"].startswith("Lists!$A$2")
    assert rules["N"] == "Lists!$B$2:$B$4"
    text = inventory.inventory_template(tmp_path / "ours.csv", plan).read_text("utf-8-sig")
    assert "\n'=HYPERLINK(1),'@ministry,'+1-2," in text


def test_a_template_never_overwrites(tmp_path):
    path = inventory.inventory_template(tmp_path / "a.csv")
    with pytest.raises(kit.ArgumentError, match=r"'a.csv' exists already"):
        inventory.inventory_template(path)
    with pytest.raises(kit.ArgumentError, match=r"'a.ods' is not. Save older"):
        inventory.inventory_template(tmp_path / "a.ods")
    with pytest.raises(kit.ArgumentError, match="cannot be written"):
        inventory.inventory_template(tmp_path / "no" / "a.csv")


# --- what is in cells -----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("written", "number"),
    [
        ("1200000", 1200000),
        ("1,200,000", 1200000),
        ("1.200.000", 1200000),
        ("1\u202f200\u00a0000 €", 1200000),
        ("1'200'000.50", 1200000.5),
        ("1.200.000,50", 1200000.5),
        ("12,34,567", 1234567),  # as in India
        ("1,23,456.50", 123456.5),
        ("12,00,000", 1200000),
        ("100 200", 100200),
        ("1,200.125", 1200.125),
        ("KES 1,200.5", 1200.5),
        ("KSh. 500", 500),
        ("$3", 3),
        ("0.125", 0.125),
        ("12,5", 12.5),
        ("١٢٠٠", 1200),
        (1.125, 1.125),
        (" n/a ", None),
        ("", None),
    ],
)
def test_amounts_are_read_as_they_are_written(written, number):
    found = amount(written)
    assert (found.number if found else None) == number


@pytest.mark.parametrize(
    ("title", "cell"),
    [
        ("Building blocks", '"a' + " " * 60_000 + 'b"'),
        ("Annual cost", '"a' + " " * 60_000 + 'b"'),
        ("Annual cost" + " " * 60_000 + "(x", "5"),
    ],
    ids=["blocks", "cost", "title"],
)
def test_long_cells_take_no_time(framework, tmp_path, title, cell):
    path = csv(tmp_path / "a.csv", f"System;{title}\nTill;{cell}\n")
    start = time.process_time()  # a guard against endless work, no measurement
    found = inventory.read_inventory(path, framework)
    assert time.process_time() - start < 2
    assert [one.name for one in (*found.systems, *found.incomplete)] == ["Till"]


@pytest.mark.parametrize(
    ("column", "value", "match"),
    [
        ("Annual cost", "1.200", "may mean 1200 or 1.200"),
        ("Annual cost", "1.2 m", "is shortened"),
        ("Annual cost", "500 per month", "stands beside the number"),
        ("Annual cost", "1,2,3.4.5", "is not a number"),
        ("Annual cost", "12 2020", "'12 2020' is not a number"),
        ("Annual cost", "2,5 10", "'2,5 10' is not a number"),
        ("Annual cost", "1.2.345", "'1.2.345' is not a number"),
        ("Annual cost", "1,2,345", "'1,2,345' is not a number"),
        ("Annual cost", "1,200 300", "'1,200 300' is not a number"),
        ("Annual cost", "1 200,125", "may mean 1200125 or 1200.125"),
        ("Annual cost", "1234,567", "may mean 1234567 or 1234.567"),
        ("Users", "12 2020", "'12 2020' is not a number"),
        ("Annual cost", "-5", "negative"),
        ("Annual cost", "(5)", "negative"),
        ("Annual cost", "9" * 30, "too large"),
        ("Annual cost", "cheap", "is not a number"),
        ("Integration cost", "-5", "negative"),
        ("Annual cost", dt.datetime(2020, 1, 5), "is not a number"),  # noqa: DTZ001
        ("Users", "2.5", "no number of people"),
        ("Users", "about 200", "stands beside the number"),
        ("In use since", "5 years", "is not a year"),
        ("In use since", "2010-2015", "names several years"),
        ("In use since", 1812, "is not a year"),
        ("Open source", "perhaps", "neither yes nor no"),
        ("How well", "splendid", "does not say how well"),
        ("Building block", "Paymnts", "is no building block"),
        ("Building block", "Consent (splendid)", "does not say how well"),
    ],
)
def test_what_cannot_be_read_is_said_and_left_out(framework, tmp_path, column, value, match):
    rows = [["System", "Building block", "How well"], ["Good", "Consent", "well"], ["Doubtful"]]
    if column in rows[0]:
        rows[2] = ["Doubtful", "GIS", ""]
        rows[2][rows[0].index(column)] = value
    else:
        rows[0].append(column)
        rows[2] = ["Doubtful", "GIS", "well", value]
    found = inventory.read_inventory(workbook(tmp_path / "a.xlsx", rows), framework)
    assert [one.name for one in found.systems] == ["Good"]
    assert [one.name for one in found.incomplete] == ["Doubtful"]
    problem = found.problems.iloc[0]
    assert problem[["sheet", "row", "column"]].tolist() == ["Systems", 3, column]
    assert match in problem["problem"]
    assert problem["fix"]
    assert found.incomplete[0].annual_cost is None
    assert len(found.problems) == 1


# --- files as they are ----------------------------------------------------------------------------


def test_a_file_of_a_ministry_is_read(framework, tmp_path):
    rows = [
        ["Our ICT systems"],
        [],
        ["NAME ", "Ministry", "Annual Cost (KES)", "since", "Open-source?", *PAIRS, "Colour"],
        ["IFMIS", "Finance", "KES 1,200,000", "July 2009", "No", "Payments", "Well", "gis", "poor"],
        ["", "", "", "", "", "Consent (partial); Digital registry"],
        ["eCitizen", None, 350000.0, dt.date(2014, 4, 1), "Y", "Payments", "partly"],
    ]
    path = workbook(tmp_path / "ict.xlsx", rows, title="Sheet1", merge=["A4:A5", "B4:B5"])
    found = inventory.read_inventory(path, framework)
    ifmis, citizen = found.systems
    assert (ifmis.name, ifmis.owner, ifmis.annual_cost) == ("IFMIS", "Finance", 1_200_000)
    assert (ifmis.since, ifmis.open_source) == (2009, "no")
    assert service(ifmis) == {
        "payments": "well",
        "gis": "poorly",
        "consent": "partly",
        "digital-registries": "",
    }
    assert (citizen.since, citizen.open_source, citizen.owner) == (2014, "yes", "")
    assert found.incomplete == []
    said = found.problems[["row", "column", "problem"]].to_numpy().tolist()
    assert said == [
        [3, "Colour", "the column is not known"],
        [4, "NAME", "the cells A4:A5 are merged; their value was taken for each row"],
        [4, "Ministry", "the cells B4:B5 are merged; their value was taken for each row"],
    ]


def test_formulas_are_not_trusted(framework, tmp_path):
    import xlsxwriter

    path = tmp_path / "a.xlsx"
    with xlsxwriter.Workbook(path) as book:
        sheet = book.add_worksheet("Systems")
        sheet.write_row(0, 0, ["System", "Owner", "Annual cost"])
        sheet.write_row(1, 0, ["Till", "Treasury"])
        sheet.write_formula(1, 2, "=2+3", None, 777)  # what it showed last
        sheet.write_formula(2, 0, "=A2", None, "Copy")
        sheet.write_row(3, 0, ["Cloud", "x", 5])
    found = inventory.read_inventory(path, framework)
    assert [one.name for one in found.systems] == ["Cloud"]
    assert found.incomplete[0].annual_cost is None
    said = found.problems[["row", "problem", "fix"]].to_numpy().tolist()
    assert said == [
        [2, "cell C2 holds a formula", "Type the value."],
        [3, "cell A3 holds a formula", "Type the name; the row was left out."],
    ]
    again = csv(tmp_path / "a.csv", "System,Annual cost\nTill,=2+3\n")
    assert "cell B2 holds a formula" in inventory.read_inventory(again).problems["problem"].item()


def test_a_cost_merged_over_several_systems_is_the_first_ones(framework, tmp_path):
    rows = [["System", "Annual cost"], ["One", 100], ["Two", None]]
    path = workbook(tmp_path / "a.xlsx", rows, merge=["B2:B3"])
    found = inventory.read_inventory(path, framework)
    assert [one.annual_cost for one in found.systems] == [100, None]
    assert "only the first row got it" in found.problems["problem"].item()


def test_each_sheet_of_systems_is_read(framework, tmp_path):
    path = sheets(
        tmp_path / "ours.xlsx",
        Health=[["System", "Building blocks"], ["HMIS", "Consent"], ["", "GIS"]],
        Finance=[["System", "Building blocks"], ["IFMIS", "Payments (well)"], ["Till", "Paymnts"]],
    )
    found = inventory.read_inventory(path, framework)
    assert [(one.name, service(one)) for one in (*found.systems, *found.incomplete)] == [
        ("HMIS", {"consent": ""}),
        ("IFMIS", {"payments": "well"}),
        ("Till", {}),
    ]
    assert found.problems[["sheet", "row", "column", "problem"]].to_numpy().tolist() == [
        ["Health", 3, "System", "the system has no name"],
        ["Finance", 3, "Building blocks", "'Paymnts' is no building block"],
    ]


def test_a_system_on_two_sheets_is_one_but_has_no_two_values(framework, tmp_path):
    path = sheets(
        tmp_path / "ours.xlsx",
        Health=[
            ["System", "Owner", "Annual cost", "Building blocks"],
            ["Till", "Treasury", "KES 5", "Consent"],
            ["HMIS"],
        ],
        Finance=[
            ["Application", "Owner", "Annual cost"],
            ["TILL", "Finance", 5],
            ["HMIS", "Health"],
            ["IFMIS", None, "EUR 7"],
        ],
    )
    found = inventory.read_inventory(path, framework)
    assert [(one.name, one.owner) for one in found.systems] == [("HMIS", "Health")]
    assert [(one.name, one.owner, one.annual_cost) for one in found.incomplete] == [
        ("Till", "Treasury", 5),
        ("IFMIS", "", None),
    ]
    assert found.problems[["sheet", "row", "problem"]].to_numpy().tolist() == [
        ["Finance", 2, "'Till' stands in row 2 of the sheet 'Health' with another value"],
        ["Finance", 4, "the currency is EUR, that of the sheet 'Health' is KES"],
    ]


def test_sheets_that_are_not_read_are_named(framework, tmp_path):
    path = sheets(
        tmp_path / "ours.xlsx",
        About=[["How to fill this in"]],
        Contacts=[["Name", "Organisation", "E-mail"], ["Jane", "Health", "jane@example.org"]],
        Systems=[["System", "Owner", "Building blocks"], ["HMIS", "Health", "Consent"]],
        Notes=[["Ask Jane"]],
        Empty=[],
        Choices=[["yes"], ["no"]],
        Old=[["System", "Building blocks"], ["Dead", "GIS"]],
        Lists=[["Building blocks"], ["Consent"]],
        hidden=("Choices", "Old"),
    )
    found = inventory.read_inventory(path, framework)
    assert [one.name for one in found.systems] == ["HMIS"]
    assert found.problems[["sheet", "row", "problem"]].to_numpy().tolist() == [
        ["Contacts", 0, "the sheet does not look like a list of systems and was not read"],
        ["Notes", 0, "the sheet does not look like a list of systems and was not read"],
        ["Old", 0, "the sheet is hidden and was not read"],
    ]
    assert found.problems["fix"].tolist()[1:] == [
        "Title its columns System and Building blocks if it lists systems; else leave it.",
        "Show the sheet if it lists systems; else leave it.",
    ]


def test_sheets_laid_out_like_the_first_are_read(framework, tmp_path):
    rows = [["Name", "Ministry", "Annual cost"], ["HMIS", "Health", 5]]
    path = sheets(tmp_path / "a.xlsx", Health=rows, Lands=[rows[0], ["Cadastre", "Lands", 7]])
    found = inventory.read_inventory(path, framework)
    assert [one.name for one in found.systems] == ["HMIS", "Cadastre"]
    assert found.problems.empty


def test_too_many_systems_on_all_sheets_are_refused(framework, tmp_path):
    one, two = ([["System"], *([f"{part}{n}"] for n in range(1_001))] for part in "AB")
    path = sheets(tmp_path / "a.xlsx", One=one, Two=two)
    with pytest.raises(kit.ArgumentError, match="have 2,002 rows with content together; 2,000"):
        inventory.read_inventory(path, framework)


@pytest.mark.parametrize(
    ("number_format", "planned", "said"),
    [
        ("[$USD] #,##0", "KES", "USD"),
        ('#,##0 "€"', "KES", "€"),
        ("_-[$£-809]* #,##0.00_-", "KES", "£"),
        ("$#,##0", "KES", "$"),
        ("$#,##0", "USD", ""),
        ("[$$-409]#,##0.00", "NAD", ""),
        ("[$KSh-441]#,##0", "KES", ""),
        ('#,##0 "FCFA"', "XOF", ""),
        ("[$-409]#,##0", "KES", ""),  # a language, no currency
        (r"#,##0.00\ _€", "KES", ""),  # a gap as wide as the sign, which is not shown
        ('0 "per year"', "KES", ""),
        ("[Red]#,##0", "KES", ""),
    ],
)
def test_a_currency_in_the_format_of_a_cell_counts_as_typed(
    framework, tmp_path, number_format, planned, said
):
    path = workbook(tmp_path / "a.xlsx", [["System", "Annual cost"], ["Till", 1000]])
    book = openpyxl.load_workbook(path)
    book.active["B2"].number_format = number_format
    book.save(path)
    plan = kit.Plan.new(title="Ours")
    plan.business_case.currency = planned
    found = inventory.read_inventory(path, framework, plan=plan)
    assert [one.annual_cost for one in (*found.systems, *found.incomplete)] == [
        None if said else 1000
    ]
    wanted = [[2, "Annual cost", f"the currency is {said}, that of the plan is {planned}"]]
    shown = found.problems[["row", "column", "problem"]].to_numpy().tolist()
    assert shown == (wanted if said else [])


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
@pytest.mark.parametrize("mark", [",", "\t"])
def test_csv_of_any_spreadsheet_is_read(framework, tmp_path, encoding, mark):
    text = f"system{mark}users{mark}blocks of it\nMpesa{mark}12 500{mark}x\n"
    found = inventory.read_inventory(csv(tmp_path / "a.csv", text, encoding), framework)
    assert (found.systems[0].name, found.systems[0].users) == ("Mpesa", 12500)


def test_one_system_may_have_several_rows_but_not_two_values(framework, tmp_path):
    text = (
        "System;Owner;Building block;How well\n"
        "Till;Treasury;Payments;well\ntill;Treasury;Consent;\nTill;Health;Payments;poorly\n"
    )
    found = inventory.read_inventory(csv(tmp_path / "a.csv", text), framework)
    assert found.systems == []
    assert service(found.incomplete[0]) == {"payments": "well", "consent": ""}
    assert found.incomplete[0].owner == "Treasury"
    assert found.problems["problem"].tolist() == [
        "'Till' stands in row 2 with another value",
        "how well it serves Payments is said twice",
    ]


def test_currencies_do_not_mix(framework, tmp_path):
    text = "System;Annual cost\nA;KES 5\nB;7\nC;EUR 5\n"
    found = inventory.read_inventory(csv(tmp_path / "a.csv", text), framework)
    assert [one.annual_cost for one in found.systems] == [5, 7]
    assert found.problems["problem"].tolist() == ["the currency is EUR, above it is KES"]


def test_the_cost_of_integration_is_read_and_may_be_missing(framework, tmp_path):
    text = "System;Annual cost;Integration cost (KES)\nA;5;KES 1,200\nB;7;\n"
    found = inventory.read_inventory(csv(tmp_path / "a.csv", text), framework)
    assert found.problems.empty
    assert [one.integration_cost for one in found.systems] == [1200, None]
    older = csv(tmp_path / "b.csv", "System;Annual cost\nA;5\n")
    assert inventory.read_inventory(older, framework).systems[0].integration_cost is None


@pytest.mark.parametrize(
    ("written", "planned", "same"),
    [
        ("USD", "KES", False),
        ("$", "KES", False),
        ("$", "USD", True),
        ("€", "EUR", True),
        ("KSh", "KES", True),
        ("Rs", "EUR", False),
        ("Rs.", "LKR", True),
        ("kes", "KES", True),
        ("shillings", "UGX", True),
        ("francs", "RWF", True),
    ],
)
def test_a_currency_is_that_of_the_plan_or_not(written, planned, same):
    assert same_currency(written, planned) is same
    assert same_currency(planned, written) is same


@pytest.mark.parametrize("title", ["Annual cost", "Annual cost (USD)", "Annual cost (USD a year)"])
def test_another_currency_than_the_plans_is_no_amount_of_it(framework, tmp_path, title):
    amount = "5" if "USD" in title else "USD 5"
    path = csv(tmp_path / "a.csv", f"System;{title}\nTill;{amount}\nIFMIS;\n")
    plan = kit.Plan.new(title="Ours")
    plan.business_case.currency = "KES"
    found = inventory.read_inventory(path, framework, plan=plan)
    assert [(one.name, one.annual_cost) for one in found.incomplete] == [("Till", None)]
    assert [one.name for one in found.systems] == ["IFMIS"]
    said = found.problems[["row", "column", "problem", "fix"]].to_numpy().tolist()
    assert said == [
        [
            *(2, title, "the currency is USD, that of the plan is KES"),
            "Convert it, or change the currency of the plan's business case.",
        ]
    ]
    unasked = inventory.read_inventory(path, framework)
    assert unasked.currency == "USD"
    with pytest.raises(kit.ArgumentError, match=r"are in USD, those of the plan in KES\. Convert"):
        inventory.add_inventory(plan, unasked)
    assert plan.systems == []
    plan.business_case.currency = "USD"
    inventory.add_inventory(plan, inventory.read_inventory(path, framework, plan=plan))
    assert [one.annual_cost for one in plan.systems] == [5, None]


def test_a_cell_under_no_title_is_named(framework, tmp_path):
    text = (
        "System,Owner,Annual cost\nTill,Treasury,5\nIFMIS,Finance, Planning,7\nGIS,Lands,1,,2,3\n"
    )
    found = inventory.read_inventory(csv(tmp_path / "a.csv", text), framework)
    assert [one.name for one in found.systems] == ["Till"]
    assert [one.name for one in found.incomplete] == ["IFMIS", "GIS"]
    said = found.problems.query("problem.str.contains('under no title')")
    assert said[["row", "value", "problem"]].to_numpy().tolist() == [
        [3, "7", "cell D3 stands under no title and was not read"],
        [4, "2", "cells E4, F4 stand under no title and were not read"],
    ]
    assert said["fix"].str.contains("quotation marks").all()
    rows = [["System", "Owner"], ["Till", "Treasury", "ask Jane"]]
    found = inventory.read_inventory(workbook(tmp_path / "a.xlsx", rows), framework)
    assert [one.name for one in found.systems] == ["Till"]
    assert found.problems["problem"].tolist() == ["cell C2 stands under no title and was not read"]


def test_how_well_belongs_to_the_block_before_it(framework, tmp_path):
    rows = [["System", *PAIRS], ["A", None, "well", "Consent", "partly"]]
    found = inventory.read_inventory(workbook(tmp_path / "a.xlsx", rows), framework)
    assert service(found.incomplete[0]) == {"consent": "partly"}
    assert found.problems["problem"].tolist() == ["no building block stands before it"]


def test_names_are_needed_and_long_ones_refused(framework, tmp_path):
    text = f"System,Owner\n,Treasury\n{'x' * 301},\nGood,\n"
    found = inventory.read_inventory(csv(tmp_path / "a.csv", text), framework)
    assert [one.name for one in found.systems] == ["Good"]
    assert found.problems["row"].tolist() == [2, 3]
    found = inventory.read_inventory(csv(tmp_path / "b.csv", "Owner,Users\nTreasury,5\n"))
    assert found.problems["problem"].tolist() == ["the column 'System' is missing"]


def test_what_is_no_inventory_is_refused(framework, tmp_path):
    big = io.BytesIO()
    with zipfile.ZipFile(big, "w", zipfile.ZIP_DEFLATED) as parts:
        parts.writestr("xl/workbook.xml", b"<x/>")
        parts.writestr("xl/worksheets/sheet1.xml", b"0" * 70 * 1024**2)
    (tmp_path / "bomb.xlsx").write_bytes(big.getvalue())
    (tmp_path / "text.xlsx").write_text("System")
    csv(tmp_path / "open.csv", 'System,Owner\n"Till,x\n')
    csv(tmp_path / "empty.csv", "\n")
    csv(tmp_path / "many.csv", "System\n" + "\n".join(f"S{n}" for n in range(2_001)))
    for name, match in (
        ("bomb.xlsx", "too large when unpacked"),
        ("text.xlsx", "not an Excel workbook"),
        ("none.xlsx", "cannot be read"),
        ("none.csv", "is missing"),
        ("open.csv", "never closed"),
        ("empty.csv", "is empty"),
        ("many.csv", "2,001 rows with content; 2,000 systems are allowed"),
        ("x.pdf", "ending in .xlsx or .csv"),
    ):
        with pytest.raises(kit.ArgumentError, match=match):
            inventory.read_inventory(tmp_path / name, framework)


def test_merged_cells_without_end_are_refused(framework, tmp_path):
    path = workbook(tmp_path / "a.xlsx", [["System"], ["Till"]], merge=["A3:B4"])
    with zipfile.ZipFile(path) as old, zipfile.ZipFile(tmp_path / "b.xlsx", "w") as new:
        for part in old.namelist():
            new.writestr(part, old.read(part).replace(b"A3:B4", b"A3:XFD1048576"))
    with pytest.raises(kit.ArgumentError, match="cells are merged"):
        inventory.read_inventory(tmp_path / "b.xlsx", framework)
    assert inventory.read_inventory(path, framework).systems[0].name == "Till"


def test_a_lone_cell_far_below_takes_no_time(framework, tmp_path):
    book = openpyxl.Workbook()
    book.active.append(["System"])
    book.active.append(["Till"])
    book.active["XFD1048576"] = "x"
    book.save(tmp_path / "a.xlsx")
    found = inventory.read_inventory(tmp_path / "a.xlsx", framework)
    assert [one.name for one in found.systems] == ["Till"]


# --- into the plan --------------------------------------------------------------------------------


def test_systems_are_merged_by_name_or_id(plan):
    plan.systems[1].owner = "Health"
    new = [
        System(id="empty-one", name="EMPTY  ONE", users=5, serves=[{"key": "govstack:gis"}]),
        System(id="hyperlink-1", name="Renamed", licence="GPL"),
        System(id="till", name="Till"),
        System(id="till", name="Other till"),
    ]
    before = [one.model_copy(deep=True) for one in new]
    found = inventory.add_inventory(plan, new)
    assert new == before
    assert found["change"].tolist() == ["changed", "changed", "added", "added"]
    assert [one.id for one in plan.systems] == ["hyperlink-1", "empty-one", "till", "other-till"]
    first, second = plan.systems[:2]
    assert (first.name, first.licence, first.owner, len(first.serves)) == (
        *("Renamed", "GPL", "@ministry"),
        5,
    )
    assert (second.owner, second.users, service(second)) == ("Health", 5, {"gis": ""})
    again = inventory.add_inventory(plan, new)
    assert again["change"].tolist() == ["unchanged"] * 4
    assert len(plan.systems) == 4


def test_what_is_left_empty_takes_nothing_away(plan):
    new = System(id="x", name="=HYPERLINK(1)", serves=[{"key": "govstack:gis"}])
    assert inventory.add_inventory(plan, [new])["change"].tolist() == ["unchanged"]
    assert service(plan.systems[0])["gis"] == "well"


def test_a_made_up_id_does_not_swallow_another_system():
    plan = kit.Plan.new(title="x")
    plan.add_system("The till", id="till")
    found = inventory.add_inventory(plan, [System(id="till", name="Till")])
    assert found.to_numpy().tolist() == [["till-2", "Till", "added"]]


def test_only_systems_are_added(plan):
    before = plan.data()
    for wrong, match in (
        (["IFMIS"], "is no system"),
        ([System(id="a", name="A"), None], "is no system"),
        ([System(id=f"s{n}", name=f"S{n}") for n in range(5_000)], "5,000 are allowed"),
    ):
        with pytest.raises((kit.ArgumentError, kit.PlanError), match=match):
            inventory.add_inventory(plan, wrong)
        assert plan.data() == before


# --- gaps and overlaps ----------------------------------------------------------------------------


@pytest.fixture
def served():
    plan = kit.Plan.new(title="Ours")
    case = plan.add_use_case("Trade")
    for block in ("payments", "messaging", "consent", "gis", "registration"):
        case.add_step(block).choose("building_block", f"govstack:{block}")
    for name, cost, serves in (
        ("Till", 100, {"govstack:payments": "well", "govstack:consent": "poorly"}),
        ("Bank", 30, {"govstack:payments": "well", "govstack:messaging": "well"}),
        ("Old till", None, {"dif:payments": "partly", "govstack:wallet": "well"}),
        ("Desk", None, {"govstack:gis": "", "dif:registration": "well"}),
    ):
        listed = [{"key": key, "quality": quality} for key, quality in serves.items()]
        plan.add_system(name, annual_cost=cost, serves=listed)
    return plan


def test_gaps_and_overlaps_are_counted(framework, served):
    found = inventory.coverage(framework, served).set_index("building_block")
    columns = ["needed", "systems", "best", "state", "gap"]
    assert found[columns].T.to_dict("list") == {
        "govstack:consent": [True, 1, "poorly", "partial", True],
        "govstack:gis": [True, 1, "not judged", "partial", True],
        "govstack:messaging": [True, 1, "well", "one", False],
        "govstack:payments": [True, 3, "well", "several competing", False],
        "govstack:registration": [True, 0, "", "nothing", True],
        "dif:registration": [False, 1, "well", "one", False],
        "govstack:wallet": [False, 1, "well", "one", False],
    }
    payments = found.loc["govstack:payments"]
    assert payments["served_by"] == "Bank; Till; Old till"
    # Bank serves as well as Till and costs less: what overlaps are Till, 100, and one unknown.
    assert payments[["annual_cost", "overlap_cost", "unknown_costs"]].tolist() == [130, 100, 1]
    assert found.loc["govstack:registration", ["annual_cost", "overlap_cost"]].tolist() == [0, 0]
    assert pd.isna(found.loc["govstack:wallet", "annual_cost"])
    assert found["weight"].sum() == pytest.approx(1)


def test_the_matrix_says_the_same(framework, served):
    found = inventory.coverage_matrix(framework, served)
    assert found.columns.tolist() == ["Bank", "Desk", "Old till", "Till"]
    assert found.loc[("Payments", "several competing")].to_dict() == {
        "Bank": "well",
        "Till": "well",
        "Old till": "partly",
        "Desk": "",
    }
    assert found.index.get_level_values("state").tolist()[-2:] == ["not needed"] * 2
    names = found.index.get_level_values("building_block").tolist()
    assert "Registration (govstack)" in names
    assert "Registration (dif)" in names


def test_systems_of_one_name_in_several_plans_are_one(framework, served):
    other = kit.Plan.new(title="Theirs")
    other.add_system("TILL", owner="Health", serves=[{"key": "govstack:gis", "quality": "well"}])
    found = inventory.coverage(framework, served, other).set_index("building_block")
    assert found.loc["govstack:gis", "served_by"] == "Till; Desk"
    assert found.loc["govstack:payments", "systems"] == 3
    assert served.systems[0].owner == ""


def priced(title, currency, name, cost, **more):
    """A plan with one system, which serves payments well."""
    plan = kit.Plan.new(title=title)
    plan.business_case.currency = currency
    serves = [{"key": "govstack:payments", "quality": "well"}]
    plan.add_system(name, annual_cost=cost, serves=serves, **more)
    return plan


def test_costs_in_several_currencies_are_not_added_up(framework):
    ours, theirs = priced("A", "KES", "IFMIS", 1_000_000), priced("B", "USD", "PayX", 50_000)
    said = r"several currencies, which cannot be added up: KES in 'A', USD in 'B'\. Convert them"
    with pytest.raises(kit.ArgumentError, match=said):
        inventory.coverage(framework, ours, theirs)
    third = priced("C", "EUR", "PayY", 5)
    with pytest.raises(kit.ArgumentError, match="KES in 'A', USD in 'B', EUR in 'C'"):
        inventory.coverage(framework, ours, theirs, third)
    # No cost is shown in the matrix, so that it may show both.
    assert inventory.coverage_matrix(framework, ours, theirs).columns.tolist() == ["IFMIS", "PayX"]
    theirs.business_case.currency = "KES"
    row = inventory.coverage(framework, ours, theirs).iloc[0]
    assert (row["annual_cost"], row["overlap_cost"]) == (1_050_000, 1_000_000)


@pytest.mark.parametrize(
    ("currency", "cost", "serves"),
    [
        ("USD", None, True),  # nothing to add
        ("USD", 50_000, False),  # it serves no block, so its cost counts nowhere
        ("KSh", 50_000, True),  # the same money
        ("", 50_000, True),  # nobody said another
    ],
)
def test_a_plan_without_costs_in_another_currency_may_be_added(framework, currency, cost, serves):
    ours, theirs = priced("A", "KES", "IFMIS", 1_000_000), priced("B", currency, "PayX", cost)
    if not serves:
        theirs.systems[0].serves = []
    added = cost if cost and serves else 0
    found = inventory.coverage(framework, ours, theirs)
    assert found["annual_cost"].tolist() == [1_000_000 + added]


@pytest.mark.parametrize("asked", [inventory.coverage, inventory.coverage_matrix])
def test_keys_that_are_no_building_blocks_are_refused_all_at_once(framework, asked):
    plan, other = kit.Plan.new(title="Ours"), kit.Plan.new(title="Theirs")
    plan.add_system("IFMIS", serves=[{"key": "payments", "quality": "well"}])
    said = (
        "The system 'IFMIS' serves 'payments', which is no building block. "
        "Did you mean govstack:payments?"
    )
    with pytest.raises(kit.ArgumentError) as caught:
        asked(framework, plan)
    assert str(caught.value) == said
    other.add_system("HMIS", serves=[{"key": "govstack:gis"}, {"key": "qqq"}])
    with pytest.raises(kit.ArgumentError) as caught:
        asked(framework, plan, other)
    assert str(caught.value) == (
        f"2 keys are no building blocks:\n- {said}\n- The system 'HMIS' serves 'qqq', which is no "
        "building block. The table building_blocks has all keys."
    )


def test_blocks_of_the_teams_own_may_be_served(framework, tmp_path):
    plan = kit.Plan.new(title="Ours")
    step = plan.add_use_case("Advice").add_step("Ask")
    step.choose("building_block", "own:crop-advice")
    step.choose("building_block", "crops")
    plan.own_requirements = [
        {"id": "r", "building_block": "weather", "title": "It warns of storms"}
    ]
    keys = ["own:crop-advice", "crops", "own:of-a-step-that-is-gone", "dif:payments", "weather"]
    plan.add_system("Crops", serves=[{"key": key, "quality": "well"} for key in keys])
    found = inventory.coverage(framework, plan)
    assert found["building_block"].tolist() == [
        *("own:crop-advice", "crops"),
        *("own:of-a-step-that-is-gone", "govstack:payments", "weather"),
    ]
    assert found["needed"].tolist() == [True, True, False, False, False]
    del plan.systems[0].serves[-1]
    path = inventory.inventory_template(tmp_path / "a.xlsx", plan, framework)
    again = inventory.read_inventory(path, framework, plan=plan)
    assert again.problems.empty
    assert [one.key for one in again.systems[0].serves] == keys[:-1]


def test_a_mistyped_key_in_a_file_is_named(framework, tmp_path):
    text = "System,Building blocks\nTill,govstack:paymnts (well); own:crops; govstack:gis\n"
    found = inventory.read_inventory(csv(tmp_path / "a.csv", text), framework)
    assert found.problems[["row", "column", "problem", "fix"]].to_numpy().tolist() == [
        [2, "Building blocks", "'govstack:paymnts' is no building block", "Did you mean Payments?"]
    ]
    assert [one.key for one in found.incomplete[0].serves] == ["own:crops", "govstack:gis"]


def test_without_anything_the_frames_are_empty(framework):
    plan = kit.Plan.new(title="x")
    full = kit.Plan.new(title="y")
    full.add_system("A", serves=[{"key": "govstack:gis"}])
    empty = inventory.coverage(framework, plan)
    assert empty.empty
    pd.testing.assert_series_equal(empty.dtypes, inventory.coverage(framework, full).dtypes)
    matrix = inventory.coverage_matrix(framework, plan)
    assert matrix.shape == (0, 0)
    assert matrix.index.names == ["building_block", "state"]


def test_more_users_than_a_number_can_hold(tmp_path):
    file = tmp_path / "systems.csv"
    file.write_text(f"System,Users\nA,{'9' * 400}\n")
    found = inventory.read_inventory(file)
    assert found.problems["problem"].tolist() == ["the number is too large to be true"]


def test_different_systems_of_one_id_have_columns_of_their_own():
    plans = []
    for name, quality in (("Farmers", "well"), ("Schools", "poorly")):
        plan = kit.Plan.new(title=name)
        serves = [{"key": "govstack:payments", "quality": quality}]
        plan.systems = [System(id="register", name=name, serves=serves)]
        plans.append(plan)
    found = inventory.coverage_matrix(kit.load(), *plans)
    assert found.columns.tolist() == ["Farmers", "Schools"]
    assert found.to_numpy().tolist() == [["well", "poorly"]]


@pytest.mark.parametrize("path", [None, 5, "", "a\0.csv"])
def test_paths_that_are_none(path):
    for asked in (inventory.read_inventory, inventory.inventory_template):
        with pytest.raises(kit.ArgumentError, match="path of a file"):
            asked(path)
