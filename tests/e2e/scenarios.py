"""What Ripple promises, tried on real servers: `scenarios.py NAME [BUILD]`. Each is a lit test.

A scenario prints what it saw and ends with 0, or says what did not hold and ends with 1.
"""
import contextlib
import json
import os
import pathlib
import random
import signal
import subprocess
import sys
import threading
import time

import yaml

from cluster import SOURCE, Cluster, Failure, wait_until


def expect(holds, what):
    """A check of a scenario: says WHAT was found, and stops the scenario where it does not hold."""
    print(("ok      " if holds else "FAILED  ") + what, flush=True)
    if not holds:
        raise Failure(what)


def installed(cluster):
    """Server → version of pricing that is installed there and loaded by its shop."""
    found = {}
    for server in cluster.servers:
        link = os.readlink(server.folder / "plugins/pricing.so")
        found[server.name] = pathlib.Path(link).name.removeprefix("pricing-").removesuffix(".so")
    return found


def answered_by(cluster, count=30):
    """The versions of pricing that COUNT quotes through the router were answered by."""
    versions = set()
    for i in range(count):
        status, body = cluster.get("shop", f"/quote/{i + 1}")
        expect_quietly(status == 200, f"GET /quote/{i + 1} answered {status} {body[:200]}")
        versions.add(json.loads(body)["pricing"])
    return versions


def expect_quietly(holds, what):
    if not holds:
        expect(False, what)


def nothing_forbidden(cluster):
    away = [f"{r['pxname']}/{r['svname']} {r['status']}" for r in cluster.router.servers()
            if not r["status"].startswith(("UP", "no check"))]
    expect(not away, "the router sends every class to every server" + (f": not {away}" if away else ""))


def quotes_in_background(cluster, seconds_each, count):
    """COUNT quotes at once; returns the threads and the list their answers go to."""
    answers = []

    def one(number):
        answers.append((number, *cluster.get("shop", f"/quote/{number}", timeout=seconds_each * 10)))

    threads = [threading.Thread(target=one, args=(i + 1,)) for i in range(count)]
    for thread in threads:
        thread.start()
    return threads, answers


def mix(cluster, rate, seconds, stop=""):
    with open(SOURCE / "tests/e2e/load.yaml", encoding="utf-8") as file:
        requests = yaml.safe_load(file)["requests"]
    for request in requests:
        request["address"] = cluster.listen[request.pop("application")]
        request.pop("kind")
    return {"rate": rate, "seconds": seconds, "seed": 7, "timeoutMs": 20000, "stopFile": stop,
            "requests": requests}


def no_request_lost(cluster, name="load"):
    records = cluster.records(name)
    bad = [r for r in records if r["outcome"] != "ok"]
    executed = cluster.executions()
    twice = {token: n for token, n in executed.items() if n > 1}
    lost = [r for r in records if r["outcome"] == "ok" and r["token"] and r["token"] not in executed]
    expect(len(records) > 100, f"{len(records)} requests were sent")
    expect(not bad, "none failed, none was cut short" + (f": {len(bad)}, the first {bad[0]}" if bad else ""))
    expect(not twice, "none was executed twice" + (f": {twice}" if twice else ""))
    expect(not lost, "each transaction that was answered was executed"
           + (f": {len(lost)} were not, the first {lost[0]}" if lost else ""))


# --- the scenarios -------------------------------------------------------------------------------

def one_server(build):
    """pricing through analyze, plan and apply on one server."""
    with Cluster(build, servers=1, minimum=0, service_ms=20) as cluster:
        cluster.start()
        expect(answered_by(cluster) == {"1.0.0"}, "1.0.0 answers before")
        done = cluster.apply(cluster.plan("pricing", "1.1.0"))
        print(done.stderr)
        expect(answered_by(cluster) == {"1.1.0"}, "1.1.0 answers after")
        expect(installed(cluster) == {"app1": "1.1.0"}, "the link points to 1.1.0")
        nothing_forbidden(cluster)
        again = cluster.apply(cluster.folder / "plan-pricing-1.1.0.json", check=False)
        expect(again.returncode == 4, f"a plan that was carried out is refused: {again.stderr.strip()}")


