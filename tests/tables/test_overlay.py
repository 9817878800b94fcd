"""Tables over tables, and what belongs together."""

import pandas as pd
from pandas.testing import assert_frame_equal

from govstack_kit.tables import overlay


def test_rows_are_laid_over_rows_with_the_same_key(mini, frames):
    added = {
        "services": pd.DataFrame(
            {"service": ["bus", "fees"], "name": ["Bus", "Fees"], "sector": ["edu", "edu"]}
        ),
        "steps": frames["steps"].iloc[:0],
    }
    before = {name: frame.copy() for name, frame in frames.items()}
    found = overlay.lay(frames, added, mini)
    assert found["services"]["name"].tolist() == ["Fees", "Meals", "Bus"]
    assert found["services"]["cost"].isna().tolist() == [True, True, True]
    assert found["services"].dtypes.equals(frames["services"].dtypes)
    assert found["steps"] is frames["steps"]
    for name, frame in frames.items():
        assert_frame_equal(frame, before[name])


def test_a_row_goes_with_all_that_refers_to_it(mini, frames):
    left = overlay.without(frames, mini, "services", ["fees"])
    assert left["services"]["service"].tolist() == ["meals"]
    assert left["steps"]["step"].tolist() == ["meals.eat"]
    assert left["step_tools"].empty
    kept = overlay.without(frames, mini, "services", ["fees"], keep=["steps"])
    assert len(kept["steps"]) == 3
    left = overlay.without(frames, mini, "steps", ["fees.ask"])
    assert left["steps"]["after"].isna().all()  # it may be empty
    assert overlay.without(frames, mini, "steps", ["none"]) == frames


def test_a_key_is_changed_wherever_it_stands(mini, frames):
    found = overlay.renamed(frames, mini, "services", "fees", "dues")
    assert found["services"]["service"].tolist() == ["dues", "meals"]
    assert found["steps"]["service"].tolist() == ["dues", "dues", "meals"]
    assert found["steps"]["step"].tolist() == frames["steps"]["step"].tolist()
