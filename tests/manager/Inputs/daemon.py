"""The manager as a daemon."""
import json
import os
import resource
import signal

from lab import expect, wait_until
from managed import ManagedLab


def before_any_plan(lab):
    refused = lab.tell("pause", check=False)
    expect(refused.returncode == 1 and "no plan is carried out" in refused.stderr, "pause: nothing")
    expect([s["name"] for s in lab.stand()["servers"]] == ["app1", "app2"],
           "status: the Server List's servers, before any plan")
    expect(lab.tell("history").stdout == "", "history: nothing yet")
    second = lab.run("manager", "--config", lab.daemon.config, check=False)
    expect(second.returncode == 1 and str(lab.daemon.process.pid) in second.stderr,
           f"a second one on the same state names the first: {second.stderr.strip()[-160:]}")


def carried_out(lab):
    plan = lab.plan("pricing", "1.1.0")
    done = lab.hand_over(plan)
    expect("2 tasks upgraded" in done.stderr and "permitted again (read back)" in done.stderr,
           "apply --manager: carried out, and told as by apply itself")
    expect(lab.installed() == {"pricing-1.1.0.so"} and not lab.away(), "installed, nothing away")
    again = lab.hand_over(plan, check=False)
    expect(again.returncode == 4 and "carried out already" in again.stderr, "once more: refused")
    history = json.loads(lab.tell("history", "--format", "json").stdout)
    expect([h["state"] for h in history] == ["done"], "history: done")
    expect("install pricing" in lab.tell("history", history[0]["plan"]).stdout, "history PLAN")
    lab.versions["pricing"] = "1.1.0"
    document = json.loads(plan.read_text())
    refused = post(lab, "/v1/plans", {"document": plan.read_text(), "file": str(plan),
                                      "inputs": [], "rehearse": False})
    expect(refused["exit"] == 4 and "no given file is the same" in "".join(refused["lines"]),
           "who sends a plan without its inputs' digests is refused (S5)")
    document["summary"]["tasks"] = 7
    refused = post(lab, "/v1/plans", {"document": json.dumps(document), "file": "x.json",
                                      "inputs": document["inputs"], "rehearse": True})
    expect(refused["exit"] == 4 and "its id does not match" in "".join(refused["lines"]),
           "a changed plan is refused by the manager itself")


def post(lab, path, body):
    import http.client
    import socket

    class Connection(http.client.HTTPConnection):
        def connect(self):
            self.sock = socket.socket(socket.AF_UNIX)
            self.sock.connect(str(lab.daemon.socket))

    connection = Connection("manager")
    connection.request("POST", path, json.dumps(body))
    return json.loads(connection.getresponse().read())


def commanded(lab):
    """Status and commands while a request is waited for, by --manager and by --state."""
    plan, thread = lab.plan("pricing", "1.0.0"), lab.quote()
    client = lab.start_apply_there(plan)
    wait_until(lambda: "/quote/" in lab.apply_log(), 10, "progress that names the request")
    status = lab.stand()
    expect(status["plan"]["step"].endswith("/await") and "/quote/" in status["plan"]["waitingFor"][0],
           "status: at the await step, and for what it waits")
    expect(any(s["sessions"] for s in status["servers"]), "status: the master Session List")
    by_state = lab.run("status", "--state", lab.daemon.state_folder, "--format", "json")
    expect("/quote/" in by_state.stdout, "status --state asks the daemon, too")
    here = lab.apply(plan, check=False)
    expect(here.returncode == 1 and str(lab.daemon.process.pid) in here.stderr,
           "apply by itself on the daemon's state is refused, the daemon named")
    other = lab.plan("catalog", "1.1.0")
    refused = lab.hand_over(other, check=False)
    expect(refused.returncode == 1 and "is not finished" in refused.stderr,
           f"another plan is refused meanwhile: {refused.stderr.strip()}")
    expect("nothing new" in lab.tell("pause").stderr, "pause")
    expect(lab.stand()["plan"]["state"] == "paused", "status: paused")
    lab.tell("resume")
    lab.run("abort", "--state", lab.daemon.state_folder)
    expect(client.wait(20) == 1 and "aborted" in lab.apply_log(), "aborted by --state: the client ends with 1")
    expect(thread.is_alive() and not lab.away(), "its requests are permitted while the old runs on")
    thread.join()
    expect("app1: opens the gates" in lab.tell("permit", "app1").stderr, "permit without a plan at work")


