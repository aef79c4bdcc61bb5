"""Who may open what: the one table behind docs/roles.md and the walk of every address.

A page added to the site needs its line in ROWS; then write the document again with
`uv run --frozen python -m tests.access.table`.

The table stands beside the tests rather than in the views: pages that belong to somebody guard
themselves by the rows that they look for (`visible_to`, `organisations_of`), which no decorator
says, and a table read from the guards could not contradict them.
"""

import os
from dataclasses import dataclass
from inspect import getdoc
from pathlib import Path

ROLES = (
    "anonymous",
    "learner",
    "elected",
    "responsible",
    "neighbour",
    "territory",
    "instructor",
    "coach",
    "coordinator",
    "administrator",
    "suspended",
)
DOCUMENT = Path(__file__).parents[2] / "docs" / "roles.md"


@dataclass(frozen=True, slots=True)
class Audience:
    """`inside` are let in; others signed in meet `refused`; strangers are sent to sign in."""

    name: str
    sees: str
    inside: frozenset[str]
    refused: str = "404"
    is_public: bool = False

    def expected(self, role: str) -> str:
        if role in self.inside:
            return "in"
        if self.is_public:
            return self.refused
        return "login" if role in {"anonymous", "suspended"} else self.refused


def _audience(name: str, sees: str, inside: str, **facts) -> Audience:
    return Audience(name, sees, frozenset(inside.split()), **facts)


SIGNED = (
    "learner elected responsible neighbour territory instructor coach coordinator administrator"
)
ANYONE = _audience("anyone", "what is public", f"anonymous suspended {SIGNED}", is_public=True)
BEARER = _audience(
    "whoever holds the link", "what the letter announced, to its bearer", "", is_public=True
)
PERSON = _audience("anyone signed in", "one's own rows, and what is offered to all", SIGNED)
FOLLOWER = _audience(
    "those who follow the course", "one's own answers and progress", "learner elected"
)
OWNER = _audience("the person alone", "one's own mandate or attestation", "learner")
PEOPLE = _audience(
    "the organisation's responsables, and ATN",
    "names, functions and facts of the organisation's people; never answers or scores",
    "responsible administrator",
)
SEATED = _audience(
    "the elected person alone", "one's own declaration of a mandatory training", "elected"
)
TOWN = _audience(
    "the municipality's council and responsables, and ATN",
    "two counts of the whole municipality, hidden below five or where one could be worked out",
    "elected responsible administrator",
)
GIVER = _audience(
    "whoever gives the session, and ATN",
    "names of those who hold a seat, and their attendance",
    "instructor administrator",
)
ACCOMPANY = _audience(
    "trainers, coaches and ATN",
    "questions of learners, with their names, towns and paths; facts of those who stopped",
    "instructor coach administrator",
    refused="403",
)
ASKER = _audience(
    "whoever asked, trainers, coaches and ATN",
    "the question and its answers, with names",
    "learner instructor coach administrator",
)
MEETS = _audience(
    "whoever has the appointment, and its coach",
    "the two names, the municipality, what they will speak of, and when",
    "learner coach",
)
OFFERS = _audience("the coach who offers it", "a moment that nobody has taken", "coach")
REPORTS = _audience(
    "UMQ and ATN",
    "counts; UMQ never sees a group of fewer than five",
    "coordinator administrator",
    refused="403",
)
VALIDATES = _audience(
    "UMQ and ATN",
    "who asks to answer for an organisation that nobody answers for",
    "coordinator administrator",
    refused="403",
)
MEMBERS = _audience(
    "the MRC's responsables, and ATN",
    "counts for each municipality of the MRC, none of fewer than five people; nobody's name",
    "territory administrator",
)
ENTRUSTS = _audience(
    "ATN's administration",
    "municipalities, the coach of each, counts of their people",
    "administrator",
    refused="403",
)
AUTHORS = _audience("ATN", "drafts, versions, media", "administrator", refused="403")
# Nothing in the world of the tests answers there: everybody signed in meets a 404.
NOBODY = _audience("its own public, on a row that is theirs", "see the page before it", "")


def _rows(names: str, audience: Audience) -> dict[str, Audience]:
    return dict.fromkeys(names.split(), audience)


