"""Media of courses as browsers and video players ask for them."""

import hashlib

import pytest
from django.core.files.base import ContentFile

from courses.models import Asset
from tests import factories

CONTENT = bytes(range(256)) * 1000


@pytest.fixture
def address(client):
    client.force_login(factories.UserFactory())
    digest = hashlib.sha256(CONTENT).hexdigest()
    asset = Asset.objects.create(
        course=factories.CourseFactory(), name="film.mp4", content_type="video/mp4",
        size=len(CONTENT), sha256=digest, file=ContentFile(CONTENT, name="film.mp4"),
    )  # fmt: skip
    return f"/medias/{asset.sha256}/{asset.name}"


def body(response):
    return b"".join(response.streaming_content)


@pytest.mark.django_db
def test_a_whole_media_comes_as_it_is_stored(client, address):
    response = client.get(address, headers={"Accept-Encoding": "gzip"})
    assert response.status_code == 200
    assert body(response) == CONTENT
    assert "Content-Encoding" not in response.headers
    assert response.headers["Content-Type"] == "video/mp4"
    assert "immutable" in response.headers["Cache-Control"]


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("asked", "first", "last"),
    [
        ("bytes=0-", 0, 255_999),
        ("bytes=70000-200000", 70_000, 200_000),
        ("bytes=255990-999999", 255_990, 255_999),
        ("bytes=-10", 255_990, 255_999),
    ],
)
def test_a_part_of_a_media_is_the_bytes_that_were_asked_for(client, address, asked, first, last):
    response = client.get(address, headers={"Range": asked, "Accept-Encoding": "gzip"})
    assert response.status_code == 206
    assert body(response) == CONTENT[first : last + 1]
    assert response.headers["Content-Range"] == f"bytes {first}-{last}/256000"
    assert response.headers["Content-Length"] == str(last + 1 - first)
    assert "Content-Encoding" not in response.headers


@pytest.mark.django_db
def test_a_part_beyond_the_end_is_refused(client, address):
    response = client.get(address, headers={"Range": "bytes=999999-"})
    assert response.status_code == 416
    assert response.headers["Content-Range"] == "bytes */256000"


@pytest.mark.django_db
@pytest.mark.parametrize("asked", ["bytes=a-b", "lines=1-2", "bytes=5"])
def test_a_range_that_says_nothing_gives_the_whole(client, address, asked):
    assert body(client.get(address, headers={"Range": asked})) == CONTENT


@pytest.mark.django_db
def test_pages_are_compressed_still(client):
    assert (
        client.get("/aide/", headers={"Accept-Encoding": "gzip"}).headers["Content-Encoding"]
        == "gzip"
    )
