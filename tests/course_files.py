"""A small course in canonical form, as the files that an author writes."""

from pathlib import Path

COURSE = """\
code: ESS-101
title: 'Essai : reconnaître un message'
summary: Un cours d’essai.
objectives:
- reconnaître un message frauduleux
topic: cybersecurity
mode: self-paced
publics:
- elected
- staff
pass_mark: 70
gives_uec: true
modules:
- key: debut
  title: Pourquoi nous?
  lessons:
  - signes
  - bilan
"""
LESSON = """\
---
title: Les cinq signes
kind: lesson
minutes: 8
objective: Nommer cinq signes.
required: true
---

## Un mardi matin

Le courriel arrive à 8 h 12.

- Il presse.
- Il demande 25 % tout de suite.

::: callout demain-matin
title: Demain matin
tone: action
text: |
  Notez le numéro.

  Puis gardez-le.
:::

La suite.

::: message courriel
sender: comptes@exemple.info
subject: Dernier avis
text: Payez [[1]]avant 16 h[[/1]].
clues:
- L’urgence.
:::

::: scenario appel
title: L’appel
text: On vous appelle.
start: debut
scenes:
- key: debut
  text: La personne insiste.
  choices:
  - text: Je rappelle.
    feedback: Bonne idée.
    to: fin
- key: fin
  text: Elle raccroche.
  ending: good
:::
"""
EXAM = """\
---
title: Bilan
kind: exam
minutes: 10
required: true
---

::: quiz bilan
title: Questionnaire final
draw: 2
:::
"""
QUESTIONS = """\
- key: cartes
  kind: single
  prompt: Que faites-vous d’abord?
  choices:
  - text: J’achète.
    feedback: C’est le piège.
  - text: J’appelle.
    correct: true
    feedback: Un autre canal.
- key: attendre
  kind: true-false
  prompt: Il faut attendre.
  answer: false
  feedback:
    right: Chaque minute compte.
    wrong: Attendre aide le fraudeur.
- key: ordre
  kind: ordering
  prompt: Classez.
  items:
  - Isoler
  - Signaler
  feedback:
    right: Oui.
    wrong: D’abord isoler.
- key: paires
  kind: matching
  prompt: Associez.
  pairs:
  - left: Code QR
    right: Faux paiement
  - left: Appel
    right: Faux soutien
  distractors:
  - Rançongiciel
  feedback:
    right: Oui.
    wrong: Relisez.
- key: canal
  kind: short
  prompt: Comment dit-on?
  answers:
  - deuxième canal
  feedback:
    right: Oui.
    wrong: Un autre chemin.
"""


def write_course(folder: Path) -> Path:
    """Write the course's files under `folder`, and return their own folder."""
    course = folder / "ESS-101"
    for name, text in {
        "course.yaml": COURSE,
        "lessons/signes.md": LESSON,
        "lessons/bilan.md": EXAM,
        "questions/bilan.bilan.yaml": QUESTIONS,
    }.items():
        (course / name).parent.mkdir(parents=True, exist_ok=True)
        (course / name).write_text(text)
    return course


PACKAGE = """
::: package golf
title: Le module
file: module.zip
equivalent: On tient le bâton à **deux mains**.
:::
"""


def with_package(
    folder: Path, content: bytes, *, name: str = "module.zip", more: str = ""
) -> Path:
    """The small course, with a package in its first lesson; `more` are fields of the block."""
    (folder / "media").mkdir(exist_ok=True)
    (folder / "media" / name).write_bytes(content)
    lesson = folder / "lessons" / "signes.md"
    block = PACKAGE.replace("module.zip", name).replace("equivalent", f"{more}equivalent")
    lesson.write_text(lesson.read_text() + block)
    return folder
