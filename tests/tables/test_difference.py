"""What changed, and two versions brought together."""

import pandas as pd
import pytest
from pandas.testing import assert_frame_equal

from govstack_kit.tables import difference, overlay


def edited(frames, table, key, **values):
    """Return the tables with other values in a row."""
    frame = frames[table].copy()
    row = frame[frame.columns[0]] == key
    for column, value in values.items():
        frame.loc[row, column] = value
    return {**frames, table: frame}


def added(frames, table, at=None, **values):
    """Return the tables with one more row."""
    frame = frames[table]
    new = pd.DataFrame([values]).reindex(columns=frame.columns).astype(frame.dtypes)
    at = len(frame) if at is None else at
    parts = [frame.iloc[:at], new, frame.iloc[at:]]
    return {**frames, table: pd.concat(parts, ignore_index=True)}


def moved(frames, table, order):
    return {**frames, table: frames[table].iloc[order].reset_index(drop=True)}


def names(frames, table="steps"):
    return frames[table]["name"].tolist()


# ------------------------------------------------------------------------------- difference


def test_every_kind_of_change(mini, frames):
    after = edited(frames, "services", "fees", cost=5.5, since=None)
    after = added(after, "sectors", sector="new", name="New")
    after = overlay.without(after, mini, "services", ["meals"])
    after = moved(after, "steps", [1, 0])
    found = difference.difference(frames, after, mini)
    assert list(found) == difference.CHANGES
    assert found.to_numpy().tolist() == [
        ["sectors", "new", "", "added", "", "New"],
        ["services", "meals", "", "removed", "Meals", ""],
        ["services", "fees", "cost", "changed", "1200000", "5.5"],
        ["services", "fees", "since", "changed", "2016", ""],
        ["steps", "meals.eat", "", "removed", "Eat", ""],
        ["steps", "", "", "moved", "fees.ask, fees.pay", "fees.pay, fees.ask"],
    ]
    assert difference.difference(frames, frames, mini).empty
    assert difference.difference({}, {}, mini).empty


# ------------------------------------------------------------------------------------ merge


def test_different_cells_join_and_the_same_cell_is_a_conflict(mini, frames):
    ours = edited(frames, "services", "fees", cost=1.0, name="Dues")
    theirs = edited(frames, "services", "fees", since=2000, name="Charges")
    found, conflicts = difference.merge(ours, theirs, frames, mini)
    row = found["services"].iloc[0]
    assert (row["cost"], row["since"], row["name"]) == (1.0, 2000, "Dues")
    assert conflicts.to_numpy().tolist() == [["services", "fees", "name", "Dues", "Charges"]]
    other, mirrored = difference.merge(theirs, ours, frames, mini)
    assert other["services"].iloc[0]["name"] == "Charges"
    assert mirrored[["kept", "other"]].to_numpy().tolist() == [["Charges", "Dues"]]


def test_without_an_origin_an_empty_cell_is_filled(mini, frames):
    theirs = edited(frames, "services", "meals", cost=7.0)
    found, conflicts = difference.merge(frames, theirs, None, mini)
    assert found["services"]["cost"].tolist() == [1_200_000, 7.0]
    assert conflicts.empty


def test_removed_here_and_changed_there(mini, frames):
    ours = overlay.without(frames, mini, "steps", ["fees.ask"])
    theirs = edited(frames, "steps", "fees.ask", name="Apply")
    found, conflicts = difference.merge(ours, theirs, frames, mini)
    assert "Apply" in names(found)
    expected = ["steps", "fees.ask", "", "fees.ask", "removed in the other version"]
    assert conflicts.to_numpy().tolist()[0] == expected
    found, conflicts = difference.merge(ours, frames, frames, mini)
    assert names(found) == ["Pay", "Eat"]
    assert conflicts.empty


