from datetime import date

from django.http import Http404, HttpResponse, HttpResponseBase, StreamingHttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_GET, require_safe

from atn_platform.accounts.decorators import requires
from atn_platform.accounts.http import SignedInRequest
from atn_platform.reports import actions, exports, figures, headlines, periods
from atn_platform.reports.enums import Breakdown, Scope
from atn_platform.reports.figures import GROUP, Report
from atn_platform.reports.forms import ReportForm
from atn_platform.reports.permissions import audience_of, can_read_reports


@require_safe
@requires(can_read_reports)
def participation(request: SignedInRequest) -> HttpResponse:
    today = timezone.localdate()
    form, report, by = _asked(request, today, with_pace=True)
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
    form, report, by = _asked(request, timezone.localdate(), with_pace=False)
    if not form.is_valid():
        raise Http404
    actions.log_export(
        report=report, by=by, file_format=extension, actor=request.user, at=timezone.now()
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


def _asked(
    request: SignedInRequest, today: date, *, with_pace: bool
) -> tuple[ReportForm, Report, Breakdown]:
    """The form as typed, and the report it asks for, or the usual one when it asks for none."""
    usual = {
        "periode": periods.last_closed_quarter(today).key,
        "par": Breakdown.REGION.value,
        "perimetre": Scope.ORIGIN.value,
    }
    form = ReportForm({**usual, **request.GET.dict()}, today=today)
    asked = form.cleaned_data if form.is_valid() else usual
    period = periods.parse(asked["periode"]) or periods.last_closed_quarter(today)
    report = figures.build(
        period,
        audience=audience_of(request.user),
        today=today,
        scope=Scope(asked["perimetre"]),
        with_pace=with_pace,
    )
    return form, report, Breakdown(asked["par"])