def killed(lab):
    """kill -9 of the daemon in the middle: the next one goes on by itself, and the client with it."""
    plan, thread = lab.plan("pricing", "1.0.0"), lab.quote()
    client = lab.start_apply_there(plan)
    wait_until(lab.away, 10, "requests to be kept away")
    lab.daemon.kill()
    wait_until(lambda: "does not answer" in lab.apply_log(), 10, "the client to notice")
    lab.daemon.start()
    expect(client.wait(40) == 0, f"the client follows to the end:\n{lab.apply_log()}")
    expect("another manager goes on" in lab.apply_log() and "2 tasks upgraded" in lab.apply_log(), "and says so")
    expect(lab.installed() == {"pricing-1.0.0.so"} and not lab.away(), "upgraded, nothing away")
    thread.join()
    lab.versions["pricing"] = "1.0.0"


def ended(lab):
    """SIGTERM: what has begun is finished, then it ends; the next one goes on by itself."""
    plan, thread = lab.plan("pricing", "1.1.0", quiesceTimeout="31s"), lab.quote()
    client = lab.start_apply_there(plan)
    wait_until(lambda: "/quote/" in lab.apply_log(), 10, "progress that names the request")
    code = lab.daemon.end()
    expect(code == 0 and not lab.away(), f"ended ({code}); nothing is kept away meanwhile")
    thread.join()
    expect(len(lab.installed()) == 2, f"one server is done, one is not begun: {lab.installed()}")
    expect(client.wait(5) == 1 and "the next manager goes on" in lab.apply_log(),
           f"the client is told, and ends with 1:\n{lab.apply_log()}")
    lab.daemon.start()
    wait_until(lambda: lab.installed() == {"pricing-1.1.0.so"}, 20, "the rest to be done")
    wait_until(lambda: lab.stand()["plan"]["state"] == "done", 20, "the plan to be done")
    lab.versions["pricing"] = "1.1.0"


def paused(lab):
    """What a person has paused stays so over the manager's life."""
    plan, thread = lab.plan("pricing", "1.0.0", quiesceTimeout="32s"), lab.quote()
    lab.start_apply_there(plan)
    wait_until(lambda: "/quote/" in lab.apply_log(), 10, "progress that names the request")
    lab.tell("pause")
    lab.daemon.end()
    expect("stays so until" in lab.apply_log(), "the client is told that it stays paused")
    thread.join()
    lab.daemon.start()
    expect(lab.stand()["plan"]["state"] == "paused" and len(lab.installed()) == 2,
           "still paused, and nothing new has begun")
    lab.tell("resume")
    wait_until(lambda: lab.stand()["plan"]["state"] == "done", 20, "the plan to be done")
    lab.versions["pricing"] = "1.0.0"


def unsaid(lab):
    """The manager dies when all is done, before it has written that the plan is over."""
    lab.daemon.end()
    lab.daemon.start(env={**os.environ, "RIPPLE_FAILPOINT": "manager-before-plan-state:0"})
    plan = lab.plan("pricing", "1.1.0", quiesceTimeout="34s")
    client = lab.start_apply_there(plan)
    lab.daemon.process.wait(20)
    lab.daemon.start()

    def state():
        return json.loads(lab.tell("history", "--format", "json").stdout)[0]["state"]

    wait_until(lambda: state() == "done", 5, "the next manager to write it")
    client.wait(60)
    expect(lab.installed() == {"pricing-1.1.0.so"} and not lab.away(), "all is done")
    lab.versions["pricing"] = "1.1.0"


