"""Agents that carry out signed plans only.

Forged, expired, replayed and changed plans are refused before anything is touched; so is what a
manager asks for that the plan does not say. A plan that expires in the midst ends with what it has
begun, and goes on where it was signed anew.
"""
import hashlib
import json
import os
import shutil

from clients import version
from lab import Lab, expect


class Signed:
    def __init__(self, lab):
        self.lab, self.made = lab, 0

    def unsigned(self, component, to, **extra):
        """A plan that no other is the same as."""
        self.made += 1
        self.lab.signed = False
        plan = self.lab.plan(component, to, quiesceTimeout=f"{30000 + self.made}ms", **extra)
        self.lab.signed = True
        return plan

    def refuses(self, plan, code, *words):
        done = self.lab.apply(plan, check=False)
        expect(done.returncode == code and all(w in done.stderr for w in words),
               f"exit {done.returncode} (wanted {code}), says {words}: {done.stderr.strip()}")
        self.unchanged()

    def unchanged(self):
        expect(not self.lab.away() and not any(s.state()["tasks"] for s in self.lab.servers),
               "nothing was touched")

    def forged(self):
        lab = self.lab
        plan = self.unsigned("pricing", "1.1.0")
        self.refuses(plan, 1, "app1: its agent carries out signed plans only", "app2", "ripple sign")
        lab.make_key("mallory")
        lab.sign(plan, key="mallory")
        self.refuses(plan, 1, "app1", "app2", "is not among those that may release plans")
        lab.sign(plan, cluster="elsewhere")
        self.refuses(plan, 1, "is signed for cluster elsewhere, and this server is of lab")
        lab.sign(plan)
        document = json.loads(plan.read_text())
        document["signature"]["expires"] = "9999-01-01T00:00:00Z"
        plan.write_text(json.dumps(document))
        self.refuses(plan, 1, "somebody has changed one of them")

    def changed(self):
        """A signature is of one plan."""
        lab = self.lab
        signed = lab.sign(self.unsigned("pricing", "1.1.0")).rename(lab.folder / "signed.json")
        other = self.unsigned("pricing", "1.2.0")
        document = json.loads(other.read_text())
        document["signature"] = json.loads(signed.read_text())["signature"]
        other.write_text(json.dumps(document))
        self.refuses(other, 1, "somebody has changed one of them")
        document = json.loads(signed.read_text())
        document["upgrades"][0]["install"] = ["/bin/true"]
        signed.write_text(json.dumps(document))
        self.refuses(signed, 4, "id")
        done = lab.run("sign", signed, "--key", lab.folder / "release.key", "--cluster", "lab", check=False)
        expect(done.returncode == 4 and "id does not match" in done.stderr, done.stderr.strip())

    def expired(self):
        plan = self.lab.sign(self.unsigned("pricing", "1.1.0"), "--valid", "0s")
        self.refuses(plan, 1, "the plan's signature has expired", "ripple sign")

    def upgrade(self):
        lab = self.lab
        plan = lab.sign(self.unsigned("pricing", "1.1.0"))
        old = lab.folder / "old.json"
        shutil.copy(plan, old)
        shown = lab.run("show", plan).stdout
        expect(f"signed for cluster lab, number {lab.signatures}" in shown, "`show` says so")
        lab.run("check", plan, *lab.inputs(lab.folder / "change-pricing-1.1.0.yaml"))
        lab.apply(plan)
        lab.versions["pricing"] = "1.1.0"
        expect([version(s, "pricing") for s in lab.servers] == ["1.1.0", "1.1.0"], "upgraded")
        # The way back is a plan of its own; the first one may not be played again after it.
        back = lab.sign(self.unsigned("pricing", "1.0.0"))
        lab.apply(back)
        lab.versions["pricing"] = "1.0.0"
        self.replayed(old)

    def replayed(self, old):
        """By a manager that knows nothing of what was done."""
        lab = self.lab
        done = lab.run("apply", old, "--yes", "--state", lab.folder / "another", "--change",
                       lab.folder / "change-pricing-1.1.0.yaml", check=False)
        expect(done.returncode == 1 and "is older than what was carried out here" in done.stderr,
               done.stderr.strip())
        self.unchanged()

    def files(self):
        """What is not the file that was released is not used."""
        lab = self.lab
        own = {v: lab.folder / f"pricing-{v}.so" for v in ("1.0.0", "1.2.0")}
        for at, file in own.items():
            shutil.copy(lab.artefact("pricing", at), file)
        digests = {str(f): "sha256:" + hashlib.sha256(f.read_bytes()).hexdigest()
                   for f in own.values()}

        def actions(at):
            return [{"symlink": "plugins/pricing.so", "target": str(own[at])},
                    {"plugin": "pricing", "path": str(own[at])}]

        plan = lab.sign(self.unsigned("pricing", "1.2.0", install=actions("1.2.0"),
                                      rollback=actions("1.0.0"), digests=digests))
        with open(own["1.2.0"], "ab") as file:
            file.write(b"x")
        self.refuses(plan, 1, "app1", "app2", "pricing-1.2.0.so is not the file that the plan is for")
        shutil.copy(lab.artefact("pricing", "1.2.0"), own["1.2.0"])
        lab.apply(plan)
        expect([version(s, "pricing") for s in lab.servers] == ["1.2.0", "1.2.0"], "upgraded")
        lab.versions["pricing"] = "1.2.0"
        lab.apply(lab.sign(self.unsigned("pricing", "1.0.0")))
        lab.versions["pricing"] = "1.0.0"

    def asked_for_more(self):
        """Who may command an agent has it do nothing that no plan says."""
        server = self.lab.servers[0]
        term = server.state()["term"]
        link = server.folder / "plugins/pricing.so"
        before = os.readlink(link)
        plan = json.loads((self.lab.folder / "plan-pricing-1.0.0.json").read_text())["id"]
        action = {"term": term, "id": "x", "plan": plan, "task": "t1", "kind": "install",
                  "component": "pricing", "version": "1.0.0", "unsealed": True,
                  "action": {"run": ["/bin/touch", str(server.folder / "touched")]}}
        for change, words in (({}, "that is not how the signed plan has pricing"),
                              ({"plan": "sha256:forged"}, "signed plans only"),
                              ({"kind": "rollback", "version": "1.1.0",
                                "action": {"symlink": "plugins/pricing.so", "target": "/dev/null"}},
                               "that is not how the signed plan has pricing")):
            status, answer = server.ask("POST", "/v1/actions", {**action, **change})
            expect(status == 403 and words in answer["error"], f"{status} {answer}")
        status, answer = server.ask("POST", "/v1/drain", {
            "term": term, "plan": "sha256:forged", "task": "t1",
            "seal": [{"application": "shop", "components": ["pricing"]}]})
        expect(status == 403 and answer["needs"] == "statement", f"{status} {answer}")
        expect(not (server.folder / "touched").exists() and os.readlink(link) == before,
               "nothing was done")

    def expires_in_the_midst(self):
        lab = self.lab
        plan = lab.sign(self.unsigned("pricing", "1.2.0", check=["/bin/sleep", "4"]), "--valid", "3s")
        for server in lab.servers:  # Those that have seen a plan need its new signature, too.
            self.show(server, plan)
        ended = lab.apply(plan, check=False)
        expect(ended.returncode == 1 and "the plan's signature has expired: aborting" in ended.stderr,
               ended.stderr.strip())
        expect(sorted(version(s, "pricing") for s in lab.servers) == ["1.0.0", "1.2.0"],
               "one server has begun and is finished")
        self.unchanged()
        self.refuses_again(plan)
        lab.apply(lab.sign(plan))
        expect([version(s, "pricing") for s in lab.servers] == ["1.2.0", "1.2.0"],
               "signed anew, it goes on")
        self.unchanged()

    @staticmethod
    def show(server, plan):
        plan = json.loads(plan.read_text())
        statement = {"format": "ripple.statement", "version": "1.0", "plan": plan["id"],
                     "servers": sorted({step["server"] for step in plan["steps"]}),
                     "upgrades": plan["upgrades"], "signature": plan["signature"]}
        status, answer = server.ask("POST", "/v1/plans", {"term": server.state()["term"],
                                                          "document": json.dumps(statement)})
        expect(status == 200, f"{server.name} is shown the plan: {status} {answer}")

    def refuses_again(self, plan):
        done = self.lab.apply(plan, check=False)
        expect(done.returncode == 1 and "has expired" in done.stderr, done.stderr.strip())


def main():
    with Lab(os.environ["RIPPLE_BINARY_DIR"], servers=2, minimum=1, service_ms=10, signed=True) as lab:
        lab.start()
        signed = Signed(lab)
        signed.forged()
        signed.changed()
        signed.expired()
        signed.upgrade()
        signed.files()
        signed.asked_for_more()
        signed.expires_in_the_midst()


main()
