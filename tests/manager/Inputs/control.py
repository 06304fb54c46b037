"""pause, resume, abort, status, history and the lock, while an upgrade waits for a request."""
import json
import os
import threading

from lab import Lab, expect, wait_until


def quote(lab, seconds):
    thread = threading.Thread(target=lambda: lab.get("shop", "/quote/1", timeout=seconds * 10))
    thread.start()
    wait_until(lambda: any(s.state()["status"]["sessions"] for s in lab.servers), 5, "a session")
    return thread


def say(lab, *command, check=True):
    return lab.run(*command, "--state", lab.folder / "manager", check=check)


def waits(lab):
    try:
        return bool(lab.status()["plan"]["waitingFor"])
    except Exception:
        return False


def abort(lab, plan):
    thread = quote(lab, 3)
    apply = lab.start_apply(plan)
    wait_until(lambda: "/quote/" in lab.apply_log(), 10, "progress that names the request")
    status = lab.status()
    away = {c["class"]: c["state"] for c in status["servers"][0]["classes"]}
    expect("quiescing" in away.values() and "permitted" in away.values(),
           f"status: some classes are quiescing, others permitted: {away}")
    expect(status["plan"]["step"].endswith("/await"), "status: at the await step")
    second = lab.apply(plan, check=False)
    expect(second.returncode == 1 and str(apply.pid) in second.stderr,
           f"a second manager is refused, the first named: {second.stderr.strip()}")
    expect("nothing new" in say(lab, "pause").stderr, "pause is taken")
    expect(lab.status()["plan"]["state"] == "paused", "status: paused")
    say(lab, "resume")
    say(lab, "abort")
    expect(apply.wait(10) == 1, "aborted: exit code 1")
    expect(thread.is_alive() and not lab.away(), "its requests are permitted while the old runs on")
    thread.join()
    expect(lab.status()["plan"]["state"] == "aborted", "status: aborted")


def interrupted(lab, plan):
    thread = quote(lab, 3)
    apply = lab.start_apply(plan)
    wait_until(lambda: lab.away(), 10, "requests to be kept away")
    apply.kill()
    apply.wait()
    status = lab.status()["plan"]
    expect(status["state"] == "running" and "ripple apply" in status["waitingFor"][0],
           f"status: no manager runs, and what to do: {status['waitingFor']}")
    expect(say(lab, "pause", check=False).returncode == 1, "pause: no manager runs")
    refused = say(lab, "permit", "app1", check=False)
    expect(refused.returncode == 1 and "not finished" in refused.stderr, "permit: finish it first")
    say(lab, "abort")
    expect(not lab.away(), "abort by itself gives back what the dead manager kept away")
    thread.join()


def main():
    with Lab(os.environ["RIPPLE_BINARY_DIR"], servers=2, service_ms=3000) as lab:
        lab.start()
        expect(say(lab, "history").stdout == "", "history: nothing yet")
        plan = lab.plan("pricing", "1.1.0")
        abort(lab, plan)
        interrupted(lab, plan)
        done = lab.apply(plan)
        expect("2 tasks upgraded" in done.stderr, "applied again, it is carried out")
        history = json.loads(say(lab, "history", "--format", "json").stdout)
        expect([h["state"] for h in history] == ["done"], f"history: {history}")
        effects = say(lab, "history", history[0]["plan"]).stdout
        expect("forbid" in effects and "install pricing" in effects and "permit" in effects,
               "history PLAN: each thing that was done")
        expect(lab.apply(plan, check=False).returncode == 4, "once more: refused as done")


main()
