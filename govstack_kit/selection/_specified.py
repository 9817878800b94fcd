"""The capabilities that specifications are divided into, and what calls for each of them.

Definitions
-----------
A *capability* is a section of the functional requirements of a building block, to the second number
(6.2 with 6.2.1), together with the key functionalities on the same matter, and with requirements
that stand elsewhere but are on that matter only. Their names follow the headings of the
specifications. What calls for a capability was judged by this project, from the
specifications alone; nobody publishes it:

- ``ALWAYS``: whoever uses the block needs it, whatever for, like its core, its logs and its
  administration.
- *With* another block: it connects the two, so that it matters where both are used.
- *Where* steps speak of certain things, or have certain workflows: a feature that some services
  need and others do not. The things are words or groups of words, all of which a step has to have.

A capability that is not listed here, of a block of a country's own or of a specification whose
version changed in its first or second number, matters where a step shares words with the titles of
its requirements, and is called by its number.
"""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from govstack_kit.framework.tables import Framework

_GIVEN = (  # a government or programme pays people
    "allowance, beneficiary, benefit, bulk, cash, compensation, disburse, disbursement, grant, "
    "payout, pays people, pension, salary, stipend, subsidy, transfer, wage"
)
_TOLD = (  # people are told something at the right time
    "alarm, alert, call, daily, deadline, due, inform, message, monthly, news, notice, notify, "
    "notification, regular, regularly, remind, reminder, tell, tip, warn, warning, weekly"
)
_BOUGHT = (
    "bid, buy, buyer, cart, deal, offer, order, price, procure, procurement, purchase, quote, "
    "sale, sell, seller, shop, trade, trader"
)
_BROUGHT = "carry, courier, deliver, delivery, dispatch, fulfil, logistics, ship, transport"


class Capability(NamedTuple):
    """A part of what a block can do: its section, its name, and what calls for it.

    Attributes
    ----------
    section
        Its number in the functional requirements.
    name
        What it is about, in our spelling.
    functions
        The sections of the key functionalities that belong to it.
    always
        Whether whoever uses the block needs it.
    block
        The other block that it connects to.
    words
        What steps speak of that need it.
    workflows
        What steps do that need it.
    also
        Requirements of the block that stand in other sections: these sections, or single ones.
    """

    section: str
    name: str
    functions: tuple[str, ...] = ()
    always: bool = False
    block: str = ""
    words: str = ""
    workflows: tuple[str, ...] = ()
    also: tuple[str, ...] = ()


def _always(section: str, name: str, *functions: str) -> Capability:
    return Capability(section, name, functions, always=True)


def _with(block: str, section: str, name: str, *functions: str) -> Capability:
    return Capability(section, name, functions, block=block)


def _where(
    words: str, section: str, name: str, *functions: str, workflows: str = "", also: str = ""
) -> Capability:
    flows, more = tuple(workflows.split()), tuple(also.split())
    return Capability(section, name, functions, words=words, workflows=flows, also=more)