def under_load(build):
    """Three servers under load: pricing, then catalog; no request is lost."""
    with Cluster(build) as cluster:
        cluster.start()
        stop = cluster.folder / "stop"
        load = cluster.load(mix(cluster, 200, 90, str(stop)))
        time.sleep(2)
        for component in ("pricing", "catalog"):
            before = {s.name: s.pids() for s in cluster.servers}
            cluster.apply(cluster.plan(component, "1.1.0"))
            after = {s.name: s.pids() for s in cluster.servers}
            same = component == "pricing"
            expect(all((before[n]["shop"] == after[n]["shop"]) == same for n in before),
                   f"{component}: shop's processes " + ("went on" if same else "were started again"))
            expect(all(before[n]["reports"] == after[n]["reports"] for n in before),
                   f"{component}: reports' processes went on")
        time.sleep(1)
        stop.touch()
        load.wait(60)
        no_request_lost(cluster)
        expect(answered_by(cluster) == {"1.1.0"}, "1.1.0 answers after")
        nothing_forbidden(cluster)


def held_open(build):
    """The upgrade waits for requests that use the plug-in, and names them."""
    with Cluster(build, servers=1, minimum=0, service_ms=4000) as cluster:
        cluster.start()
        plan = cluster.plan("pricing", "1.1.0")
        threads, answers = quotes_in_background(cluster, 4, 3)
        wait_until(lambda: len(cluster.servers[0].state()["status"]["sessions"]) == 3, 5,
                   "three requests in the Session List")
        sessions = cluster.servers[0].state()["status"]["sessions"]
        shop = cluster.servers[0].pids()["shop"]
        expect(all("/quote/" in s["request"] and s["application"] == "shop" and s["pid"] == shop
                   and "pricing" in s["uses"] + s["mayUse"] for s in sessions),
               f"the Session List shows kind, process and components: {sessions[0]}")
        apply = cluster.start_apply(plan)
        wait_until(lambda: "quote" in cluster.apply_log(), 10, "progress that names the request")
        status = cluster.status()
        expect(status["plan"]["state"] == "running" and status["plan"]["waitingFor"],
               f"status says what the plan waits for: {status['plan']}")
        expect("/quote/" in cluster.run("status", "--state", cluster.folder / "manager").stdout,
               "`ripple status` prints the active requests")
        expect(apply.poll() is None and not answers, "the upgrade waits while they are active")
        for thread in threads:
            thread.join()
        expect(all(status == 200 and json.loads(body)["pricing"] == "1.0.0"
                   for _, status, body in answers), "each was answered by the version it began with")
        expect(apply.wait(30) == 0, "then the upgrade completed")
        print(cluster.apply_log())
        nothing_forbidden(cluster)


def phase_in(build):
    """With phaseIn nothing is kept away: old requests finish on the old version, new ones have the
    new one at once, on the only server that there is."""
    with Cluster(build, servers=1, minimum=1, service_ms=3000) as cluster:
        cluster.start()
        refused = cluster.change("pricing", "1.1.0")
        done = cluster.run("plan", *cluster.inputs(refused), "-o", cluster.folder / "no.json", check=False)
        expect(done.returncode == 3, "without phaseIn no server can be spared")
        plan = cluster.plan("pricing", "1.1.0", phaseIn=True)
        print(cluster.run("show", plan).stdout)
        threads, old = quotes_in_background(cluster, 3, 3)
        wait_until(lambda: len(cluster.servers[0].state()["status"]["sessions"]) == 3, 5,
                   "three requests in the Session List")
        apply = cluster.start_apply(plan)
        wait_until(lambda: installed(cluster) == {"app1": "1.1.0"}, 10, "the new version to be installed")
        time.sleep(.3)
        new = cluster.get("shop", "/quote/7")
        expect(json.loads(new[1])["pricing"] == "1.1.0", "a request that came later has the new version")
        for thread in threads:
            thread.join()
        expect(all(status == 200 and json.loads(body)["pricing"] == "1.0.0" for _, status, body in old),
               "those that had begun were ended by the version that they began with")
        expect(apply.wait(30) == 0, "then the upgrade is over")
        print(cluster.apply_log())
        expect(answered_by(cluster, 1) == {"1.1.0"}, "1.1.0 answers after")
        maps = pathlib.Path(f"/proc/{cluster.servers[0].pids()['shop']}/maps").read_text()
        expect("pricing-1.1.0" in maps and "pricing-1.0.0" not in maps, "the old version is unloaded")
        nothing_forbidden(cluster)