def disk_full(lab):
    """The journal cannot be written for a while: nothing more is done, then it goes on by itself."""
    lab.daemon.end()
    lab.daemon.start(preexec_fn=lambda: signal.signal(signal.SIGXFSZ, signal.SIG_IGN))
    plan, thread = lab.plan("pricing", "1.0.0", quiesceTimeout="33s"), lab.quote()
    client = lab.start_apply_there(plan)
    wait_until(lambda: "/quote/" in lab.apply_log(), 10, "progress that names the request")
    away = lab.away()
    pid = lab.daemon.process.pid
    resource.prlimit(pid, resource.RLIMIT_FSIZE, (1, resource.RLIM_INFINITY))
    thread.join()
    expect(client.wait(20) == 1 and "nothing more is done" in lab.apply_log(),
           "what cannot be recorded is not done, and said")
    expect(lab.away() == away and len(lab.installed()) == 1, "and nothing has changed")
    resource.prlimit(pid, resource.RLIMIT_FSIZE, (resource.RLIM_INFINITY,) * 2)
    wait_until(lambda: lab.installed() == {"pricing-1.0.0.so"} and not lab.away(), 20,
               "the manager to go on by itself")
    wait_until(lambda: lab.stand()["plan"]["state"] == "done", 20, "the plan to be done")
    lab.versions["pricing"] = "1.0.0"


def held(lab):
    """What is held stays away, though the router forgets it and the manager is started again."""
    plan = lab.plan("pricing", "1.1.0", check=["/bin/false"], rollback=[{"run": ["/bin/false"]}])
    done = lab.hand_over(plan, check=False)
    expect(done.returncode == 1 and "HELD" in done.stderr, "held, exit code 1")
    away = lab.away()
    expect(away and all("/app1 " in a for a in away), f"requests stay away from app1: {away}")
    lab.router.stop()
    lab.router.start()
    wait_until(lambda: "had forgotten" in lab.daemon.log(), 15, "the manager to notice")
    wait_until(lambda: lab.away() == away, 5, "the router to be told again")
    before = len(lab.daemon.log())
    lab.daemon.end()
    lab.router.stop()
    lab.router.start()
    expect(not lab.away(), "the router was started again while there was no manager")
    lab.daemon.start()
    wait_until(lambda: "had forgotten" in lab.daemon.log()[before:], 15, "the manager to notice")
    wait_until(lambda: lab.away() == away, 5, "the router to be told again")
    lab.tell("permit", "app1")
    expect(not lab.away(), "permitted by a person")


def cleared(lab):
    """Of old plans only what came of them is kept; none is carried out twice."""
    first = json.loads(lab.tell("history", "--format", "json").stdout)[-1]
    lab.daemon.end()
    config = json.loads(lab.daemon.config.read_text())
    lab.daemon.config.write_text(json.dumps({**config, "keepPlans": 1}))
    lab.daemon.start()
    before = lab.tell("history", first["plan"])
    expect("install pricing" in before.stdout and not before.stderr, "what the first plan did is there")
    lab.hand_over(lab.plan("catalog", "1.1.0"))
    now = json.loads(lab.tell("history", "--format", "json").stdout)
    expect(now[-1] == first, "after another plan the first one's row is as it was")
    after = lab.tell("history", first["plan"])
    expect(after.stdout == "" and "nothing is kept of what was done" in after.stderr, "and its steps are gone")
    again = lab.hand_over(first["file"], check=False)
    expect(again.returncode == 4 and "ended long ago" in again.stderr,
           f"it is refused, not carried out again: {again.stderr.strip()[-200:]}")


def main():
    with ManagedLab(os.environ["RIPPLE_BINARY_DIR"], servers=2, service_ms=3000) as lab:
        lab.daemon = lab.add()
        lab.start()
        gone = lab.tell("history", check=False)
        expect(gone.returncode == 1 and str(lab.daemon.socket) in gone.stderr, "no manager: said, exit code 1")
        lab.daemon.start()
        for part in (before_any_plan, carried_out, commanded, killed, ended, paused, unsaid, disk_full, held, cleared):
            print(f"-- {part.__name__}", flush=True)
            part(lab)


main()
