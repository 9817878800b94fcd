"""Options made up for the demonstration of choosing, so that a notebook has something to show.

The products are real and named for these building blocks by the tables; their costs and fits are
not: nobody measured them, and they say nothing about what a product costs or can do. Costs are in
thousands: to build, to integrate, a year.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from govstack_kit.framework.framework import load
from govstack_kit.planning.selected import Cover, Option

if TYPE_CHECKING:
    from govstack_kit.framework.framework import Framework

MADE_UP = "Illustration only: the costs and fits are made up for the demonstration."
THOUSAND = 1000


class _Sketch(NamedTuple):
    """An option in short: its product, or kind and name; vendor; costs; fits by block."""

    id: str
    product: str
    vendor: str
    costs: tuple[float, float, float]
    fits: dict[str, float]
    kind: str = "product"
    name: str = ""


OPTIONS = (
    _Sketch(
        "digit",
        "dpg:digit",
        "Integrator A",
        (260, 60, 55),
        {"digital-registries": 0.7, "registration": 0.8, "workflow": 0.75},
    ),
    _Sketch(
        "openg2p",
        "dpg:openg2p",
        "Integrator B",
        (210, 55, 45),
        {"digital-registries": 0.65, "payments": 0.7, "workflow": 0.5},
    ),
    _Sketch(
        "rapidpro",
        "dpg:rapidpro",
        "Integrator C",
        (60, 25, 20),
        {"messaging": 0.85, "workflow": 0.4},
    ),
    _Sketch("glific", "dpg:glific", "Integrator D", (45, 20, 18), {"messaging": 0.7}),
    _Sketch(
        "wso2-identity-server",
        "atlas:wso2-identity-server",
        "Integrator E",
        (140, 40, 35),
        {"identity": 0.6, "consent": 0.55},
    ),
    _Sketch(
        "mosip",
        "dpg:modular-open-source-identity-platform",
        "Integrator F",
        (320, 80, 70),
        {"identity": 0.95},
    ),
    _Sketch("consent-bb", "known:consent-bb-api", "Integrator G", (70, 30, 15), {"consent": 0.9}),
    _Sketch("x-road", "dpg:x-road", "Integrator H", (120, 35, 30), {"information-mediator": 0.95}),
    _Sketch("openhim", "dpg:openhim", "Integrator C", (70, 30, 20), {"information-mediator": 0.6}),
    _Sketch("mojaloop", "dpg:mojaloop", "Integrator B", (280, 70, 60), {"payments": 0.9}),
    _Sketch(
        "payment-hub",
        "atlas:mifos-payment-hub-ee",
        "Integrator A",
        (150, 45, 35),
        {"payments": 0.75},
    ),
    _Sketch("beckn-onix", "known:beckn-onix", "Integrator D", (110, 40, 25), {"emarketplace": 0.8}),
    _Sketch("ekshop", "dpg:ekshop", "Integrator H", (130, 35, 30), {"emarketplace": 0.7}),
    _Sketch(
        "easyappointments",
        "known:easyappointments",
        "Integrator D",
        (25, 15, 8),
        {"scheduler": 0.6},
    ),
    _Sketch(
        "librebooking", "known:librebooking", "Integrator C", (35, 15, 10), {"scheduler": 0.75}
    ),
    _Sketch("camunda", "atlas:camunda-platform", "Integrator E", (110, 35, 40), {"workflow": 0.9}),
    _Sketch("formsg", "atlas:formsg", "Integrator G", (40, 20, 12), {"registration": 0.55}),
    _Sketch(
        "farmer-register",
        "",
        "",
        (0, 45, 40),
        {"digital-registries": 0.6, "registration": 0.5},
        kind="system",
        name="Farmer register of the ministry",
    ),
    _Sketch(
        "national-id",
        "",
        "",
        (0, 50, 25),
        {"identity": 0.8},
        kind="system",
        name="National identity service",
    ),
    _Sketch(
        "advice-desk",
        "",
        "",
        (190, 30, 60),
        {"scheduler": 0.9, "workflow": 0.7, "messaging": 0.6},
        kind="own build",
        name="Advice desk, built by the ministry",
    ),
    _Sketch(
        "own-market",
        "",
        "",
        (240, 30, 70),
        {"emarketplace": 0.9, "consent": 0.6},
        kind="own build",
        name="Market place, built by the ministry",
    ),
)


def options(framework: Framework | None = None) -> list[Option]:
    """Return the made-up options, those of products only where the tables have the product.

    Examples
    --------
    >>> [option.id for option in options()][:2]
    ['digit', 'openg2p']
    """
    table = (framework or load()).products
    names = dict(zip(table["product"], table["name"], strict=True))
    return [
        Option(
            id=sketch.id,
            name=sketch.name or names[sketch.product],
            kind=sketch.kind,
            product=sketch.product,
            vendor=sketch.vendor,
            open_source="" if sketch.product else "no" if sketch.kind == "system" else "yes",
            covers=[
                Cover(key=f"govstack:{block}", fit=fit, note=MADE_UP)
                for block, fit in sketch.fits.items()
            ],
            build_cost=sketch.costs[0] * THOUSAND,
            integration_cost=sketch.costs[1] * THOUSAND,
            annual_cost=sketch.costs[2] * THOUSAND,
            note=MADE_UP,
        )
        for sketch in OPTIONS
        if not sketch.product or sketch.product in names
    ]