def phase_in_under_load(build):
    """phaseIn there and back under load, on all servers at once; no request is lost or sees both."""
    with Cluster(build, minimum=3) as cluster:
        cluster.start()
        stop = cluster.folder / "stop"
        load = cluster.load(mix(cluster, 200, 90, str(stop)))
        time.sleep(1)
        for rounds in range(6):
            version = ("1.1.0", "1.0.0")[rounds % 2]
            cluster.apply(cluster.plan("pricing", version, phaseIn=True, quiesceTimeout=f"{30 + rounds}s"))
            expect(answered_by(cluster) == {version}, f"{version} answers")
            cluster.versions["pricing"] = version
        stop.touch()
        load.wait(60)
        no_request_lost(cluster)
        nothing_forbidden(cluster)


def phase_in_that_does_not_end(build):
    """An old request that does not end in time: the old version is the one for new requests again."""
    with Cluster(build, servers=1, minimum=1, service_ms=9000) as cluster:
        cluster.start()
        plan = cluster.plan("pricing", "1.1.0", phaseIn=True, quiesceTimeout="2s")
        threads, old = quotes_in_background(cluster, 9, 1)
        wait_until(lambda: cluster.servers[0].state()["status"]["sessions"], 5, "the request")
        done = cluster.apply(plan, check=False)
        print(done.stderr)
        expect(done.returncode == 1 and "1 request that began before still uses an earlier version: GET "
               in done.stderr, "it says which request keeps the old version")
        expect(installed(cluster) == {"app1": "1.0.0"}, "the old version is installed again")
        for thread in threads:
            thread.join()
        expect(json.loads(old[0][2])["pricing"] == "1.0.0", "the request was not disturbed")
        nothing_forbidden(cluster)


def kill(build, seed=None):
    """kill -9 of `ripple apply` and of agents at random moments; again, and it completes."""
    seed = seed if seed is not None else random.randrange(1 << 30)
    print(f"seed {seed}")
    random.seed(seed)
    with Cluster(build, service_ms=150) as cluster:
        cluster.start()
        stop = cluster.folder / "stop"
        load = cluster.load(mix(cluster, 100, 110, str(stop)))
        deadline = time.monotonic() + 90
        kills = {"apply": 0, "agent": 0}
        version, rounds = "1.0.0", 0
        while kills["apply"] < 6 or kills["agent"] < 3:  # There and back again, until it was hit enough.
            expect_quietly(time.monotonic() < deadline,
                           f"hit often enough in 90 s; it was not: {kills}\n{cluster.apply_log()}")
            version = "1.1.0" if version == "1.0.0" else "1.0.0"
            # A plan is for one use: the same change a second time is another change set.
            rounds += 1
            plan = cluster.plan("pricing", version, quiesceTimeout=f"{30 + rounds}s")
            complete_under_kills(cluster, plan, kills, deadline)
            expect(set(installed(cluster).values()) == {version},
                   f"every server has {version}; killed so far: {kills}")
            cluster.versions["pricing"] = version
            expect(answered_by(cluster) == {version}, f"{version} answers everywhere")
            nothing_forbidden(cluster)
        stop.touch()
        load.wait(60)
        no_request_lost(cluster)


def complete_under_kills(cluster, plan, kills, deadline):
    """Applies PLAN again and again until it completes; kills apply, and agents, on the way."""
    for attempt in range(20):
        expect_quietly(time.monotonic() < deadline, f"completed in time; it did not: {cluster.apply_log()}")
        said_before = len(cluster.apply_log())
        apply = cluster.start_apply(plan)
        with contextlib.suppress(subprocess.TimeoutExpired):
            # Later attempts last longer, so that one of them completes.
            apply.wait(random.uniform(.02, .3) * (1 + attempt / 2))
            # A kill between the journal's last word and the exit: the plan is done, and refused as such.
            done_before = (attempt > 0 and apply.returncode == 4
                           and "was carried out already" in cluster.apply_log()[said_before:])
            expect_quietly(apply.returncode == 0 or done_before,
                           f"apply: exit {apply.returncode}\n{cluster.apply_log()}")
            return
        if kills["agent"] * 2 <= kills["apply"]:
            victim = random.choice(cluster.servers)
            victim.kill_agent()
            victim.start_agent()
            kills["agent"] += 1
        os.killpg(apply.pid, signal.SIGKILL)
        apply.wait()
        kills["apply"] += 1
        for server in cluster.servers:
            wait_until(server.is_ready, 20, f"the agent of {server.name} after its kill")
    expect(False, f"completed in 20 attempts; it did not: {cluster.apply_log()}")


