"""What `ripple apply` refuses, with which exit code; nothing is changed then."""
import json
import os
import re
import shutil

from lab import Lab, expect, wait_until


def main():
    with Lab(os.environ["RIPPLE_BINARY_DIR"], servers=2, minimum=1, service_ms=10) as lab:
        lab.start()
        plan = lab.folder / "plan.json"
        lab.plan("pricing", "1.1.0").rename(plan)
        state = ["--state", lab.folder / "manager"]

        def refuses(code, words, *arguments):
            done = lab.run("apply", *arguments, *state, check=False)
            text = done.stderr.strip()
            expect(done.returncode == code and all(w in text for w in words),
                   f"exit {done.returncode} (wanted {code}), says {words}: {text}")

        refuses(64, ["nowhere.json"], lab.folder / "nowhere.json", "--yes")
        refuses(64, ["--yes"], plan)
        refuses(64, ["--manager"], plan, "--yes", "--manager", "http://127.0.0.1:1")

        edited = lab.folder / "edited.json"
        edited.write_text(plan.read_text().replace('"abortBudget": 1', '"abortBudget": 2'))
        if edited.read_text() == plan.read_text():
            document = json.loads(plan.read_text())
            document["abortBudget"] = 2
            edited.write_text(json.dumps(document))
        refuses(4, ["edited.json", "id"], edited, "--yes")

        broken = json.loads(plan.read_text())
        for step in broken["steps"]:
            step["after"] = [a.replace("t1/await", "t1/awiat") for a in step["after"]]
            step["requests"] = [r for r in step.get("requests", []) if r["id"] != "POST /quote"]
        (lab.folder / "broken.json").write_text(json.dumps(broken))
        refuses(64, ["broken.json"], lab.folder / "broken.json", "--yes")

        servers = lab.folder / "servers.yaml"
        shutil.copy(servers, lab.folder / "moved.yaml")
        original = servers.read_text()
        servers.write_text(original.replace("capacity: 100", "capacity: 90"))
        refuses(4, ["servers.yaml", "changed"], plan, "--yes")
        servers.unlink()
        refuses(4, ["servers.yaml"], plan, "--yes")
        shutil.copy(lab.folder / "moved.yaml", servers)
        (lab.folder / "other.yaml").write_text(original.replace("capacity: 100", "capacity: 90"))
        refuses(4, ["other.yaml"], plan, "--yes", "--servers", lab.folder / "other.yaml")

        # What an agent could only refuse in the middle is refused before anything is touched.
        text = servers.read_text()
        servers.write_text(text.replace("process: shop", "process: shop@1.service"))
        unit = lab.plan("catalog", "1.1.0")
        refuses(1, ["app1", "app2", "shop@1.service", "no such process", "unit: NAME.service"], unit,
                "--yes")
        servers.write_text(text)
        package = lab.plan("catalog", "1.1.0",
                           install={"package": "ripple-no-such", "version": "1.1.0"})
        refuses(1, ["app1", "app2", "catalog", "install", "apt cannot install ripple-no-such=1.1.0"],
                package, "--yes")
        missing = lab.plan("pricing", "1.2.0", rollback={"symlink": "plugins/pricing.so",
                                                         "target": "pricing-0.9.so"})
        refuses(1, ["app1", "app2", "pricing", "rollback", "pricing-0.9.so"], missing, "--yes")

        for server in lab.servers:
            server.kill_agent()
        os.rename(lab.router.socket, lab.router.socket + ".away")
        refuses(1, ["app1", "app2", "haproxy.sock"], plan, "--yes")
        os.rename(lab.router.socket + ".away", lab.router.socket)
        for server in lab.servers:
            server.start_agent()
            wait_until(server.is_ready, 20, "the agent")

        lab.servers[1].link("plugins/pricing.so", lab.artefact("pricing", "1.2.0"))
        refuses(4, ["app2", "pricing", "1.2.0", "1.0.0"], plan, "--yes")
        lab.servers[1].link("plugins/pricing.so", lab.artefact("pricing", "1.0.0"))

        lists = lab.folder / "shop.json"
        original = lists.read_text()
        lists.write_text(re.sub(r'("buildId": ")....', r"\1dead", original))
        stale = lab.plan("pricing", "1.1.0", quiesceTimeout="29s")
        refuses(4, ["app1", "app2", "build"], stale, "--yes")
        lists.write_text(original)

        expect(not lab.away(), "nothing is kept away")
        plan = lab.plan("pricing", "1.1.0")
        shutil.move(servers, lab.folder / "elsewhere.yaml")
        done = lab.run("apply", plan, "--yes", *state, "--servers", lab.folder / "elsewhere.yaml")
        expect("done" in done.stderr, "an input that has moved can be named")
        refuses(64, ["unix:PATH"], plan, "--yes", "--manager", "x")
        manager = lab.run("manager", "--config", "x", check=False)
        expect(manager.returncode == 64 and "cannot be read" in manager.stderr,
               manager.stderr.strip())


main()
