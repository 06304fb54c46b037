#!/usr/bin/python3
"""Stands in for systemctl where systemd is not the first process: one unit, kept in $FAKE_SYSTEMD.

There, `command` is a JSON argument vector; `pid`, `active` and `job` are the unit's state, `calls` is
what was asked. `refuse`: the restart is refused. `drop`: it is taken and never done. As with systemd,
a restart goes on when systemctl has ended: the process that does it is nobody's child.
"""
import json
import os
import pathlib
import signal
import subprocess
import sys
import time

HOME = pathlib.Path(os.environ["FAKE_SYSTEMD"])


def read(name, default=""):
    try:
        return (HOME / name).read_text()
    except FileNotFoundError:
        return default


def write(name, text):
    (HOME / (name + ".new")).write_text(str(text))
    (HOME / (name + ".new")).rename(HOME / name)


def alive(pid):
    try:
        stat = pathlib.Path(f"/proc/{pid}/stat").read_text()
    except OSError:
        return False
    return stat.rsplit(")", 1)[1].split()[0] not in "ZX"


def show():
    pid = int(read("pid", "0"))
    active = read("active", "inactive")
    if active == "active" and not alive(pid):
        active, pid = "failed", 0
    known = sys.argv[-1] == read("unit")
    print(f"LoadState={'loaded' if known else 'not-found'}\nActiveState={active}")
    print(f"Result={'exit-code' if active == 'failed' else 'success'}\nMainPID={pid}")
    if read("job"):
        print("Job=1")


def restart():
    write("active", "deactivating")
    pid = int(read("pid", "0"))
    if alive(pid):
        os.kill(pid, signal.SIGTERM)
    while alive(pid):
        time.sleep(.02)
    time.sleep(float(read("slow", "0")))
    write("active", "activating")
    with open(HOME / "log", "ab") as log:
        started = subprocess.Popen(json.loads(read("command")), stdin=subprocess.DEVNULL, stdout=log,
                                   stderr=log, start_new_session=True)
    write("pid", started.pid)
    write("active", "active")
    (HOME / "job").unlink(missing_ok=True)
    started.wait()


def detach(work):
    if os.fork():
        return
    os.setsid()
    if os.fork():
        os._exit(0)
    null = os.open("/dev/null", os.O_RDWR)
    for fd in range(3):
        os.dup2(null, fd)
    work()
    os._exit(0)


def main():
    with open(HOME / "calls", "a") as calls:
        calls.write(" ".join(sys.argv[1:]) + "\n")
    if sys.argv[1] == "show":
        return show()
    if sys.argv[1:3] != ["restart", "--no-block"] or read("refuse"):
        sys.exit("Failed to restart " + sys.argv[-1] + ": Access denied")
    if not read("drop"):
        write("job", 1)
        detach(restart)


main()
