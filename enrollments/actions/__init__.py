"""Every way in which an enrolment can change."""

from enrollments.actions.attendance import take_attendance
from enrollments.actions.enrolling import (
    EnrollmentRefused,
    enroll,
    enroll_in_path,
)
from enrollments.actions.helping import HelpRefused, ask, say, say_by_mail, share, unshare
from enrollments.actions.leaving import leave_path, withdraw
from enrollments.actions.ledger import recompute, record, record_attendance
from enrollments.actions.moving import MoveRefused, ask_move, ask_undo, move_some, undo_some
from enrollments.actions.noting import NotesChanged, write_notes
from enrollments.actions.pledging import pledge
from enrollments.actions.recognising import recognise, renew_path, unrecognise
from enrollments.actions.registering import Wish, add_at_the_door, register
from enrollments.actions.replaying import Answer, Batch, Statement, replay
from enrollments.actions.reviewing import ReviewRefused, answer_review, ask_review
from enrollments.actions.seats import RegistrationRefused, cancel, tell_changes
from enrollments.actions.skills import declare_levels, forget_positioning, take_positioning
from enrollments.actions.writing import EventRefused, NewEvent

__all__ = [
    "Answer",
    "Batch",
    "EnrollmentRefused",
    "EventRefused",
    "HelpRefused",
    "MoveRefused",
    "NewEvent",
    "NotesChanged",
    "RegistrationRefused",
    "ReviewRefused",
    "Statement",
    "Wish",
    "add_at_the_door",
    "answer_review",
    "ask",
    "ask_move",
    "ask_review",
    "ask_undo",
    "cancel",
    "declare_levels",
    "enroll",
    "enroll_in_path",
    "forget_positioning",
    "leave_path",
    "move_some",
    "pledge",
    "recognise",
    "recompute",
    "record",
    "record_attendance",
    "register",
    "renew_path",
    "replay",
    "say",
    "say_by_mail",
    "share",
    "take_attendance",
    "take_positioning",
    "tell_changes",
    "undo_some",
    "unrecognise",
    "unshare",
    "withdraw",
    "write_notes",
]
