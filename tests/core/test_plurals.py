"""Plural sentences of the code reach the French catalogue, and nothing there is lost."""

from atn_platform.core.management.commands.plurals import Command

POT = """msgid ""
msgstr ""

#, python-format
msgid "%(n)s leçon"
msgid_plural "%(n)s leçons"
msgstr[0] ""
msgstr[1] ""

msgid "Une phrase"
msgstr ""

msgid ""
"%(n)s longue "
"phrase"
msgid_plural ""
"%(n)s longues "
"phrases"
msgstr[0] ""
msgstr[1] ""
"""


def test_missing_plurals_are_added_once_and_what_people_wrote_stays(tmp_path):
    pot = tmp_path / "django.pot"
    pot.write_text(POT)
    catalogue = tmp_path / "fr" / "LC_MESSAGES" / "django.po"
    catalogue.parent.mkdir(parents=True)
    catalogue.write_text('msgid "Email"\nmsgstr "Adresse courriel"\n')

    Command().write_po_file(str(pot), "fr")
    once = catalogue.read_text()
    Command().write_po_file(str(pot), "fr")

    assert catalogue.read_text() == once
    assert once.startswith('msgid "Email"\nmsgstr "Adresse courriel"\n\nmsgid "%(n)s leçon"\n')
    assert 'msgstr[0] "%(n)s leçon"\nmsgstr[1] "%(n)s leçons"' in once
    assert 'msgstr[1] ""\n"%(n)s longues "\n"phrases"' in once
    assert "Une phrase" not in once
