"""What is safe in a set and what is not, in sentences; see :mod:`.sensitivity` for the draws."""

from __future__ import annotations

import numpy as np
import pandas as pd

from govstack_kit.selection._wording import percent

SHARES = {  # of the draws with a set, from which on this is said of an option
    0.0: "Seldom, in fewer than one of three sets",
    1 / 3: "Close, look again at their costs and fits",
    2 / 3: "Likely, in at least two of three sets",
    0.9: "Safe, in at least nine of ten sets",
}


def stability_in_words(found: pd.DataFrame) -> list[str]:
    """Return what the shares of options say, in sentences.

    Parameters
    ----------
    found
        What :func:`govstack_kit.stability` returns.

    Returns
    -------
    list of str
        Which options of the set are safe, likely, close or seldom in a best set, by the share of
        the draws in which they are, and how often nothing is possible.

    Examples
    --------
    >>> import pandas as pd
    >>> rows = [("suite", 0.95, True), ("purse", 0.6, True), ("till", 0.4, False)]
    >>> found = pd.DataFrame(rows, columns=["name", "share", "chosen"])
    >>> print(*stability_in_words(found.assign(building_block="", impossible=0.0)))
    Safe, in at least nine of ten sets: suite. Close, look again at their costs and fits: purse.
    >>> print(*stability_in_words(found.assign(building_block="", impossible=0.0, share=0.75)))
    Likely, in at least two of three sets: suite, purse.
    >>> print(*stability_in_words(found.assign(building_block="", impossible=0.0, share=0.2)))
    Seldom, in fewer than one of three sets: suite, purse.
    """
    whole = found[found["building_block"] == ""]
    chosen = whole[whole["chosen"]]
    classes = pd.cut(chosen["share"], [*SHARES, np.inf], right=False, labels=list(SHARES.values()))
    said = [
        f"{how}: {', '.join(chosen.loc[classes == how, 'name'])}."
        for how in reversed(SHARES.values())
        if (classes == how).any()
    ]
    if len(whole) and whole["impossible"].iloc[0] > 0:
        share = whole["impossible"].iloc[0]
        said.append(f"In {percent(share)} of the tries no set is possible at all.")
    return said
