"""docs/personal-data.md, written from what each privacy.py declares.

Write it again with `uv run --frozen python -m tests.privacy.document`.
"""

import os
from pathlib import Path

DOCUMENT = Path(__file__).parents[2] / "docs" / "personal-data.md"
HEAD = """\
# Renseignements personnels : ce que la plateforme garde, pourquoi, combien de temps, qui le voit

Écrit par `uv run --frozen python -m tests.privacy.document` à partir du `privacy.py` de chaque
application; `tests/privacy` échoue si un champ d’une table n’y est pas déclaré, ou si cette page
n’est pas à jour. Les durées sont des propositions, à approuver par l’archiviste.

L’UMQ et les MRC ne voient que des comptes, jamais une ligne sur une personne ([roles.md](roles.md)).
Une exception : la coordination à l’UMQ lit les demandes de responsabilité, là où personne ne peut y
répondre, de qui en a été averti. Un « secret de connexion » n’est remis à personne.
"""


def document() -> str:
    from atn_platform.privacy.inventory import tables  # noqa: PLC0415 -- Django is set up first

    lines = [HEAD]
    silent = []
    for table in tables():
        label = table.model._meta.label
        if not table.about:
            silent.append(f"`{label}`")
            continue
        lines += [f"## {table.title[:1].upper()}{table.title[1:]} (`{label}`)", ""]
        lines += ["| Champs | Nature | Pourquoi | Durée | Qui le voit |"]
        lines += ["| --- | --- | --- | --- | --- |"]
        for about in table.about:
            names = ", ".join(f"`{name}`" for name in about.names)
            seen = ", ".join(str(reader.label) for reader in about.seen) or "personne"
            lines.append(
                f"| {names} | {about.kind.label} | {about.purpose} | {about.keep.label} | {seen} |"
            )
        plain = ", ".join(f"`{name}`" for name in table.plain.split())
        lines += ["", f"Ne disent rien d’une personne : {plain}.", ""] if plain else [""]
    lines += ["## Tables qui ne parlent de personne", "", ", ".join(silent) + "."]
    return "\n".join(lines) + "\n"


if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "atn_platform.settings.test")
    import django

    django.setup()
    DOCUMENT.write_text(document())
