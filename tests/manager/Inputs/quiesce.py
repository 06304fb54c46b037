"""What can happen while an upgrade waits: time runs out, a signal comes, the router is restarted."""
import os
import signal
import threading
import time

from lab import Lab, expect, wait_until


def quote(lab, answers=None):
    """A quote that takes some seconds; its client may lose its connection."""
    def ask():
        try:
            status, _ = lab.get("shop", "/quote/1", timeout=30)
        except OSError:
            status = 0
        if answers is not None:
            answers.append(status)
    thread = threading.Thread(target=ask)
    thread.start()
    wait_until(lambda: sessions(lab), 5, "a session")
    return thread


def sessions(lab):
    return lab.servers[0].state()["status"]["sessions"]


def version(lab):
    return os.path.basename(os.readlink(lab.servers[0].folder / "plugins/pricing.so"))


def settled(lab, thread):
    thread.join()
    wait_until(lambda: not sessions(lab), 20, "the end of all requests")


def too_long(lab):
    plan = lab.plan("pricing", "1.1.0", quiesceTimeout="500ms")
    thread = quote(lab)
    done = lab.apply(plan, check=False)
    expect(done.returncode == 1 and "GET ~ ^/quote/" in done.stderr and "pid" in done.stderr,
           f"time ran out: exit 1, the holder is named: {done.stderr.strip()}")
    expect(thread.is_alive() and not lab.away(), "its requests were permitted again meanwhile")
    expect(version(lab) == "pricing-1.0.0.so", "nothing was changed")
    settled(lab, thread)


def interrupt(lab):
    plan = lab.plan("pricing", "1.1.0", quiesceTimeout="31s")
    thread = quote(lab)
    apply = lab.start_apply(plan)
    wait_until(lambda: lab.away(), 10, "requests to be kept away")
    apply.send_signal(signal.SIGINT)
    expect(apply.wait(10) == 1, "interrupted: exit code 1")
    expect(not lab.away(), "its requests were permitted again")
    settled(lab, thread)


def router_restarts(lab):
    """The new router counts nothing, and the request runs on: the gate decides."""
    plan = lab.plan("pricing", "1.1.0", quiesceTimeout="32s")
    thread = quote(lab)
    apply = lab.start_apply(plan)
    wait_until(lambda: lab.away(), 10, "requests to be kept away")
    lab.router.stop()
    lab.router.start()
    wait_until(lambda: lab.away(), 10, "the router to be told again")
    expect(True, "the router was restarted, and told again")
    while sessions(lab):
        expect_quietly(version(lab) == "pricing-1.0.0.so" or not sessions(lab),
                       "nothing was installed under the request")
        time.sleep(.02)
    expect(apply.wait(30) == 0, "the upgrade completed")
    log = lab.apply_log()
    expect("was started again" in log, "it says that the router was started again")
    expect(version(lab) == "pricing-1.1.0.so" and not lab.away(), "1.1.0, and nothing kept away")
    thread.join()


def router_reloads(lab):
    """The new process counts nothing, the old one has the request still: the gate decides, and it is answered."""
    plan, answers = lab.plan("pricing", "1.0.0", quiesceTimeout="33s"), []
    thread = quote(lab, answers)
    apply = lab.start_apply(plan)
    wait_until(lambda: lab.away(), 10, "requests to be kept away")
    before = lab.router.reload()
    wait_until(lambda: lab.away(), 10, "the new process to be told again")
    counted = sum(int(row["scur"] or 0) for row in lab.router.servers())
    expect(sessions(lab) and before.poll() is None and counted == 0, "it counts zero, and the request runs on")
    while sessions(lab):
        expect_quietly(version(lab) == "pricing-1.1.0.so" or not sessions(lab),
                       "nothing was installed under the request")
        time.sleep(.02)
    expect(apply.wait(30) == 0 and version(lab) == "pricing-1.0.0.so", "the upgrade completed")
    thread.join()
    expect(answers == [200] and not lab.away(), f"the request was answered: {answers}")
    before.wait(30)


def expect_quietly(holds, what):
    if not holds:
        expect(False, what)


def main():
    with Lab(os.environ["RIPPLE_BINARY_DIR"], servers=1, minimum=0, service_ms=2500) as lab:
        lab.start()
        too_long(lab)
        interrupt(lab)
        router_restarts(lab)
        lab.versions["pricing"] = "1.1.0"
        router_reloads(lab)


main()
