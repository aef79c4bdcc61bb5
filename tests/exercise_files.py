"""An exercise with the kinds of questions that are more than choices, as its author's files."""

import io
import struct
import zlib
from pathlib import Path

from PIL import Image, ImageDraw

QUIZ = """
::: quiz exercice
title: Exercice
:::
"""
QUESTIONS = """\
- key: heures
  kind: numeric
  prompt: En combien d’heures?
  choices:
  - text: 72 ± 0,5
    correct: true
    feedback: Trois jours.
  - text: '24'
    feedback: C’est le délai d’une autre règle.
  feedback:
    right: C’est cela.
    wrong: Relisez la règle.
- key: delai
  kind: cloze
  prompt: Un incident se signale à [[1]] en [[2]] heures, avec un [[3]].
  gaps:
  - kind: single
    choices:
    - text: la CAI
      correct: true
    - text: la police
      feedback: Elle peut venir ensuite.
  - kind: numeric
    weight: 2
    choices:
    - text: '72'
      correct: true
  - kind: short
    choices:
    - text: formulaire
      correct: true
    - text: courriel
      feedback: Rien ne le prouve.
  feedback:
    right: C’est cela.
    wrong: Relisez l’avis.
- key: ou-regarder
  kind: hot-spot
  prompt: Où voit-on que ce message est faux?
  image: message.png
  alt: Un courriel en trois parties.
  zones:
  - text: L’adresse
    area: 5 5 60 15
    correct: true
    feedback: Un nom de domaine inconnu.
  - text: Le logo
    area: 70 5 25 30
    feedback: Un logo se copie.
  - text: Le bouton
    area: 30 75.5 40 15
    feedback: Il presse, sans rien prouver.
- key: urgences
  kind: classifying
  prompt: Que signaler tout de suite?
  categories:
  - title: Tout de suite
    items:
    - Un clic sur un lien
    - Un mot de passe donné
  - title: À la fin du jour
    items:
    - Un message resté fermé
  - title: Jamais
  feedback:
    right: C’est cela.
    wrong: Un doute se signale tout de suite.
- key: signes-surs
  kind: multiple
  prompt: Quels signes ne trompent pas?
  choices:
  - text: L’adresse
    correct: true
    worth: 50
    feedback: Elle dit d’où vient le message.
  - text: Le lien
    correct: true
    worth: 50
    feedback: Il mène ailleurs.
  - text: Le logo
    worth: -25
    feedback: Un logo se copie.
  feedback:
    right: C’est cela.
    partly: Il en manque.
    wrong: Relisez le message.
- key: mot-juste
  kind: short
  prompt: Par quoi vérifie-t-on?
  choices:
  - text: deuxième canal
    correct: true
    feedback: C’est le mot juste.
  - text: téléphone
    worth: 50
  - text: courriel
    feedback: Celui-là est peut-être lu.
  feedback:
    right: C’est cela.
    wrong: Relisez la leçon.
- key: ordre-des-gestes
  kind: ordering
  prompt: Que faire d’abord?
  items:
  - Isoler
  - Signaler
  partial: true
  feedback:
    right: C’est cela.
    wrong: On isole d’abord.
"""


def add_exercise(course: Path) -> None:
    """Put the exercise at the end of the first lesson of tests.course_files."""
    lesson = course / "lessons" / "signes.md"
    lesson.write_text(lesson.read_text() + QUIZ)
    (course / "questions" / "signes.exercice.yaml").write_text(QUESTIONS)
    (course / "media").mkdir(exist_ok=True)
    (course / "media" / "message.png").write_bytes(picture())


def painted(width: int, height: int) -> bytes:
    """A plain picture of that size."""
    held = io.BytesIO()
    Image.new("RGB", (width, height), "navy").save(held, "PNG")
    return held.getvalue()


def oversized() -> bytes:
    """A whole PNG of one grey pixel, whose header says 60 000 by 60 000."""
    held = io.BytesIO()
    Image.new("L", (1, 1)).save(held, "PNG")
    size = b"IHDR" + struct.pack(">IIBBBBB", 60_000, 60_000, 8, 0, 0, 0, 0)
    header = size + struct.pack(">I", zlib.crc32(size))
    return held.getvalue()[:12] + header + held.getvalue()[12 + len(header) :]


def picture() -> bytes:
    """A letter in grey boxes."""
    held = io.BytesIO()
    image = Image.new("RGB", (640, 400), "white")
    draw = ImageDraw.Draw(image)
    for box in ((32, 20, 416, 80), (448, 20, 608, 140), (192, 302, 448, 362)):
        draw.rectangle(box, fill="#d9d2c5", outline="#857a6a", width=3)
    image.save(held, "PNG")
    return held.getvalue()