SPECIFIED: dict[str, tuple[Capability, ...]] = {
    "govstack:cloud-infrastructure-hosting": (
        _always("6.1", "Physical hardware"),
        _always("6.2", "Virtualisation", "4.1"),
        _always("6.3", "Containers", "4.2"),
        _always("6.4", "Identity and access management", "4.4"),
        _always("6.5", "Operation and security tools", "4.3", "4.5", "4.6", "4.7"),
    ),
    "govstack:consent": (
        _always("6.1", "Consent agreements, for administrators", "4.1"),
        _always("6.2", "Giving and withdrawing consent, for individuals", "4.2"),
        _always("6.3", "Checking consent, for auditors", "4.3"),
    ),
    "govstack:digital-registries": (
        _always("6.1", "Building and running registries", "4.1"),
        _always("6.2", "Using registries", "4.2"),
    ),
    "govstack:emarketplace": (
        _always("6.1", "Catalogue and search", "4.1"),
        _where(
            "crop, goods, harvest, inventory, produce, quantity, stock, supply, warehouse",
            "6.2", "Stock", "4.2", workflows="supply-chain-management",
        ),
        _where(_BOUGHT, "6.3", "Cart and quotation", "4.3"),
        _where(_BOUGHT, "6.4", "Terms of an order", "4.4"),
        _where(_BOUGHT, "6.5", "Orders", "4.5"),
        _where(
            _BROUGHT, "6.6", "Fulfilment of orders", "4.6", workflows="supply-chain-management"
        ),
        _where(
            f"{_BROUGHT}, track, tracking",
            "6.7", "Tracking of orders", "4.7", workflows="supply-chain-management",
        ),
        _where("cancel, cancellation, dispute, refund, return", "6.8", "Cancelled orders", "4.8"),
        _where(
            "feedback, opinion, rate, rating, reputation, review, satisfaction",
            "6.9", "Ratings and feedback", "4.9",
        ),
        _where(
            "ask, complain, complaint, dispute, help, helpline, problem, question, support",
            "6.10", "Support", "4.10", workflows="problem-diagnosis",
        ),
        _with("govstack:information-mediator", "6.11", "Link to the Information Mediator"),
        _with("govstack:payments", "6.12", "Link to Payments"),
        _with("govstack:esignature", "6.13", "Link to eSignature"),
        _with("govstack:registration", "6.14", "Link to Registration"),
        _with("govstack:identity", "6.15", "Link to Identity"),
        _where(
            "advertise, campaign, poster, promote, promotion, radio, social media, television",
            "6.16", "Promotion", workflows="client-education",
        ),
        _with("govstack:cms", "6.17", "Link to content management"),
        _with("govstack:workflow", "6.18", "Link to Workflow"),
        _where(
            "analyse, analysis, chart, dashboard, forecast, report, statistics, trend",
            "6.19", "Link to analytics", workflows="data-analysis-and-business-intelligence",
        ),
        _with("govstack:gis", "6.20", "Link to GIS"),
        _with("govstack:consent", "6.21", "Link to Consent"),
        _with("govstack:messaging", "6.22", "Link to Messaging"),
        _with("govstack:scheduler", "6.23", "Link to the Scheduler"),
        _where(
            "auction, bid, procurement, supplier, tender",
            "6.24", "Evaluation of bids", "4.11", workflows="procurement",
        ),
    ),
    "govstack:esignature": (
        _always("6.1", "Hardware security module", "4.1"),
        _always("6.2", "Signature devices", "4.2", "4.5", "4.6"),
        _always("6.3", "Time stamps", "4.3"),
        _always("6.4", "Certifying authority"),
        _always("6.5", "Signing", "4.4", "4.9", "4.10", "4.11", "4.12"),
        _always("6.6", "Audit"),
        _always("6.7", "Certificates", "4.7"),
        _always("6.8", "Notices to signers", "4.8"),
        _with("govstack:messaging", "6.9", "Link to Messaging"),
    ),
    "govstack:gis": (
        _always("6.1", "Map display", "4.1"),
        _always("6.2", "Search on the map", "4.2"),
        _always("6.3", "Geographic data", "4.3"),
        _where(
            "address, building, land, locate, location, parcel, plot, postal, property, site, "
            "street", "6.4", "Addresses to places and back", "4.4",
        ),
        _where(
            "affected, area, cluster, distance, hotspot, local, map data, near, nearby, nearest, "
            "neighbouring, pattern, region, risk, satellite, spread, zone",
            "6.5", "Spatial analysis", "4.5",
        ),
        _where(
            "chart, dashboard, map, overview, plan, print, publish, report, statistics",
            "6.6", "Maps and reports to hand out", "4.6",
        ),
        _where(
            "alarm, alert, boundary, contact, curfew, danger, enter, geofence, isolate, leave, "
            "monitor, nearby, perimeter, quarantine, track, warn, warning, zone",
            "6.7", "Geofences", "4.7", workflows="remote-monitoring",
        ),
        _where(
            f"{_BROUGHT}, ambulance, distance, drive, evacuate, evacuation, home visit, navigate, "
            "nearest, rescue, road, route, travel, vehicle",
            "6.8", "Routes", "4.8", workflows="supply-chain-management",
        ),
    ),
    "govstack:information-mediator": (
        _always("6.1", "Administration"),
        _always("6.2", "Members and services"),
        _always("6.3", "Access to services", "4.1"),
        _always("6.4", "Directory of services", "4.2"),
        _where(
            "alert, automatically, event, immediately, live, real time, satellite, sensor, signal, "
            "trigger, warn, warning",
            "6.5", "Events to subscribers", "4.3", workflows="remote-monitoring",
        ),
        _always("6.6", "Logs", "4.4"),
        _always("6.7", "Monitoring", "4.5"),
        _always("6.8", "Capacity", "4.6"),
    ),
    "govstack:messaging": (
        _always("6.1", "Messages from government to people", "4.1"),
        _always("6.2", "Messages from people to government", "4.2"),
    ),
    "govstack:payments": (
        _always("6.1", "Payment orchestration", "4.1", "4.16"),
        _where(
            "coupon, redeem, token, voucher", "6.2", "Vouchers", "4.2",
            also="5.1.9 5.3.2 6.1-22 6.1-23 6.1-24 6.1-25 6.1-26 6.1-27 6.1-28 6.1-30",
        ),
        _where(_GIVEN, "6.3", "Which account a person has", "4.3"),
        _always("6.4", "Requests for payment", "4.4"),
        _always("6.5", "Payment gateway", "4.5"),
        _where(_GIVEN, "6.6", "Portal for those who pay people", "4.6"),
        _always("6.7", "Payment events", "4.7"),
        _always("6.8", "Tracing and reconciliation", "4.8"),
        _where(
            f"{_GIVEN}, batch", "6.9", "Payments in batches", "4.9",
            also="5.3.1-09 6.1-10 6.1-11 6.1-20",
        ),
        _always("6.10", "Scheduling of tasks", "4.10"),
        _always("6.11", "Event logs", "4.11"),
        _always("6.12", "Audit logs", "4.12"),
        _always("6.13", "Reports", "4.13"),
        _always("6.14", "Security", "4.14"),
        _always("6.15", "Protection of keys"),
        _where(
            _GIVEN, "6.16", "Bulk payments by government", "4.15",
            also="5.3.1-06 5.3.1-08 5.3.4 6.1-16 6.1-17 6.1-18 6.1-29",
        ),
    ),
    "govstack:registration": (
        _always("6.1", "Applying online", "4.1"),
        _always("6.2", "Processing of applications", "4.2"),
        _always("6.3", "Setting services up", "4.3"),
    ),
    "govstack:scheduler": (
        _always("6.1", "Events", "4.1"),
        _always("6.2", "Entities that host events", "4.2"),
        _where(_TOLD, "6.3", "Alert schedules", "4.3", workflows="client-communication"),
        _where(_TOLD, "6.4", "Alert messages", "4.4", workflows="client-communication"),
        _where(
            "agent, ambulance, appointment, doctor, equipment, expert, inspector, nurse, officer, "
            "room, specialist, staff, teacher, team, trainer, vehicle, visit, volunteer, worker",
            "6.5", "People, rooms and vehicles", "4.5",
            workflows="work-planning-and-coordination",
        ),
        _where(
            "applicant, appointment, attend, enrol, farmer, invite, join, learner, member, mother, "
            "participant, patient, pupil, student, subscribe, subscriber, subscription",
            "6.6", "People who take part", "4.6",
            workflows="client-communication client-education",
        ),
        _where(
            "agency, consultant, contractor, expert, hospital, institution, organisation, partner, "
            "roster, shift, specialist, volunteer, working hours",
            "6.7", "Who works for whom, and when", "4.7",
        ),
        _where(
            "appointment, book, booking, class, consult, consultation, course, exam, hearing, "
            "inspect, inspection, interview, lesson, meet, meeting, session, training, vaccinate, "
            "vaccination, visit",
            "6.8", "Appointments", "4.8",
        ),
        _always("6.9", "Logs and reports", "4.9"),
        _with("govstack:information-mediator", "6.10", "Link to the Information Mediator", "4.10"),
        _where(
            "automatically, event, immediately, live, real time, sensor, signal, trigger",
            "6.11", "Events from and to other blocks", "4.11", workflows="remote-monitoring",
        ),
        _with("govstack:messaging", "6.12", "Link to Messaging", "4.12"),
        _always("6.13", "Administration", "4.13"),
    ),
    "govstack:wallet": (
        _where(
            "card, certificate, credential, diploma, issue, licence, permit, prescription",
            "6.1", "Finding credentials", "4.1",
        ),
        _where(
            "card, certificate, credential, diploma, issue, licence, permit, prescription",
            "6.2", "Issuing credentials", "4.2",
        ),
        _always("6.3", "Status of credentials", "4.3"),
        _always("6.4", "Validity of credentials", "4.4"),
        _where(
            "check, confirm, present, proof, prove, show, verify", "6.5", "Showing credentials",
            "4.5",
        ),
    ),
    "govstack:workflow": (
        _always("6.1", "Designing processes", "4.1"),
        _always("6.2", "Running processes", "4.2"),
        _always("6.3", "Monitoring of processes", "4.3"),
        _always("6.4", "Finding processes", "4.4"),
        _always("6.5", "Users and their rights"),
    ),
}  # fmt: skip