ROWS: dict[str, Audience] = {
    **_rows(
        "health-live health-ready portal:home portal:help portal:accessibility portal:privacy "
        "portal:light-mode portal:text-size portal:language municipalities:claim-search municipalities:claim courses:catalogue "
        "portal:policy-report enrollments:paths enrollments:path enrollments:course certificates:verify-form "
        "certificates:verify demo:mailbox ask-code accounts:card",
        ANYONE,
    ),
    **_rows(
        "municipalities:invitation municipalities:claim-answer municipalities:join "
        "notifications:why notifications:stop notifications:accept demo:message demo:message-html "
        "demo:attachment",
        BEARER,
    ),
    **_rows(
        "accounts:profile accounts:email accounts:security accounts:sessions accounts:end-other-sessions accounts:way-back accounts:cancel-card "
        "municipalities:model-list enrollments:teams "
        "enrollments:booklet enrollments:epub enrollments:index enrollments:pledges enrollments:search enrollments:journal enrollments:my-papers "
        "enrollments:offline enrollments:offline-worker "
        "enrollments:sessions enrollments:session enrollments:register portal:rhythm enrollments:skills enrollments:positioning enrollments:appointments "
        "enrollments:follow-path enrollments:enroll certificates:index "
        "notifications:preferences municipalities:link-identity consents:mine "
        "rights:mine rights:rectification rights:erasure privacy:index "
        "privacy:ask privacy:viewings privacy:seen",
        PERSON,
    ),
    **_rows("portal:call-back", ANYONE),
    **_rows(
        "enrollments:towns municipalities:my-duties accounts:resume",
        PERSON,
    ),
    **_rows(
        "municipalities:declaration municipalities:proof municipalities:declare "
        "municipalities:withdraw-duty",
        SEATED,
    ),
    **_rows("municipalities:council-duties municipalities:open-list", PEOPLE),
    **_rows("municipalities:public-list", PEOPLE),
    **_rows("enrollments:readiness enrollments:summary", TOWN),
    **_rows(
        "enrollments:cancel enrollments:calendar enrollments:leave enrollments:lesson "
        "enrollments:print-lesson enrollments:ask-help enrollments:notes enrollments:take enrollments:offline-contents enrollments:offline-lesson "
        "enrollments:complete",
        FOLLOWER,
    ),
    **_rows("municipalities:leave certificates:download privacy:download", OWNER),
    **_rows(
        "municipalities:invite municipalities:invite-many municipalities:council "
        "municipalities:resend municipalities:cancel municipalities:election "
        "municipalities:mandates municipalities:mandate municipalities:another-mandate "
        "municipalities:depart municipalities:end-mandate municipalities:hand-in "
        "municipalities:import municipalities:import-columns municipalities:import-line "
        "municipalities:import-decisions municipalities:import-start "
        "municipalities:import-undo municipalities:import-discard municipalities:import-result "
        "municipalities:responsables municipalities:end-responsible enrollments:team "
        "enrollments:enroll-people enrollments:assign enrollments:group enrollments:group-enroll "
        "certificates:proofs certificates:take-proofs enrollments:export-people "
        "enrollments:group-undo enrollments:nudge enrollments:take-back "
        "enrollments:papers enrollments:paper enrollments:undo-paper "
        "municipalities:sign-in municipalities:poster municipalities:change-poster "
        "municipalities:decide-joining municipalities:poster-pdf municipalities:cards",
        PEOPLE,
    ),
    **_rows("enrollments:attendance enrollments:door", GIVER),
    **_rows(
        "enrollments:desk enrollments:share-help enrollments:slots enrollments:coached-town "
        "enrollments:coached-towns",
        ACCOMPANY,
    ),
    **_rows("enrollments:entrust", ENTRUSTS),
    **_rows("enrollments:help", ASKER),
    **_rows("enrollments:cancel-appointment enrollments:appointment-calendar", MEETS),
    **_rows("enrollments:withdraw-slot", OFFERS),
    **_rows(
        "reports:participation reports:export reports:journey reports:export-journey", REPORTS
    ),
    **_rows(
        "municipalities:validation municipalities:validate-claim municipalities:undo-claim",
        VALIDATES,
    ),
    **_rows("reports:members reports:export-members", MEMBERS),
    **_rows("merging:index merging:prove municipalities:still-mine", PERSON),
    **_rows("merging:merge merging:part", NOBODY),
    **_rows(
        "atelier:index atelier:new-course atelier:course atelier:media atelier:publish "
        "atelier:versions atelier:revisions enrollments:items enrollments:move-people atelier:new-module "
        "atelier:care atelier:withdraw atelier:offer-again atelier:copy-course "
        "atelier:review atelier:review-ask atelier:review-approve atelier:review-return "
        "atelier:bank atelier:bank-export atelier:bank-imports",
        AUTHORS,
    ),
    **_rows(
        "municipalities:undo-renewal municipalities:grant-claim municipalities:refuse-claim "
        "courses:asset enrollments:undo-my-paper enrollments:leave-path enrollments:forget-positioning enrollments:tick-action enrollments:renew-path enrollments:elsewhere enrollments:answer enrollments:note enrollments:pledge "
        "rights:cancel enrollments:review enrollments:answer-review enrollments:choose municipalities:provider municipalities:domain municipalities:withdraw-domain "
        "accounts:recovery-codes accounts:end-session",
        NOBODY,
    ),
}
ROWS |= _rows("interop:module interop:place interop:launch", NOBODY)
# A module, lesson or block that is not there: ATN meets a 404, and nobody else learns even that.
ABSENT_DRAFT = _audience("ATN", "drafts, versions, media", "", refused="403")
ROWS |= _rows(
    "atelier:no-media atelier:new-lesson atelier:lesson atelier:settings atelier:preview "
    "atelier:new-block atelier:new-question atelier:paste atelier:edit atelier:move "
    "atelier:duplicate atelier:remove atelier:bank-question atelier:bank-import "
    "atelier:bank-confirm atelier:bank-undo atelier:bank-take atelier:bank-deposit "
    "atelier:node-revisions atelier:revision atelier:bank-renew atelier:review-settle atelier:send "
    "atelier:listen atelier:vouch "
    "atelier:no-recording enrollments:undo-move",
    ABSENT_DRAFT,
)
# Pages that send elsewhere whoever asks; the walk holds them to « never somebody's record ».
DOORS = {"admin-sign-in", "accounts:device"}
# Whoever holds the code of an attestation reads the name on it, as on the paper.
NAMES_ITS_BEARER = {"certificates:verify"}
# Django's and allauth's own pages, by prefix: tests/test_urls.py holds strangers out of them.
LIBRARIES = ("admin:", "account_", "mfa_", "socialaccount_", "openid_connect_")
# Allauth's own, which the project keeps under its addresses without a name.
UNNAMED = "compte/social/"


