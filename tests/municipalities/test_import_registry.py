"""The command, on small files and on the published ones."""

import json
import socket
from collections import Counter
from datetime import UTC, date, datetime
from email.message import Message
from hashlib import sha256
from io import BytesIO, StringIO
from urllib.error import URLError
from urllib.request import Request, build_opener

import pytest
from django.core.management import (
    CommandError,
    call_command,
    execute_from_command_line,
)

from atn_platform.core.outside import NotPublic, PublicHttps
from municipalities.actions.registry import RegistryRefused, import_registry
from municipalities.enums import Change, Kind
from municipalities.management.commands.import_registry import _HttpsOnly
from municipalities.models import Organisation, Region, RegistryImport, TerritorialEvent
from municipalities.registry import parse
from tests.municipalities.files import content, published, row

pytestmark = pytest.mark.django_db
AT = datetime(2026, 3, 4, 15, 0, tzinfo=UTC)
SPRING, SUMMER = date(2026, 3, 3), date(2026, 6, 30)


def take(*rows, on=SPRING, **options):
    file = content(*rows)
    return import_registry(
        snapshot=parse(file), sha256=sha256(file).hexdigest(), on=on, at=AT, **options
    )


def run(source, *options) -> dict:
    out = StringIO()
    call_command("import_registry", str(source), "--json", *options, stdout=out)
    return json.loads(out.getvalue())


def places() -> Organisation:
    return Organisation.objects.municipalities()


def test_a_first_reading_makes_places_mrcs_and_regions_without_history():
    outcome = take(row(), row("01023", "Les Îles-de-la-Madeleine", mrc="", regadm="G (11)"))
    assert [place.code for place in outcome.municipalities.created] == ["46005", "01023"]
    assert list(places().order_by("code").values_list("name", "mrc__name", "region_id")) == [
        ("Les Îles-de-la-Madeleine", None, "11"),
        ("Abercorn", "MRC de Brome-Missisquoi", "05"),
    ]
    assert Region.objects.get(pk="11").name == "Gaspésie–Îles-de-la-Madeleine"
    assert list(TerritorialEvent.objects.all()) == []


def test_a_second_reading_of_the_same_file_writes_nothing(django_assert_num_queries):
    take(row(), row("46010", "Brigham"))
    stamps = list(Organisation.objects.order_by("pk").values_list("pk", "updated_at"))
    with django_assert_num_queries(9):  # savepoints, reads, the region, the last import
        outcome = take(row(), row("46010", "Brigham"))
    assert len(outcome.municipalities.unchanged) == 2
    assert list(Organisation.objects.order_by("pk").values_list("pk", "updated_at")) == stamps
    assert RegistryImport.objects.count() == 1


def test_changes_are_written_with_their_history_and_derived_keys():
    take(row(), row("46010", "Brigham"))
    outcome = take(
        row(mpopul="1200", mrc="", mcodedesi="05", regadm="Montérégie (16)"),
        row("46010", "Sainte-Brigitte"),
        on=SUMMER,
    )
    assert [difference.organisation.code for difference in outcome.municipalities.changed] == [
        "46005",
        "46010",
    ]
    abercorn, brigitte = places().order_by("code")
    assert (abercorn.stratum, abercorn.mrc, abercorn.region_id) == (3, None, "16")
    assert (brigitte.sort_key, brigitte.search_key) == ("sainte brigitte", "sainte brigitte")
    assert list(
        TerritorialEvent.objects.order_by("pk").values_list(
            "organisation__code", "change", "on", "before", "after"
        )
    ) == [
        ("46005", Change.DESIGNATION, SUMMER, {"designation": "06"}, {"designation": "05"}),
        (
            "46005",
            Change.MOVED,
            SUMMER,
            {"region_id": "05", "mrc": "460"},
            {"region_id": "16", "mrc": ""},
        ),
        ("46010", Change.RENAMED, SUMMER, {"name": "Brigham"}, {"name": "Sainte-Brigitte"}),
        (
            "46005",
            Change.MEASURED,
            SUMMER,
            {"population": 368, "seats_filled": 2},
            {"population": 1200, "seats_filled": 2},
        ),
    ]


def test_a_vanished_code_stays_inactive_and_more_than_three_in_a_hundred_need_force():
    before = [row(f"{n:05d}", f"Lieu {n}") for n in range(46001, 46035)]
    take(*before)
    with pytest.raises(RegistryRefused, match="2 municipalités sur 34"):
        take(*before[2:], on=SUMMER)
    assert not places().filter(inactive_on__isnull=False).exists()

    take(*before[1:], on=SUMMER)  # one of 34 is under the limit
    take(*before[3:], on=SUMMER, force=True)

    gone = places().filter(inactive_on=SUMMER, successor=None)
    assert list(gone.order_by("code").values_list("code", flat=True)) == [
        "46001",
        "46002",
        "46003",
    ]
    assert TerritorialEvent.objects.filter(change=Change.VANISHED).count() == 3