def test_rows_keep_their_order(mini, frames):
    ours = added(frames, "steps", at=1, step="fees.wait", service="fees", name="Wait")
    theirs = moved(frames, "steps", [1, 0, 2])
    for one, other in ((ours, theirs), (theirs, ours)):
        found, conflicts = difference.merge(one, other, frames, mini)
        assert names(found) == ["Pay", "Ask", "Wait", "Eat"]
        assert conflicts.empty


def test_new_rows_follow_what_they_followed(mini, frames):
    ours = added(frames, "steps", step="meals.a", service="meals", name="A")
    theirs = added(frames, "steps", at=0, step="fees.b", service="fees", name="B")
    found = difference.merge(ours, theirs, frames, mini)[0]
    assert names(found) == ["B", "Ask", "Pay", "Eat", "A"]
    bare = {**frames, "sectors": frames["sectors"].iloc[:0]}
    one = added(bare, "sectors", sector="a", name="A")
    two = added(bare, "sectors", sector="b", name="B")
    assert names(difference.merge(one, two, None, mini)[0], "sectors") == ["A", "B"]


def test_a_table_that_is_decided_as_a_whole(mini, frames):
    def chosen(*tools):
        rows = [{"step": "fees.pay", "tool": tool} for tool in tools]
        frame = pd.DataFrame(rows, columns=list(frames["step_tools"]))
        return {**frames, "step_tools": frame.astype(frames["step_tools"].dtypes)}

    ours, theirs = chosen("till"), chosen("hub", "card")
    found, conflicts = difference.merge(ours, theirs, frames, mini)
    assert found["step_tools"]["tool"].tolist() == ["till"]
    assert conflicts.to_numpy().tolist() == [
        ["step_tools", "", "", "fees.pay | till", "fees.pay | hub; fees.pay | card"]
    ]
    for one, other in ((frames, theirs), (theirs, frames)):  # only one of them changed it
        found, conflicts = difference.merge(one, other, frames, mini)
        assert found["step_tools"]["tool"].tolist() == ["hub", "card"]
        assert conflicts.empty


def test_two_rows_that_share_a_key_by_chance_stay_two(mini, frames):
    bare = overlay.without(frames, mini, "services", ["fees", "meals"])
    one = added(bare, "services", service="card", name="Card", sector="edu", status="draft")
    two = added(bare, "services", service="card", name="Membership", sector="edu", status="draft")
    two = added(two, "steps", step="card.x", service="card", name="X")
    for origin in (bare, None):
        found, conflicts = difference.merge(one, two, origin, mini)
        keys = dict(zip(names(found, "services"), found["services"]["service"], strict=True))
        assert keys == {"Card": "card", "Membership": "card-2"}
        assert found["steps"]["service"].tolist() == ["card-2"]
        assert conflicts.empty


def test_a_row_that_was_renamed_stays_one(mini, frames):
    theirs = edited(frames, "services", "fees", name="Dues")  # its steps are the same
    found, conflicts = difference.merge(frames, theirs, None, mini)
    assert names(found, "services") == ["School fees", "Meals"]
    assert conflicts[["row", "kept", "other"]].to_numpy().tolist() == [
        ["fees", "School fees", "Dues"]
    ]


@pytest.mark.parametrize("origin", [True, False])
def test_equal_versions_stay_as_they_are(mini, frames, origin):
    again = {name: frame.copy() for name, frame in frames.items()}
    found, conflicts = difference.merge(frames, again, frames if origin else None, mini)
    for name, frame in frames.items():
        assert_frame_equal(found[name], frame)
    assert conflicts.empty
    assert list(conflicts) == difference.CONFLICTS


def test_tables_and_columns_that_nobody_declared_come_along(mini, frames):
    ours = {**frames, "risks": pd.DataFrame({"risk": ["rain"]})}
    theirs = edited(frames, "sectors", "edu", name="Schools")
    theirs["sectors"] = theirs["sectors"].assign(colour="red")
    found = difference.merge(ours, theirs, frames, mini)[0]
    assert found["risks"]["risk"].tolist() == ["rain"]
    assert set(found["sectors"]["colour"]) == {"red"}
