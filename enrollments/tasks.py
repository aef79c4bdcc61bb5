from celery import shared_task
from django.utils import timezone

from enrollments import actions
from enrollments.actions import reminding
from enrollments.models import VersionMove


@shared_task
def send_reminders() -> None:
    """A bell that is not heard costs an hour: what is due stays due."""
    reminding.remind(at=timezone.now())


@shared_task
def tell_changes() -> None:
    """Tell people of the sessions that moved; the rows say who has not heard yet."""
    while actions.tell_changes(at=timezone.now()):
        pass


@shared_task
def move_people(*, move_id: int) -> None:
    """Everyone under way, a hundred at a time; stopped anywhere, it goes on from there."""
    while actions.move_some(move_id=move_id, at=timezone.now()):
        pass


@shared_task
def undo_move(*, move_id: int) -> None:
    """Everyone who goes back, as move_people brings them."""
    while actions.undo_some(move_id=move_id, at=timezone.now()):
        pass


@shared_task
def resume_moves() -> None:
    """What a killed worker, or a bell that nobody heard, left undone."""
    for move_id in VersionMove.objects.being_undone().values_list("pk", flat=True):
        undo_move.delay(move_id=move_id)
    for move_id in VersionMove.objects.running().values_list("pk", flat=True):
        move_people.delay(move_id=move_id)
