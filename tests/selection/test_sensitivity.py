"""Draws: each solved exactly, the same whoever works on them, stopped cleanly."""

from concurrent.futures import Executor, Future, ProcessPoolExecutor, ThreadPoolExecutor
from multiprocessing import get_context

import numpy as np
import pandas as pd
import pytest

from govstack_kit import GovStackKitError, Plan, best_set_stability
from govstack_kit.selection import sensitivity, solver
from govstack_kit.selection.problem import read
from govstack_kit.selection.sensitivity import Stability, best_set_stability_of_plan

TWO = pd.DataFrame(
    {
        "option": ["suite", "purse"],
        "building_block": "wallet",
        "fit": [0.8, 0.6],
        "build_cost": [100.0, 110.0],
        "integration_cost": 0.0,
        "annual_cost": 0.0,
    }
)
WALLET = pd.DataFrame({"building_block": ["wallet"]})


def made(seed, options=24, blocks=6):
    """Return a problem with enough to choose from that draws differ."""
    chance = np.random.default_rng(seed)
    rows = [
        (f"o{k:02d}", f"b{b}", round(float(chance.uniform(0.3, 1)), 2), *cost, f"v{k % 7}")
        for k in range(options)
        for cost in [chance.integers(10, 90, 3).astype(float)]
        for b in chance.permutation(blocks)[: chance.integers(1, 4)]
    ]
    names = ["option", "building_block", "fit", "build_cost", "integration_cost", "annual_cost"]
    needs = pd.DataFrame({"building_block": [f"b{b}" for b in range(blocks)]})
    return pd.DataFrame(rows, columns=[*names, "vendor"]), needs


def share(found, option, block=""):
    frame = found.shares
    mine = frame[(frame["option"] == option) & (frame["building_block"] == block)]
    return mine["share"].item()


def test_a_share_is_what_arithmetic_says():
    # suite (100) loses against purse (110) where the factor of purse is below 100/110 of suite's;
    # with factors even on 0.8 to 1.2, that is an area of the square of all pairs of factors
    grid = np.linspace(0.8, 1.2, 2001)
    expected = (grid[:, None] * 100 < grid[None, :] * 110).mean()
    found = best_set_stability(TWO, WALLET, draws=1_500, progress=False)
    assert share(found, "suite") == pytest.approx(expected, abs=0.035)
    assert share(found, "suite") + share(found, "purse") == 1
    assert found.shares["chosen"].tolist() == [True, True, False, False]
    assert share(found, "purse", "wallet") == share(found, "purse")
    assert found.draws == 1_500


def test_nothing_uncertain_changes_nothing():
    fixed = {"weights": 0, "costs": 0, "fits": 0, "draws": 60}
    assert share(best_set_stability(TWO, WALLET, **fixed, progress=False), "suite") == 1


def asked(options, blocks=6, each=3):
    """Return requirements and answers in which hardly any option meets everything."""
    chance = np.random.default_rng(8)
    rows = [(f"r{b}{i}", f"b{b}") for b in range(blocks) for i in range(each)]
    requirements = pd.DataFrame(rows, columns=["requirement", "building_block"])
    met = [
        (option, requirement, "met")
        for option in options["option"].unique()
        for requirement in requirements["requirement"]
        if chance.random() < 0.7
    ]
    answers = pd.DataFrame(met, columns=["option", "requirement", "answer"])
    return {"requirements": requirements, "answers": answers, "together": True}


@pytest.mark.parametrize(
    ("rules", "fits", "together"),
    [
        ({"most_vendors": 3}, 0.0, False),
        ({"aim": "fit", "budget": 900.0}, 0.1, False),
        ({"least_fit": 0.5, "budget": 800.0}, 0.3, False),
        ({"aim": "fit", "budget": 700.0, "most_options": 4}, 0.2, False),
        ({"aim": "fit", "budget": 600.0, "most_vendors": 3, "keep": ["o03"]}, 0.1, False),
        ({"most_vendors": 4, "keep": ["o05"]}, 0.0, True),
        ({"aim": "fit", "budget": 1200.0}, 0.1, True),
    ],
)
def test_every_draw_is_solved_as_if_it_were_the_first(rules, fits, together):
    options, needs = made(3)
    more = asked(options) if together else {}
    problem = read(options, needs, {"years": 1, **rules}, **more)
    study = sensitivity.Study(problem, 0.5, 0.3, fits, 60.0, 5)
    tally = sensitivity.run(study, 2, 25)
    chance = np.random.default_rng([5, 2])
    chosen, impossible, worth = np.zeros(len(problem.cost), int), 0, set()
    for _ in range(25):
        drawn = sensitivity.draw(study, chance)
        cold = solver.solve(drawn, drawn.rules, ties=False)
        worth.add(cold.chosen)
        impossible += not cold.possible
        chosen[list(cold.chosen)] += 1
    assert tally.impossible == impossible
    assert tally.open == 0
    assert tally.chosen.tolist() == chosen.tolist()
    assert len(worth) > 2  # else there was nothing to get wrong


def test_impossible_draws_are_counted_and_shares_are_of_the_others():
    found = best_set_stability(TWO, WALLET, {"budget": 100.0}, draws=200, progress=False)
    assert 0.2 < found.impossible < 0.5
    assert share(found, "suite") + share(found, "purse") == pytest.approx(1)
    none = best_set_stability(TWO, WALLET, {"budget": 1.0}, draws=20, progress=False)
    assert none.impossible == 1
    assert set(none.shares["share"]) == {0}
    assert none.sentences() == ["In 100\xa0% of the draws no set is possible at all."]