def test_a_code_that_comes_back_is_created_again_on_the_same_row():
    take(row(), row("46010", "Brigham"))
    take(row(), on=SUMMER, force=True)
    outcome = take(row(), row("46010", "Brigham"), on=date(2026, 7, 1))
    assert [place.code for place in outcome.municipalities.appeared] == ["46010"]
    assert places().active().count() == places().count() == 2


def test_fictional_codes_never_vanish():
    take(row(), row("00620", "Saint-Exemple"))
    assert take(row(), on=SUMMER).municipalities.vanished == []


def test_a_dry_run_reports_and_changes_nothing(tmp_path):
    file = tmp_path / "MUN.csv"
    file.write_bytes(content(row()))
    report = run(file, "--dry-run", "--on", "2026-03-03")
    assert (report["created"], report["dry_run"]) == (1, True)
    assert not Organisation.objects.exists()


@pytest.mark.parametrize(
    "file",
    [content(row())[:-9], content(row()) + b'"\xe9"\n', content(), content(row(), row())],
    ids=["truncated", "not utf-8", "header only", "duplicate"],
)
def test_a_broken_file_changes_nothing(tmp_path, file):
    (tmp_path / "MUN.csv").write_bytes(file)
    with pytest.raises(CommandError, match="Rien n’a été changé"):
        run(tmp_path / "MUN.csv")
    assert not Organisation.objects.exists()
    assert not RegistryImport.objects.exists()


@pytest.mark.parametrize(
    ("name", "options", "expected"),
    [
        ("MUN_2026-03-03.csv", [], "2026-03-03"),
        ("MUN_2026-03-03.csv", ["--on", "2026-03-05"], "2026-03-05"),
    ],
)
def test_the_reference_date_is_given_or_read_in_the_name(tmp_path, name, options, expected):
    (tmp_path / name).write_bytes(content(row()))
    assert run(tmp_path / name, *options)["reference_date"] == expected


def test_a_file_without_a_date_in_its_name_is_of_today(tmp_path, monkeypatch):
    (tmp_path / "MUN_2026-99-99.csv").write_bytes(content(row()))
    monkeypatch.setattr("django.utils.timezone.now", lambda: AT)
    assert run(tmp_path / "MUN_2026-99-99.csv")["reference_date"] == "2026-03-04"


def test_the_report_for_people_names_what_changed(tmp_path):
    take(row(), row("46010", "Brigham"), row("46015", "Bromont"))
    (tmp_path / "MUN.csv").write_bytes(content(row(name="Abercorne"), row("46020", "Sutton")))
    out, err = StringIO(), StringIO()
    call_command(
        "import_registry", tmp_path / "MUN.csv", "--force", "--on", "2026-03-01",
        stdout=out, stderr=err,
    )  # fmt: skip
    assert out.getvalue().splitlines() == [
        "Répertoire du 2026-03-01 : 2 municipalités, 1 MRC, 1 régions, 4 sièges pourvus et "
        "2 vacants.",
        "Créées : 1. Changées : 1. Inchangées : 0. Disparues : 2. Renommées : 1. "
        "Populations changées : 0.",
        "  renommée  46005 Abercorn → Abercorne",
        "  disparue  46010 Brigham (inactive; son successeur reste à nommer)",
        "  disparue  46015 Bromont (inactive; son successeur reste à nommer)",
        "  créée     46020 Sutton",
    ]
    assert "plus récente que le 2026-03-01" in err.getvalue()


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("absent.csv", "Impossible de lire .* : il n’existe pas"),
        ("http://127.0.0.1/MUN.csv", "https://"),
        ("file:///etc/hostname", "https://"),
        ("https:///MUN.csv", "MUN.csv : la connexion a échoué.$"),
    ],
)
def test_a_source_that_cannot_be_read_is_one_sentence(source, expected):
    with pytest.raises(CommandError, match=expected):
        run(source)


@pytest.mark.parametrize(
    "host",
    ["127.0.0.1:9", "localhost", "[::1]", "[::ffff:127.0.0.1]", "2130706433", "10.1.2.3",
     "169.254.169.254", "192.168.1.1"],
)  # fmt: skip
def test_s64_an_address_inside_is_not_connected_to(host):
    with pytest.raises(CommandError, match="n’est pas publique"):
        run(f"https://{host}/MUN.csv")


