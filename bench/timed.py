"""Runs one command and prints, as JSON, what it cost: `timed.py OUTPUT COMMAND…`.

A program of its own, and a small one: Linux counts the peak memory of the process that forks into the peak of the
command, so a bench that has read a large report would seem to be the command's memory.
"""

import json
import os
import sys
import time


def main() -> int:
    output, command = sys.argv[1], sys.argv[2:]
    start = time.monotonic()
    child = os.fork()
    if child == 0:
        handle = os.open(output, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o644)
        os.dup2(handle, 1)
        try:
            os.execvp(command[0], command)
        except OSError as error:
            os.write(2, f"cannot start `{command[0]}`: {error.strerror}\n".encode())
            os._exit(127)
    _, status, usage = os.wait4(child, 0)
    wall = time.monotonic() - start
    print(json.dumps({
        "status": os.waitstatus_to_exitcode(status),
        "wall": wall,
        "cpu": usage.ru_utime + usage.ru_stime,
        "peak": usage.ru_maxrss * 1024,
    }))
    return 0


if __name__ == "__main__":
    sys.exit(main())