def rollback(build):
    """A check that fails: the old version serves again there, the upgrade stops, a person is told."""
    with Cluster(build, service_ms=20) as cluster:
        cluster.start()
        checker = str(cluster.build / "bin/check-pricing")
        plan = cluster.plan("pricing", "1.2.0", check=[checker, "plugins/pricing.so", "1.2.0"])
        done = cluster.apply(plan, check=False)
        print(done.stderr)
        expect(done.returncode == 1, f"exit code 1 (it is {done.returncode})")
        expect("check" in done.stderr and "app1" in done.stderr
               and "1 of 1000 cents cost 0 cents, and should cost 1000" in done.stderr,
               "the message says what and where, in the check's own words")
        expect(set(installed(cluster).values()) == {"1.0.0"}, "1.0.0 is installed everywhere again")
        expect(answered_by(cluster) == {"1.0.0"}, "1.0.0 answers everywhere")
        nothing_forbidden(cluster)
        again = cluster.apply(plan, check=False)
        expect(again.returncode == 1, "again: it starts again at the failed task, and fails again")
        expect(answered_by(cluster) == {"1.0.0"}, "and 1.0.0 still answers everywhere")
        cluster.apply(cluster.plan("pricing", "1.1.0", check=[checker, "plugins/pricing.so", "1.1.0"]))
        expect(answered_by(cluster) == {"1.1.0"}, "a version whose prices are right passes the check")


def going_back(build):
    """A plan that is given up after its first server, and the plan that undoes it, under load."""
    with Cluster(build, service_ms=20) as cluster:
        cluster.start()
        change = cluster.change("pricing", "1.1.0")
        document = yaml.safe_load(change.read_text())
        document["gates"] = [{"after": "first-server", "approve": True}]
        change.write_text(yaml.safe_dump(document))
        plan = cluster.folder / "plan.json"
        cluster.run("plan", *cluster.inputs(change), "-o", plan)
        stop = cluster.folder / "stop"
        load = cluster.load(mix(cluster, 100, 60, str(stop)))
        apply = cluster.start_apply(plan)
        wait_until(lambda: sorted(installed(cluster).values()) == ["1.0.0", "1.0.0", "1.1.0"], 20,
                   "the first server to be upgraded")
        wait_until(lambda: "waits for a person" in cluster.apply_log() or apply.poll() is not None, 20, "the gate")
        cluster.run("abort", "--state", cluster.folder / "manager")
        expect(apply.wait(30) == 1, "the plan is given up at its gate")
        having = [s["name"] for s in json.loads(cluster.run(
            "status", "--state", cluster.folder / "manager", "--having", "pricing@1.1.0",
            "--format", "json").stdout)["servers"]]
        expect(len(having) == 1, f"`status --having` says where the new version is: {having}")
        # A change set that says of the others what is not so is refused, and nothing is touched.
        wrong = cluster.change("pricing", "1.1.0", elsewhere="to", servers=[
            next(s.name for s in cluster.servers if s.name not in having)])
        cluster.run("plan", *cluster.inputs(wrong), "-o", cluster.folder / "wrong.json")
        refused = cluster.apply(cluster.folder / "wrong.json", check=False)
        expect(refused.returncode == 4 and "pricing is installed at 1.0.0, and the plan was made for 1.1.0 there"
               in refused.stderr, f"what the others have is looked at: {refused.stderr.strip()}")
        change.write_text(yaml.safe_dump(document))
        back, undo = cluster.folder / "back.json", cluster.folder / "undo.json"
        done = cluster.run("back", plan, "--after-wave", "1", "-o", back)
        expect(f"on {having[0]}" in done.stderr, f"what is undone: {done.stderr.strip()}")
        cluster.run("plan", *cluster.inputs(back), "-o", undo)
        cluster.run("check", undo, *cluster.inputs(back))
        print(cluster.apply(undo).stderr)
        expect(set(installed(cluster).values()) == {"1.0.0"}, "1.0.0 is installed everywhere again")
        expect(answered_by(cluster) == {"1.0.0"}, "1.0.0 answers everywhere")
        stop.touch()
        load.wait(60)
        no_request_lost(cluster)
        nothing_forbidden(cluster)


