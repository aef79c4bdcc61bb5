"""« Mes compétences »: what is expected, what one says, and what courses showed."""

from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass

from atn_platform.accounts.models import User
from courses.documents import CourseDoc, QuestionDoc, stations
from courses.enums import Level
from courses.models import Skill, SkillDomain
from courses.queries import documents
from enrollments import grading
from enrollments.enums import Status, Verb
from enrollments.models import Enrollment, LearningEvent, SkillLevel


@dataclass(frozen=True, slots=True)
class SkillRow:
    """Levels are 0 when nothing says. `evidence` counts questions answered right."""

    skill: Skill
    expected: int
    declared: int
    attested: int
    evidence: int

    @property
    def expected_word(self) -> str:
        return word(self.expected)

    @property
    def declared_word(self) -> str:
        return word(self.declared)

    @property
    def attested_word(self) -> str:
        return word(self.attested)


@dataclass(frozen=True, slots=True)
class DomainRow:
    domain: SkillDomain
    skills: list[SkillRow]

    @property
    def expected(self) -> float:
        return self._mean([each.expected for each in self.skills])

    @property
    def declared(self) -> float:
        return self._mean([each.declared for each in self.skills])

    @property
    def attested(self) -> float:
        return self._mean([each.attested for each in self.skills])

    @staticmethod
    def _mean(levels: list[int]) -> float:
        return sum(levels) / len(levels) if levels else 0


def word(level: int) -> str:
    return str(Level(level).label) if level else ""


def skill_rows(user: User, publics: Collection[str]) -> list[DomainRow]:
    """The framework as this person stands in it; the most of their publics is expected."""
    declared = dict(SkillLevel.objects.visible_to(user).values_list("skill__code", "level"))
    finished = Enrollment.objects.visible_to(user).filter(status=Status.COMPLETED)
    attested: dict[str, int] = {}
    for each in finished.select_related("version").defer("version__document"):
        for goal in each.version.front["competencies"]:
            code, __, level = goal.partition("-")
            attested[code] = max(attested.get(code, 0), int(level) if level.isdigit() else 0)
    proved = _evidence(user)
    rows = []
    for domain in SkillDomain.objects.prefetch_related("skills"):
        expected = max((domain.expected_of(each) for each in publics), default=0)
        skills = [
            SkillRow(
                skill,
                expected,
                declared.get(skill.code, 0),
                attested.get(skill.code, 0),
                proved.get(skill.code, 0),
            )
            for skill in domain.skills.all()
        ]
        rows.append(DomainRow(domain, skills))
    return rows


def _evidence(user: User) -> dict[str, int]:
    """By competency, how many of the questions that look at it were answered right once."""
    answered = (
        LearningEvent.objects.counting()
        .filter(enrollment__in=Enrollment.objects.visible_to(user), verb=Verb.ANSWERED)
        .values_list("enrollment__version_id", "result")
    )
    events = list(answered)
    asked = {
        pk: _questions(content)
        for pk, content in documents({version for version, __ in events}).items()
    }
    right: defaultdict[str, set[str]] = defaultdict(set)
    for version, result in events:
        answers = result.get("answers", {})
        for uuid, question in asked[version].items():
            if uuid in answers and grading.mark([question], answers)[0].right:
                for goal in question["competencies"]:
                    right[goal.partition("-")[0]].add(uuid)
    return {code: len(questions) for code, questions in right.items()}


def _questions(content: CourseDoc) -> dict[str, QuestionDoc]:
    """Those that look at a competency."""
    return {
        question["uuid"]: question
        for lesson in stations(content)
        for block in lesson["blocks"]
        for question in block.get("questions", ())
        if question.get("competencies")
    }
