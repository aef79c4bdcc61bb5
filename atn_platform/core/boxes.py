"""Letter boxes of a function: several people read them, so they deliver and never open."""

# What stands before the sign in addresses such as info@: those of the ministry's list, less the
# ones that name one person's post (dg@, direction@, greffe@).
SHARED = frozenset(
    {
        "accueil", "admin", "administration", "bureau", "communication", "communications",
        "contact", "courrier", "general", "info", "information", "informations", "mairie",
        "municipal", "municipalite", "paroisse", "reception", "secretariat", "village", "ville",
    }
)  # fmt: skip


def is_shared(address: str) -> bool:
    """Whether by its name the address is a box of several people. Looks nobody up."""
    return address.strip().lower().partition("@")[0] in SHARED