_JUDGED = {  # the versions of the specifications that were read
    "govstack:cloud-infrastructure-hosting": "1.0",
    "govstack:consent": "1.0",
    "govstack:digital-registries": "3.0",
    "govstack:emarketplace": "0.1",
    "govstack:esignature": "1.0",
    "govstack:gis": "0.4",
    "govstack:information-mediator": "1.1",
    "govstack:messaging": "1.0",
    "govstack:payments": "3.0",
    "govstack:registration": "1.0",
    "govstack:scheduler": "1.1",
    "govstack:wallet": "1.0",
    "govstack:workflow": "1.0",
}


@lru_cache(maxsize=4)
def _by_block(framework: Framework) -> dict[str, tuple[Capability, ...]]:
    versions = framework.building_blocks.set_index("building_block")["version"]
    return {
        block: parts
        for block, parts in SPECIFIED.items()
        if to_second(str(versions.get(block))) == _JUDGED[block]
    }


def specified(framework: Framework, block: str) -> tuple[Capability, ...]:
    """Return what was judged about a block: nothing, if its specification is another one by now."""
    return _by_block(framework).get(block, ())


def to_second(number: str) -> str:
    """Return a number of sections or versions up to its second part.

    Examples
    --------
    >>> to_second("6.2.1"), to_second("6.20"), to_second("5")
    ('6.2', '6.20', '5')
    """
    return ".".join(number.split(".")[:2])