def bad_input(build):
    """One clear message for each mistake, the right exit code, nothing changed."""
    with Cluster(build, servers=1, minimum=0, service_ms=20) as cluster:
        cluster.start()
        folder = cluster.folder

        def refuses(code, words, *arguments):
            done = cluster.run(*arguments, check=False)
            text = done.stderr.strip()
            expect(done.returncode == code and all(w in text for w in words),
                   f"exit {done.returncode} (wanted {code}), says {words}: {text}")

        refuses(64, ["compile_commands.json"], "analyze", "-p", folder / "nowhere")
        change = cluster.change("pricing", "1.1.0")
        good = yaml.safe_load(change.read_text())
        good["upgrades"][0]["component"] = "pricng"
        unknown = folder / "unknown.yaml"
        unknown.write_text(yaml.safe_dump(good))
        refuses(64, ["pricng", "unknown.yaml"], "plan", *cluster.inputs(unknown))
        servers = yaml.safe_load((folder / "servers.yaml").read_text())
        twice = dict(servers, servers=servers["servers"] * 2)
        (folder / "twice.yaml").write_text(yaml.safe_dump(twice))
        refuses(64, ["app1", "twice.yaml"], "plan", "--components", cluster.components()[0],
                "--servers", folder / "twice.yaml", "--change", change)
        impossible = yaml.safe_load((folder / "servers.yaml").read_text())
        for application in impossible["applications"]:
            application["minAvailable"] = 1
        (folder / "impossible.yaml").write_text(yaml.safe_dump(impossible))
        lists = [o for p in cluster.components() for o in ("--components", p)]
        refuses(3, ["minAvailable", "shop"], "plan", *lists, "--servers", folder / "impossible.yaml",
                "--change", change)

        plan = cluster.plan("pricing", "1.1.0")
        state = ["--state", folder / "manager", "--yes"]
        original = change.read_text()
        change.write_text(original.replace("30s", "31s"))
        refuses(4, [change.name], "apply", plan, *state)
        change.write_text(original)
        refuses(64, ["--yes"], "apply", plan, "--state", folder / "manager")
        cluster.servers[0].kill_agent()
        refuses(1, ["app1", "agent"], "apply", plan, *state)
        cluster.servers[0].start_agent()
        wait_until(cluster.servers[0].is_ready, 20, "the agent")
        os.rename(cluster.router.socket, cluster.router.socket + ".away")
        refuses(1, ["edge", "haproxy.sock"], "apply", plan, *state)
        os.rename(cluster.router.socket + ".away", cluster.router.socket)
        expect(set(installed(cluster).values()) == {"1.0.0"}, "nothing was changed")
        nothing_forbidden(cluster)
        cluster.apply(plan)
        expect(answered_by(cluster) == {"1.1.0"}, "and with everything in its place it is carried out")


SCENARIOS = {f.__name__: f for f in (one_server, under_load, held_open, phase_in, phase_in_under_load,
                                     phase_in_that_does_not_end, kill, rollback, going_back,
                                     bad_input)}


def main():
    if len(sys.argv) < 2 or sys.argv[1] not in SCENARIOS:
        print(f"usage: scenarios.py {'|'.join(SCENARIOS)} [BUILD] [SEED]", file=sys.stderr)
        return 64
    build = sys.argv[2] if len(sys.argv) > 2 else SOURCE / "build"
    scenario = SCENARIOS[sys.argv[1]]
    print(scenario.__doc__)
    try:
        scenario(build, *map(int, sys.argv[3:]))
    except Failure as failure:
        print(f"{sys.argv[1]}: {failure}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
