"""Make .venv and install what requirements/ pins: the first thing that every make target does.

Written so that any Python can read it, down to 2.7, because it is what tells that one is too old.
"""

from __future__ import print_function

import hashlib
import os
import subprocess
import sys

OLDEST = (3, 11)
NEWEST_TESTED = (3, 13)
ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
VENV = os.path.join(ROOT, ".venv")
STAMP = os.path.join(VENV, "installed")


def fail(message):
    sys.stderr.write("slotwell: %s\n" % message)
    sys.exit(1)


def version_of(python):
    """The version of a Python that runs, as a tuple, or None."""
    try:
        said = subprocess.Popen(
            [python, "-c", "import sys; print('%d.%d' % sys.version_info[:2])"],
            stdout=subprocess.PIPE,
            stderr=open(os.devnull, "w"),
        ).communicate()[0]
    except OSError:
        return None
    parts = said.decode().strip().split(".")
    return (int(parts[0]), int(parts[1])) if len(parts) == 2 else None


def find_python():
    """This Python if it is new enough, else the newest tested one in PATH."""
    if sys.version_info[:2] >= OLDEST:
        return sys.executable
    for minor in range(NEWEST_TESTED[1], OLDEST[1] - 1, -1):
        name = "python3.%d" % minor
        if version_of(name) == (3, minor):
            return name
    fail(
        "Slotwell needs Python %d.%d or newer; this one is %s (%s). Install a newer one, or name it: make run PYTHON=..."
        % (OLDEST[0], OLDEST[1], ".".join(str(part) for part in sys.version_info[:3]), sys.executable)
    )


def fingerprint(version):
    """A hash of all that the installation depends on."""
    digest = hashlib.sha256(repr((version, ROOT)).encode())
    for folder, folders, files in os.walk(ROOT):
        depth = os.path.relpath(folder, ROOT).count(os.sep)
        folders[:] = sorted(
            name for name in folders if depth < 2 and not name.startswith(".") and name != "node_modules"
        )
        for name in sorted(files):
            if name == "pyproject.toml" or os.path.basename(folder) == "requirements":
                with open(os.path.join(folder, name), "rb") as source:
                    digest.update(source.read())
    return digest.hexdigest()


def settings_from_pip(python):
    """pip's own index, certificate and folder settings, for uv, which does not read them. What is set for uv stays."""
    said = subprocess.Popen(
        [python, "-m", "pip", "config", "list"], stdout=subprocess.PIPE, stderr=open(os.devnull, "w")
    ).communicate()[0]
    names = {
        "index-url": "UV_DEFAULT_INDEX",
        "extra-index-url": "UV_INDEX",
        "find-links": "UV_FIND_LINKS",
        "cert": "SSL_CERT_FILE",
    }
    found = {}
    for line in said.decode("utf-8", "replace").splitlines():
        key, _, value = line.partition("=")
        option = key.rpartition(".")[2]
        value = value.strip().strip("'\"")
        if option in names and value:
            separator = "," if option == "find-links" else " "
            found[names[option]] = separator.join(value.replace("\\n", " ").split())
    if "UV_INDEX" in found:
        # Hashes are pinned, so it does not matter which index a file comes from.
        found["UV_INDEX_STRATEGY"] = "unsafe-best-match"
    return found


def run(command, environment, doing):
    try:
        code = subprocess.call(command, cwd=ROOT, env=environment)
    except OSError as error:
        fail("%s failed: %s" % (doing, error.strerror))
    if code != 0:
        fail("%s failed; the lines above say why." % doing)


def install(python):
    environment = dict(os.environ)
    environment.pop("VIRTUAL_ENV", None)
    environment.setdefault("PIP_DISABLE_PIP_VERSION_CHECK", "1")
    own = os.path.join(VENV, "bin", "python")
    uv = os.path.join(VENV, "bin", "uv")
    if version_of(own) != version_of(python):
        missing = subprocess.call(
            [python, "-c", "import ensurepip, venv"], stdout=open(os.devnull, "w"), stderr=subprocess.STDOUT
        )
        if missing:
            fail("This Python has no venv module. Install it (Debian: apt-get install python3-venv) and try again.")
        run([python, "-m", "venv", "--clear", VENV], environment, "Making .venv")
    requirements = os.path.join(ROOT, "requirements")
    run(
        [own, "-m", "pip", "install", "-qq", "--require-hashes", "-r", os.path.join(requirements, "bootstrap.txt")],
        environment,
        "Installing the installer",
    )
    for name, value in settings_from_pip(own).items():
        environment.setdefault(name, value)
    # Compiled here once: a process that starts would otherwise spend more time on it than on everything else, and
    # where PYTHONDONTWRITEBYTECODE is set every one would do so again.
    pip = [uv, "pip", "install", "--quiet", "--compile-bytecode", "--python", own]
    run(
        pip + ["--require-hashes", "-r", os.path.join(requirements, "constraints.txt")],
        environment,
        "Installing the packages",
    )
    run(
        pip + ["--no-deps", "--no-build-isolation", "-r", os.path.join(requirements, "workspace.in")],
        environment,
        "Installing Slotwell",
    )


def main():
    python = find_python()
    version = version_of(python)
    wanted = fingerprint(version)
    try:
        with open(STAMP) as stamp:
            if stamp.read() == wanted and version_of(os.path.join(VENV, "bin", "python")):
                return
    except IOError:
        pass
    if not os.access(ROOT, os.W_OK):
        fail("%s can't be written to; Slotwell installs its packages there. Clone it to a folder of yours." % ROOT)
    if version > NEWEST_TESTED:
        print("  Python %d.%d is newer than what Slotwell is tested with (3.11 to 3.13)." % version)
    print("  Installing packages into .venv ...")
    sys.stdout.flush()
    install(python)
    with open(STAMP, "w") as stamp:
        stamp.write(wanted)


if __name__ == "__main__":
    main()