def test_ranges_of_fits_are_drawn_between_lowest_and_highest():
    ranged = TWO.assign(fit_lowest=[0.8, 0.2], fit_highest=[0.8, 1.0])
    found = best_set_stability(ranged, WALLET, {"aim": "fit"}, draws=600, progress=False)
    assert share(found, "purse") == pytest.approx(0.25, abs=0.05)


def test_what_is_sure_is_said_and_an_option_without_a_rival_is_not_called_safe():
    alone = pd.concat([TWO, TWO.iloc[:1].assign(option="map", building_block="gis")])
    needs = pd.DataFrame({"building_block": ["wallet", "gis"]})
    found = best_set_stability(alone, needs, draws=100, costs=0.01, progress=False)
    assert found.sentences() == [
        "Safe, in at least nine of ten sets: suite.",
        "Without a rival, so chosen as long as a set is possible: map.",
    ]
    for value, how in ((0.95, "Safe"), (0.75, "Likely"), (0.6, "Close"), (0.2, "Seldom")):
        said = Stability(found.shares.assign(share=value)).sentences()[0]
        assert said.startswith(f"{how}, ")


def test_the_same_seed_gives_the_same_with_any_executor():
    options, needs = made(2, 12, 3)
    given = {"draws": 450, "progress": False, "seed": 7, "costs": 0.6}
    first = best_set_stability(options, needs, **given)
    with ThreadPoolExecutor(3) as threads:
        again = best_set_stability(options, needs, **given, executor=threads)
        pd.testing.assert_frame_equal(first.shares, again.shares)
        assert threads.submit(int, "1").result() == 1  # the caller's stays open
    other = best_set_stability(options, needs, **given | {"seed": 8})
    assert not other.shares.equals(first.shares)


@pytest.mark.slow
def test_processes_give_the_same():
    options, needs = made(2, 12, 3)
    given = {"draws": 450, "progress": False}
    first = best_set_stability(options, needs, **given)
    with ProcessPoolExecutor(2, mp_context=get_context("spawn")) as processes:
        again = best_set_stability(options, needs, **given, executor=processes)
    pd.testing.assert_frame_equal(first.shares, again.shares)


@pytest.mark.slow
def test_dask_gives_the_same():
    distributed = pytest.importorskip("distributed")
    options, needs = made(2, 12, 3)
    given = {"draws": 450, "progress": False}
    first = best_set_stability(options, needs, **given)
    more = {"processes": False, "n_workers": 1, "dashboard_address": None}
    with distributed.Client(**more) as client, client.get_executor() as executor:
        again = best_set_stability(options, needs, **given, executor=executor)
    pd.testing.assert_frame_equal(first.shares, again.shares)


def test_stopping_cancels_what_has_not_begun():
    submitted = []

    class Slow(Executor):
        def submit(self, call, *args):
            future = Future()
            if not submitted:
                future.set_result(call(*args))
            submitted.append(future)
            return future

    def stop(_done, _all):
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        best_set_stability(TWO, WALLET, draws=800, executor=Slow(), progress=stop)
    assert [future.cancelled() for future in submitted] == [False, True, True, True]


def test_progress_is_told_and_the_bar_is_gone_at_the_end(monkeypatch, capsys):
    told = []
    given = {"draws": 450}
    best_set_stability(TWO, WALLET, **given, progress=lambda done, of: told.append((done, of)))
    assert told == [(200, 450), (400, 450), (450, 450)]
    best_set_stability(TWO, WALLET, **given)
    assert capsys.readouterr().err == ""  # it was quick
    monkeypatch.setattr(sensitivity, "PATIENCE", 0.0)
    best_set_stability(TWO, WALLET, **given)
    shown = capsys.readouterr().err
    assert "450" in shown
    assert shown.rpartition("\r")[2].strip() == ""


@pytest.mark.parametrize(
    "given",
    [
        {"draws": 0},
        {"draws": 10**6},
        {"draws": True},
        {"seed": -1},
        {"costs": 1.5},
        {"weights": np.nan},
        {"fits": "much"},
        {"executor": "processes"},
        {"executor": WALLET},
        {"progress": "x"},
        {"progress": WALLET},
        {"progress": 1},
        {"seconds": np.nan},
        {"seconds": 0},
        {"seconds": "long"},
    ],
)
def test_arguments_out_of_range(given):
    (name,) = given
    with pytest.raises(GovStackKitError, match=rf"^{name} is "):
        best_set_stability(TWO, WALLET, **given)


def test_frames_are_checked_as_for_the_best_set_and_a_plan_is_told_where_to_go(framework):
    with pytest.raises(GovStackKitError, match=r"“-1” is out of range"):
        best_set_stability(TWO.assign(build_cost=-1), WALLET, draws=1)
    with pytest.raises(GovStackKitError, match=r"best_set_stability_of_plan\(framework, plan\)"):
        best_set_stability(framework, Plan.demonstration(), draws=1)
    with pytest.raises(GovStackKitError, match=r"for frames of options and needs"):
        best_set_stability_of_plan(TWO, WALLET, draws=1)


def test_while_nothing_is_needed_there_is_nothing_to_say(framework):
    found = best_set_stability_of_plan(framework, Plan.new(title="New"))
    assert found.tables()["shares"].empty
    assert found.sentences() == []
