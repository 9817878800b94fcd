"""Which plans the kit can read: it infers use from English words, and says so of the others."""

import pandas as pd
import pytest

import govstack_kit as kit
from govstack_kit.framework import schema
from govstack_kit.selection import needs
from govstack_kit.selection._reading import SHARE, hardly_read, known_share
from govstack_kit.selection.capabilities import capabilities

FOREIGN = {
    "French": [
        "Inscription: le parent remplit le formulaire d'inscription de l'élève",
        "Paiement des frais: la famille paie par téléphone mobile et reçoit un reçu",
        "Notification: l'école envoie un message de confirmation aux parents",
    ],
    "French with many words that English has too": [
        "Communication: le ministère informe les agriculteurs par radio, télévision et messages",
        "Consultation: un conseiller répond aux questions par téléphone ou sur internet",
        "Gestion de l'information, rapports et évaluation",
    ],
    "Spanish": [
        "Registro: el padre llena el formulario de registro en línea",
        "Pago de la matrícula: la familia paga por teléfono móvil y recibe un comprobante",
        "Control social y capital inicial",
    ],
    "Portuguese": [
        "Registo: o pai preenche o formulário de inscrição online",
        "Pagamento da propina: a família paga por telemóvel e recebe um recibo",
        "As famílias têm um agente no posto",
    ],
    "Swahili": [
        "Usajili: mzazi anajaza fomu ya usajili wa mwanafunzi",
        "Malipo ya karo: familia inalipa kwa M-Pesa na kupata risiti",
        "Taarifa: shule inatuma ujumbe kwa wazazi",
    ],
    "Arabic": [
        "يملأ ولي الأمر استمارة التسجيل",
        "تدفع الأسرة الرسوم بالهاتف عن طريق Mobile Money",
        "ترسل المدرسة رسالة تأكيد إلى الوالدين عبر SMS",
    ],
    "Hindi": ["छात्र का पंजीकरण", "माता पिता शुल्क का भुगतान करते हैं", "विद्यालय संदेश भेजता है"],
    "Chinese": ["学生注册", "缴纳学费", "发送确认消息"],
}
ENGLISH = {
    "names only": ["Register the pupil", "Pay the fee", "Receive the receipt"],
    "nouns only": ["Pupil enrolment", "Fee payment", "Complaint handling", "Bursary award"],
    "a profession's words": [
        *("Cadastral survey lodgement", "Deed plan examination", "Valuation for stamp duty"),
        *("Title issuance", "Caveat search"),
    ],
    "some local words": [
        *("Mkulima registers at the ward office", "Officer records acreage"),
        *("Voucher sent by SMS", "Agro-dealer redeems the voucher"),
    ],
}


def made(steps, title="A plan"):
    plan = kit.Plan.new(title=title)
    case = plan.add_use_case("Service")
    for text in steps:
        name, _, words = text.partition(": ")
        step = case.add_step(name, description=words)
        step.choose("building_block", "govstack:payments")
    return plan


def said(framework, *plans):
    return [text for text in needs.remarks(framework, *plans) if "English" in text]


@pytest.mark.parametrize("language", FOREIGN)
def test_other_languages_are_said(framework, language):
    plan = made(FOREIGN[language], title="School fees")
    assert known_share(framework, plan) < SHARE - 0.05
    (sentence,) = said(framework, plan)
    assert sentence == (
        "The kit reads English words only, and knows few of the words in the steps of 'School "
        "fees'. So “not seen in use” means little for this plan: only its workflows, and building "
        "blocks that are used together, count. Decide as a team what your services use."
    )


@pytest.mark.parametrize("kind", ENGLISH)
def test_nothing_is_said_of_english(framework, kind):
    plan = made(ENGLISH[kind])
    assert known_share(framework, plan) > SHARE + 0.1
    assert said(framework, plan) == []


def test_each_published_use_case_is_read_by_what_the_others_say(framework):
    """So the figures do not follow from a use case's own words being in the tables."""
    shares = {}
    for key in framework.use_cases["use_case"]:
        tables = {name: getattr(framework, name) for name in schema.tables()}
        for name in ("use_cases", "steps"):
            tables[name] = tables[name][tables[name]["use_case"] != key]
        plan = kit.Plan.new(title=key)
        plan.add_published(framework, key)
        others = kit.Framework(tables)
        whole = known_share(others, plan)
        for step in plan.use_cases[0].steps:
            step.description = step.as_is = step.to_be = ""
        shares[key] = whole, known_share(others, plan)
    assert len(shares) == 23
    assert min(whole for whole, _ in shares.values() if whole) > 0.85
    assert min(names for _, names in shares.values() if names) > 0.7


def test_of_few_words_nothing_is_said(framework):
    seven, eight = made(["Malipo ya karo", "Usajili wa", "mwanafunzi 2026 -"]), made(["Lipa"] * 8)
    seven.use_cases[0].steps[2].description = "shule 3"
    assert known_share(framework, seven) is None
    assert said(framework, seven) == []
    assert known_share(framework, eight) == 0
    seven.use_cases[0].steps[2].to_be = "leo"  # as people write what it will be like
    assert known_share(framework, seven) == 0
    assert not hardly_read(framework, kit.Plan.new(title="New"))


def test_it_is_said_of_the_plan_that_it_is_true_of(framework):
    french, english = made(FOREIGN["French"], title="Frais"), made(ENGLISH["names only"])
    assert len(said(framework, english, french)) == 1
    assert "'Frais'" in said(framework, english, french)[0]


def test_words_that_a_country_lays_over_the_tables_are_known(framework):
    tables = {name: getattr(framework, name) for name in schema.tables()}
    words = tables["capability_words"]
    first = words.iloc[[0]]
    ours = "usajili mzazi anajaza fomu malipo karo familia inalipa kupata risiti shule ujumbe"
    rows = [first.assign(word=word) for word in ours.split()]
    tables["capability_words"] = pd.concat([words, *rows], ignore_index=True)
    plan = made(FOREIGN["Swahili"])
    assert hardly_read(framework, plan)
    assert not hardly_read(kit.Framework(tables), plan)


def test_what_is_said_is_so(framework):
    """Vouchers are seen in use in English, in French only by their workflow or another block."""
    english = made(["Redeem the voucher at the shop"])
    french = made(["Échanger le bon d'achat contre des semences chez le marchand"])
    for plan, use in ((english, "seen in use"), (french, "not seen in use")):
        found = capabilities(framework, plan, "Payments").set_index("title")
        assert found.loc["Vouchers", "use"] == use
    assert hardly_read(framework, french)
    french.use_cases[0].steps[0].choose("building_block", "govstack:emarketplace")
    found = capabilities(framework, french, "eMarketplace")
    assert "used with Payments in Service" in set(found["evidence"])
