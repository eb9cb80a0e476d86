"""Where do the scripts run? In a virtual environment that this module makes and keeps current.

Needs nothing but Python and, on a machine whose Python cannot make virtual environments (Debian's
without python3-venv), pip or apt. The syntax is kept old, so that an old Python reaches the message
that asks for a newer one.
"""

import hashlib
import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

OLDEST = (3, 11)
ROOT = Path(__file__).resolve().parent.parent
VENV = Path(os.environ.get("COVET_VENV") or ROOT / ".venv").absolute()
STAMP = VENV / "covet-installed.txt"

# What pip installs for a profile. Whoever has "dev" has all that the others need.
PROFILES = {
    "demo": ["--editable", ".[cli]"],
    "webapp": ["--editable", ".[postgres,mysql,debug]", "--group", "webapp"],
    "dev": ["--editable", ".[all]", "--group", "dev"],
}


def enter(profile: str) -> None:
    """Go on in the project's virtual environment, with the profile installed.

    Outside of it, this replaces the process by the same script run by the environment's Python.
    """
    if sys.version_info < OLDEST:
        sys.exit("covet needs Python 3.11 or newer; this is Python " + sys.version.split()[0])
    if not is_current(profile):
        install(profile)
    if Path(sys.prefix) != VENV:
        os.execv(str(python()), [str(python()), *sys.argv])


def python() -> Path:
    """The environment's Python."""
    return VENV / "bin" / "python"


def is_current(profile: str) -> bool:
    """Whether the environment holds what pyproject.toml asks for now."""
    if not (python().exists() and STAMP.exists()):
        return False
    return STAMP.read_text() in (stamp(profile), stamp("dev"))


def stamp(profile: str) -> str:
    """What the environment's content follows from."""
    project = (ROOT / "pyproject.toml").read_bytes()
    return profile + " " + hashlib.sha256(project).hexdigest() + "\n"


def install(profile: str) -> None:
    """Make the environment where there is none, and bring it up to date."""
    if not python().exists():
        say("making a virtual environment in " + str(VENV))
        make()
    say("installing covet and its tools" if profile == "dev" else "installing covet")
    pip = [str(python()), "-m", "pip", "--disable-pip-version-check", "install", "--quiet"]
    run([*pip, "--upgrade", "pip>=25.1"])  # the first that knows --group
    run([*pip, *PROFILES[profile]])
    STAMP.write_text(stamp(profile))


def make() -> None:
    """Make the environment, by the first way that this machine knows."""
    for way in (by_venv, by_virtualenv, by_venv_from_apt):
        if way() and python().exists():
            return
        shutil.rmtree(str(VENV), ignore_errors=True)
    sys.exit(
        "No virtual environment can be made: this Python has neither ensurepip nor pip.\n"
        "On Debian and Ubuntu: apt install python3-venv"
    )


def by_venv() -> bool:
    """The standard library's way, which Debian splits off into a package of its own."""
    return succeeds([sys.executable, "-m", "venv", str(VENV)])


def by_virtualenv() -> bool:
    """virtualenv brings its own pip. ``--target`` is open to us where PEP 668 closes the rest."""
    with tempfile.TemporaryDirectory() as folder:
        pip = [sys.executable, "-m", "pip", "--disable-pip-version-check", "install", "--quiet"]
        if not succeeds([*pip, "--target", folder, "virtualenv"]):
            return False
        with_it = dict(os.environ, PYTHONPATH=folder)
        return succeeds([sys.executable, "-m", "virtualenv", "--quiet", str(VENV)], env=with_it)


def by_venv_from_apt() -> bool:
    """The package that Debian split off; its name fits only Debian's own Python."""
    return apt_install("python3-venv") and by_venv()


def can_apt() -> bool:
    """Whether Debian packages can be installed without asking anybody."""
    return os.geteuid() == 0 and shutil.which("apt-get") is not None


def apt_install(*packages: str) -> bool:
    """Install Debian packages; True if that worked. Their services are not started."""
    if not can_apt():
        return False
    say("installing Debian packages: " + " ".join(packages))
    # invoke-rc.d takes runlevel 1, single user, to mean that no service is to be started.
    quietly = dict(os.environ, DEBIAN_FRONTEND="noninteractive", RUNLEVEL="1")
    apt = ["apt-get", "--quiet", "--quiet"]
    succeeds([*apt, "update"], env=quietly)  # one dead mirror need not matter
    return succeeds([*apt, "install", "--yes", "--no-install-recommends", *packages], env=quietly)


def succeeds(command: "list[str]", env: "dict[str, str] | None" = None) -> bool:
    """Run a command whose failure has a remedy; COVET_VERBOSE=1 shows its output."""
    loud = bool(os.environ.get("COVET_VERBOSE"))
    output = None if loud else subprocess.DEVNULL
    done = subprocess.run(
        command, env=env, stdin=subprocess.DEVNULL, stdout=output, stderr=output, check=False
    )
    return done.returncode == 0


def run(command: "list[str]") -> None:
    """Run a command that has to succeed."""
    if subprocess.run(command, cwd=str(ROOT), stdin=subprocess.DEVNULL, check=False).returncode:
        sys.exit("failed: " + " ".join(command))


def say(sentence: str) -> None:
    """Tell what is being done, beside the output proper."""
    print("· " + sentence, file=sys.stderr, flush=True)