def test_s64_nor_by_a_redirection():
    opener = build_opener(_HttpsOnly, PublicHttps)
    where = Message()
    where["Location"] = "https://127.0.0.1:9/MUN.csv"
    asked = Request("https://ailleurs.example/MUN.csv")
    asked.timeout = 5
    with pytest.raises(URLError) as refused:
        opener.error("http", asked, BytesIO(), 302, "Found", where)
    assert isinstance(refused.value.reason, NotPublic)


def test_s64_a_name_that_changes_its_mind_is_asked_once(monkeypatch):
    """The address that was checked is connected to; a second answer would lead inside."""
    answers = iter(["203.0.113.9", "8.8.8.8", "127.0.0.1"])
    reached = []

    def connect(to, *_how):
        reached.append(to[0])
        raise ConnectionRefusedError

    monkeypatch.setattr(
        socket, "getaddrinfo",
        lambda host, port, **_kind: [(2, 1, 6, "", (next(answers), port))],
    )  # fmt: skip
    monkeypatch.setattr(socket, "create_connection", connect)
    with pytest.raises(CommandError, match="pas publique"):
        run("https://ailleurs.example/MUN.csv")  # kept for examples: not a public address
    with pytest.raises(CommandError, match="refuse la connexion"):
        run("https://ailleurs.example/MUN.csv")
    assert reached == ["8.8.8.8"]


def test_a_wrong_day_is_one_sentence(tmp_path):
    with pytest.raises(CommandError, match="AAAA-MM-JJ"):
        run(tmp_path, "--on", "hier")


def test_a_wrong_date_typed_in_a_terminal_is_one_sentence(capsys):
    with pytest.raises(SystemExit):
        execute_from_command_line(["manage.py", "import_registry", "f.csv", "--on", "hier"])
    said = capsys.readouterr().err
    assert "la date « hier » n’est pas de la forme AAAA-MM-JJ" in said
    assert "Traceback" not in said


def test_a_huge_file_is_refused_before_reading(tmp_path):
    with (tmp_path / "MUN.csv").open("wb") as file:
        file.truncate(20_000_001)
    with pytest.raises(CommandError, match="20 Mo"):
        run(tmp_path / "MUN.csv")


@pytest.mark.registry
def test_the_published_files_one_after_the_other():
    first = run(published("MUN_2025-06-29.csv"))
    assert (first["in_scope"], first["created"], first["vanished"]) == (1127, 1127, 0)

    second = run(published("MUN_2026-03-03.csv"))

    assert second["reference_date"] == "2026-03-03"
    names = ("in_scope", "mrcs", "regions", "created", "vanished", "renamed")
    assert [second[name] for name in names] == [1123, 87, 17, 2, 6, 1]
    assert second["population_changed"] > 900
    assert [row["code"] for row in second["lists"]["created"]] == ["93022", "14082"]
    assert second["lists"]["renamed"] == [
        {
            "code": "09020",
            "before": "Sainte-Jeanne-d’Arc",
            "after": "Sainte-Jeanne-d’Arc-de-la-Mitis",
        }
    ]
    waiting = places().filter(inactive_on=SPRING, successor=None)
    assert {place.code for place in waiting} == {
        "93020", "93025", "93030", "14080", "14085", "14090",
    }  # fmt: skip
    again = run(published("MUN_2026-03-03.csv"))
    assert [again[name] for name in ("created", "changed", "unchanged", "vanished")] == [
        0,
        0,
        1123,
        0,
    ]
    assert Organisation.objects.filter(kind=Kind.MRC).count() == 87


@pytest.mark.registry
def test_people_find_their_municipality_however_they_type():
    run(published("MUN_2026-03-03.csv"))

    def found(typed: str) -> list[str]:
        return list(places().matching(typed).order_by("sort_key").values_list("name", flat=True))

    assert found("st elzear") == ["Saint-Elzéar", "Saint-Elzéar", "Saint-Elzéar-de-Témiscouata"]
    assert found("ILE PERROT") == [
        "L’Île-Perrot",
        "Notre-Dame-de-l’Île-Perrot",
    ]
    assert found("ha ha") == ["Saint-Louis-du-Ha! Ha!"]
    assert found("belœil") == found("beloeil") == ["Belœil", "Saint-Mathieu-de-Belœil"]
    assert "Sainte-Anne-de-la-Pérade" in found("ste anne")
    assert found("ste-anne de la poc") == []
    zones = Counter(places().values_list("time_zone", flat=True))
    assert zones == {"America/Toronto": 1116, "America/Halifax": 2, "America/Blanc-Sablon": 5}
    strata = Counter(places().values_list("stratum", flat=True))
    assert [strata[n] for n in range(1, 10)] == [207, 252, 256, 209, 86, 65, 24, 13, 11]
    order = list(places().order_by("sort_key").values_list("name", flat=True))
    assert order.index("Eeyou Istchee Baie-James") < order.index("L’Île-Perrot")