def is_library(name: str, route: str) -> bool:
    return name.startswith(LIBRARIES) or (not name and route.startswith(UNNAMED))


def allowed(name: str, role: str) -> set[str]:
    """The outcomes that the table grants; 405 says only that the page has another method."""
    audience = ROWS[name]
    if audience is ABSENT_DRAFT and role == "administrator":
        return {"404", "405"}
    return {audience.expected(role), "405"}


def document() -> str:
    """docs/roles.md: each page, who is let in, what the others meet, what is shown."""
    # Django must be set up before a pattern can be read.
    from tests.access.walk import routes  # noqa: PLC0415

    lines = [
        "# Roles: who may open what",
        "",
        "Written by `uv run --frozen python -m tests.access.table`; `tests/access` walks every",
        "address of the site as every role and fails where the site and this table differ.",
        "",
        "A stranger, or a suspended person, is sent to sign in wherever the page is not public.",
        "The neighbour answers for another organisation, the territory for the MRC of the",
        "municipality. Authors of courses are ATN's administrators. Pages of Django's administration are ATN's alone; those of the",
        "sign-in (`account_…`, `mfa_…`, `socialaccount_…`) show the person's own account.",
        "",
        "| Page | Address | Let in | Others meet | What is seen | What it is for |",
        "| --- | --- | --- | --- | --- | --- |",
    ]
    for name, route, view in routes():
        if name not in ROWS:
            continue
        audience = ROWS[name]
        meets = "—" if audience is ANYONE else audience.refused
        what = (getdoc(view) or "").split("\n\n", maxsplit=1)[0].replace("\n", " ")
        address = route.replace("|", "\\|")
        lines.append(
            f"| `{name}` | `/{address}` | {audience.name} | {meets} | {audience.sees} | {what} |"
        )
    return "\n".join(lines) + "\n"


if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "atn_platform.settings.test")
    import django

    django.setup()
    DOCUMENT.write_text(document())
