"""Become a server: take on an account, ask to be told of the parent's death, and exec.

A program of its own, run by path with the standard library alone, because the same steps between fork
and exec of a threaded parent may deadlock. Usage:

    exec_as.py PARENT_PID DEATH_SIGNAL UID GID CLOSED_FOLDERS PROGRAM ARGUMENT...

UID and GID are -1 to stay who we are. CLOSED_FOLDERS is 1 when the program lies, or keeps its data, below
a folder that the account may not pass (a clone in /root, say): the process then keeps one capability of
root's, to pass folders, instead of us opening the user's folders to everybody.
"""

import ctypes
import os
import sys

PR_SET_PDEATHSIG = 1
PR_SET_KEEPCAPS = 8
PR_SET_SECUREBITS = 28
PR_CAP_AMBIENT = 47
PR_CAP_AMBIENT_RAISE = 2
CAP_DAC_OVERRIDE = 1
CAP_DAC_READ_SEARCH = 2
SECBIT_NO_SETUID_FIXUP = 1 << 2
CAPABILITY_VERSION_3 = 0x20080522


def keep_one_capability(libc: ctypes.CDLL) -> None:
    """Keep the right to pass closed folders, and no other; a container may grant only the wider one, or neither."""
    for capability in (CAP_DAC_READ_SEARCH, CAP_DAC_OVERRIDE):
        if set_capabilities(libc, 1 << capability):
            libc.prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_RAISE, capability, 0, 0)
            return
    set_capabilities(libc, 0)


def set_capabilities(libc: ctypes.CDLL, bits: int) -> bool:
    """Have these capabilities and no others; False if one of them is not ours to keep."""
    header = (ctypes.c_uint32 * 2)(CAPABILITY_VERSION_3, 0)
    sets = (ctypes.c_uint32 * 6)(bits, bits, bits, 0, 0, 0)
    return bool(libc.capset(ctypes.byref(header), ctypes.byref(sets)) == 0)


def main(arguments: list[str]) -> None:
    """Exec the program, or exit 127 with the reason on stderr."""
    parent, death_signal, uid, gid, closed = (int(argument) for argument in arguments[:5])
    command = arguments[5:]
    on_linux = sys.platform.startswith("linux")
    libc = ctypes.CDLL(None, use_errno=True)
    if uid >= 0:
        if closed and on_linux:
            libc.prctl(PR_SET_KEEPCAPS, 1, 0, 0, 0)
            # Otherwise access(2), by which PostgreSQL looks at its programs, ignores the capability.
            libc.prctl(PR_SET_SECUREBITS, SECBIT_NO_SETUID_FIXUP, 0, 0, 0)
        os.setgroups([gid])
        os.setgid(gid)
        os.setuid(uid)
        if closed and on_linux:
            keep_one_capability(libc)
    os.umask(0o077)
    if death_signal and on_linux:
        # After setuid, which clears it.
        libc.prctl(PR_SET_PDEATHSIG, death_signal, 0, 0, 0)
        if os.getppid() != parent:
            sys.exit("exec_as: the parent is gone")
    try:
        os.execv(command[0], command)  # noqa: S606 - the point of this program
    except OSError as error:
        sys.stderr.write(f"{command[0]}: {error.strerror}\n")
        sys.exit(127)


if __name__ == "__main__":
    main(sys.argv[1:])
