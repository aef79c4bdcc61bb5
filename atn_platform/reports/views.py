from collections.abc import Sequence
from datetime import date

from django.http import Http404, HttpResponse, HttpResponseBase, StreamingHttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.views.decorators.http import require_GET, require_safe

from atn_platform.accounts.decorators import requires
from atn_platform.accounts.http import SignedInRequest
from atn_platform.reports import actions, exports, headlines, periods
from atn_platform.reports.enums import (
    COURSE,
    DOOR,
    Audience,
    Breakdown,
    JourneyTable,
    MemberColumn,
    Scope,
)
from atn_platform.reports.figures import journey as journey_figures
from atn_platform.reports.figures import members as member_figures
from atn_platform.reports.figures import participation as figures
from atn_platform.reports.figures.journey import Journey
from atn_platform.reports.figures.looks import GROUP
from atn_platform.reports.figures.members import Members
from atn_platform.reports.figures.participation import PaceOf, Report
from atn_platform.reports.forms import ReportForm
from atn_platform.reports.periods import Period
from atn_platform.reports.permissions import audience_of, can_read_reports, mrcs_of
from atn_platform.reports.queries import participation as queries


@require_safe
@requires(can_read_reports)
def participation(request: SignedInRequest) -> HttpResponse:
    today = timezone.localdate()
    form, report, by = _asked(request, today, pace=queries.recent_pace)
    table = report.tables[GROUP if by == Breakdown.STRATUM else by]
    context = {
        "form": form,
        "report": report,
        "by": by,
        "table": table,
        "headlines": headlines.of(report),
        "definitions": figures.definitions(),
        "source": exports.source(report),
        "in_progress": report.period.ends_on >= today,
    }
    return render(request, "reports/participation.html", context)


@require_GET
@requires(can_read_reports)
def export(request: SignedInRequest, extension: str) -> HttpResponseBase:
    """The figures of the page as a file; taking one is written in the journal."""
    form, report, by = _asked(request, timezone.localdate(), pace=None)
    if not form.is_valid():
        raise Http404
    actions.log_export(
        found=report, by=by, file_format=extension, actor=request.user, at=timezone.now()
    )
    content_type = exports.CONTENT_TYPES[extension]
    response: HttpResponseBase
    if extension == "csv":
        response = StreamingHttpResponse(exports.as_csv(report, by), content_type=content_type)
    else:
        response = HttpResponse(exports.as_xlsx(report, by), content_type=content_type)
    name = exports.filename(report, by, extension)
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return response


@require_safe
@requires(can_read_reports)
def journey(request: SignedInRequest) -> HttpResponse:
    """Where people stop on the way to an attestation, how fast they go, and when they learn."""
    form, found, by = _journey(request, timezone.localdate())
    context = {
        "form": form,
        "found": found,
        "by": by,
        "table": found.tables[by],
        "total": found.total_of(by),
        "stages": found.stages(*COURSE),
        "door": found.stages(*DOOR),
        "headlines": headlines.of_journey(found),
        "definitions": journey_figures.journey_definitions(),
        "source": exports.source(found),
    }
    return render(request, "reports/journey.html", context)


@require_GET
@requires(can_read_reports)
def export_journey(request: SignedInRequest, extension: str) -> HttpResponse:
    """One of its tables, or the three in a workbook; taking one is written in the journal."""
    form, found, by = _journey(request, timezone.localdate())
    asked = request.GET.get("tableau", JourneyTable.STEPS.value)
    if not form.is_valid() or asked not in JourneyTable.values:
        raise Http404
    actions.log_export(
        found=found, by=by, file_format=extension, actor=request.user, at=timezone.now()
    )
    table = JourneyTable(asked)
    content = (
        exports.journey_csv(found, by, table)
        if extension == "csv"
        else exports.journey_xlsx(found, by)
    )
    response = HttpResponse(content, content_type=exports.CONTENT_TYPES[extension])
    name = exports.journey_filename(found, by, table, extension)
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return response


@require_safe
def members(request: SignedInRequest, handle: str) -> HttpResponse:
    """The municipalities of an MRC, as counts: nobody's name, and no group of fewer than five."""
    found, by = _members(request, handle)
    context = {
        "found": found,
        "by": by,
        "columns": MemberColumn,
        "definitions": member_figures.member_definitions(),
    }
    return render(request, "reports/members.html", context)


@require_GET
def export_members(request: SignedInRequest, handle: str, extension: str) -> HttpResponse:
    """The same counts as a file; taking one is written in the journal."""
    write = {"csv": exports.members_csv, "xlsx": exports.members_xlsx}.get(extension)
    found, _by = _members(request, handle)
    if write is None:
        raise Http404
    actions.log_members_export(
        found=found, file_format=extension, actor=request.user, at=timezone.now()
    )
    response = HttpResponse(write(found), content_type=exports.CONTENT_TYPES[extension])
    name = f"municipalites-{found.mrc.handle}-{found.until.isoformat()}.{extension}"
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return response


def _members(request: SignedInRequest, handle: str) -> tuple[Members, MemberColumn]:
    """What the address asks for; an order that we do not know is that of names."""
    today = timezone.localdate()
    mrc = get_object_or_404(mrcs_of(request.user, on=today).at_handle(handle))
    asked = request.GET.get("tri", "")
    by = MemberColumn(asked) if asked in MemberColumn.values else MemberColumn.NAME
    return member_figures.members(mrc, on=today, by=by), by


def _asked(
    request: SignedInRequest, today: date, *, pace: PaceOf | None
) -> tuple[ReportForm, Report, Breakdown]:
    """The form as typed, and the report it asks for, or the usual one when it asks for none."""
    audience = audience_of(request.user)
    kinds = periods.ALL_KINDS if audience == Audience.ATN else periods.SHARED_KINDS
    form, asked, period = _choices(request, today, kinds)
    scope = Scope(asked["perimetre"])
    report = figures.build(
        period,
        audience=audience,
        today=today,
        scope=scope,
        pace=pace,
        publications=actions.publish(period, scope=scope, audience=audience, today=today),
    )
    return form, report, Breakdown(asked["par"])


def _journey(request: SignedInRequest, today: date) -> tuple[ReportForm, Journey, Breakdown]:
    form, asked, period = _choices(request, today, ("quarter",))
    found = journey_figures.build(
        period,
        audience=audience_of(request.user),
        today=today,
        scope=Scope(asked["perimetre"]),
    )
    return form, found, Breakdown(asked["par"])


def _choices(
    request: SignedInRequest, today: date, kinds: Sequence[str]
) -> tuple[ReportForm, dict[str, str], Period]:
    last = periods.last_closed_quarter(today)
    usual = {
        "periode": last.key,
        "par": Breakdown.REGION.value,
        "perimetre": Scope.ORIGIN.value,
    }
    form = ReportForm({**usual, **request.GET.dict()}, today=today, kinds=kinds)
    asked = form.cleaned_data if form.is_valid() else usual
    return form, asked, periods.parse(asked["periode"]) or last
