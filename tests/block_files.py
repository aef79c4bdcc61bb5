"""Blocks of every kind that is more than words, as the files that an author writes."""

from pathlib import Path

from tests import course_files, exercise_files, package_files, sounds
from tests.exercise_files import picture

SOUND = sounds.mp3(23)
CAPTIONS = "WEBVTT\n\n00:00.000 --> 00:23.000\nVotre accès sera coupé à midi.\n"
AUDIO = """
::: audio message-vocal
title: Le message du lundi
file: message.mp3
captions: message.vtt
seconds: 23
transcript: Votre accès sera **coupé** à midi.
:::
"""
STEPS = """
::: steps dix-minutes
title: Les premiers gestes
text: Gardez votre calme.
steps:
- title: Isoler
  text: |
    Débranchez le câble.

    - Puis le Wi-Fi.
- title: Signaler
  text: '[Au téléphone]'
- title: Attendre
:::
"""
TABLE = """
::: table delais
caption: Qui prévenir, et quand
header: both
rows: |
  | Quand | Qui | Comment |
  |---|---|---|
  | Tout de suite | La **direction** | Au téléphone |
  | Ensuite | a \\| b | |
:::
"""
ZONES = """
::: zones visite
title: Le tour de la mairie
text: Ouvrez chaque porte.
file: message.png
alt: Une mairie en coupe.
places:
- title: Le comptoir
  text: Des noms et des **adresses**.
  area: 5 5 60 15
- title: La paie
  text: |
    Des comptes.

    - Et des numéros.
  area: 30 75.5 40 15
:::
"""
PLEDGE = """
::: pledge mon-geste
title: Votre prochain geste
text: Un seul, cette semaine.
options:
- Afficher la fiche
- Appeler la MRC
:::
"""
IMAGE = """
::: image affiche
file: message.png
alt: Une affiche en trois parties.
caption: À garder près de l’écran.
:::
"""
VIDEO = """
::: video film
title: Trois municipalités
file: film.mp4
audio: message.mp3
captions: message.vtt
seconds: 23
transcript: Votre accès sera coupé à midi.
:::
"""
FILE = """
::: file fiche
title: Ma fiche-réflexe
file: message.png
:::
"""
REFLECTION = """
::: reflection hesitation
text: Quels signes y étaient?
options:
- L’urgence
- Le lien
:::
"""
TEXTS = {"audio": AUDIO, "steps": STEPS, "table": TABLE, "zones": ZONES, "pledge": PLEDGE}


def add_blocks(course: Path, *kinds: str) -> None:
    """Put a block of each of these kinds, or of all, at the end of tests.course_files' lesson."""
    lesson = course / "lessons" / "signes.md"
    lesson.write_text(lesson.read_text() + "".join(TEXTS[kind] for kind in kinds or TEXTS))
    (course / "media").mkdir(exist_ok=True)
    (course / "media" / "message.mp3").write_bytes(SOUND)
    (course / "media" / "message.vtt").write_text(CAPTIONS)
    (course / "media" / "message.png").write_bytes(picture())


def add_everything(course: Path) -> Path:
    """A lesson with a block of every kind there is, and a question of every kind."""
    add_blocks(course)
    exercise_files.add_exercise(course)
    questions = course / "questions" / "signes.exercice.yaml"
    questions.write_text(questions.read_text() + course_files.QUESTIONS)
    lesson = course / "lessons" / "signes.md"
    lesson.write_text(lesson.read_text() + IMAGE + VIDEO + FILE + REFLECTION)
    (course / "media" / "film.mp4").write_bytes(b"\0\0\0\x18ftypmp42")
    return course_files.with_package(course, package_files.scorm())
