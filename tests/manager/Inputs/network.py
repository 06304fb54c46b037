"""Upgrades over https: agents with certificates, and a router that is reached through the agent on its host.

The application servers' agents and the router's listen at https, and the manager has a certificate.
"""
import json
import os
import subprocess
import sys
import threading

import yaml

from lab import SOURCE, Lab, expect, wait_until

sys.path.insert(0, str(SOURCE / "tests/agent/Inputs"))
from agentlab import Certificates, UnixConnection, free_port  # noqa: E402

PARTS = ("certificate", "key", "authority")


class Network(Lab):
    def start(self):
        self.certificates = Certificates(self.folder)
        self.certificates.make("manager")
        self.use("manager")
        super().start()
        self.agent_of_router()

    def use(self, name):
        """`ripple` asks with the certificate NAME from now on."""
        for part, file in self.certificates.files(name).items():
            os.environ[f"RIPPLE_TLS_{part.upper()}"] = file

    def tls(self, name):
        self.certificates.make(name, "DNS:localhost,IP:127.0.0.1")
        return {**self.certificates.files(name), "clients": ["manager"]}

    def write_server_list(self):
        """At https, one by its address and one by its name; the router by its agent."""
        super().write_server_list()
        self.edge_port = free_port()
        file = self.folder / "servers.yaml"
        document = yaml.safe_load(file.read_text())
        for server, entry, host in zip(self.servers, document["servers"], ("127.0.0.1", "localhost")):
            entry["agent"] = f"https://{host}:{free_port()}"
            self.configure(server, entry["agent"])
        document["routers"][0]["agent"] = f"https://127.0.0.1:{self.edge_port}"  # `routes` wants the socket.
        file.write_text(yaml.safe_dump(document, sort_keys=False))

    def configure(self, server, url):
        lay_out = server.lay_out

        def with_https(versions):
            lay_out(versions)
            file = server.folder / "agent.yaml"
            config = yaml.safe_load(file.read_text())
            config["listen"] = [config["listen"], url.replace("localhost", "127.0.0.1")]
            config["tls"] = self.tls(server.name)
            file.write_text(yaml.safe_dump(config, sort_keys=False))
        server.lay_out = with_https

    def agent_of_router(self):
        (self.folder / "edge1").mkdir()
        file = self.folder / "edge1/agent.yaml"
        file.write_text(yaml.safe_dump({
            "format": "ripple.agent", "version": "1.0", "server": "edge1",
            "listen": ["unix:agent.sock", f"https://127.0.0.1:{self.edge_port}"], "tls": self.tls("edge1"),
            "state": "state", "gateDirectory": "gates",
            "routers": [{"name": "edge", "kind": "haproxy", "socket": self.router.socket}]}))
        log = open(self.folder / "edge1/agent.log", "ab")
        self.children.append(subprocess.Popen(
            [self.ripple, "agent", "--config", str(file)], stdin=subprocess.DEVNULL, stdout=log, stderr=log,
            start_new_session=True))
        log.close()
        wait_until(lambda: self.edge_answers("GET", "/v1/routers/edge"), 20, "the router's agent")

    def edge_answers(self, method, path, body=None):
        connection = UnixConnection(str(self.folder / "edge1/agent.sock"))
        try:
            connection.request(method, path, body and json.dumps(body))
            answer = connection.getresponse()
            return json.loads(answer.read()) if answer.status == 200 else None
        except OSError:
            return None
        finally:
            connection.close()

    def installed(self):
        return {os.path.basename(os.readlink(s.folder / "plugins/pricing.so")) for s in self.servers}


def upgrades(lab):
    done = lab.apply(lab.plan("pricing", "1.1.0"), check=False)
    expect(done.returncode == 0, f"an upgrade over https: {done.stderr.strip()}")
    expect(lab.installed() == {"pricing-1.1.0.so"} and not lab.away(), "both servers have it, nothing is away")
    lab.versions["pricing"] = "1.1.0"
    servers = lab.status()["servers"]
    expect([s["agent"] for s in servers] == ["up", "up"] and all(s["classes"] for s in servers),
           "status: all agents, and the classes by the router's agent")


def is_refused(lab):
    plan = lab.plan("pricing", "1.0.0")
    lab.certificates.make("printer")
    lab.use("printer")
    done = lab.apply(plan, check=False)
    expect(done.returncode == 1 and "nothing was changed" in done.stderr
           and done.stderr.count("the certificate of printer is not among those that may ask here") == 3,
           f"a certificate that may not command: {done.stderr.strip()}")
    for part in PARTS:
        del os.environ[f"RIPPLE_TLS_{part.upper()}"]
    done = lab.apply(plan, check=False)
    expect(done.returncode == 1 and "give --tls-certificate" in done.stderr, "no certificate is said to be missing")
    lab.use("manager")


def is_superseded(lab):
    """Another manager has told the router's agent something: this one's permit is refused there."""
    plan = lab.plan("pricing", "1.0.0", quiesceTimeout="29s")
    thread = threading.Thread(target=lambda: lab.get("shop", "/quote/1", timeout=40))
    thread.start()
    wait_until(lambda: any(s.state()["status"]["sessions"] for s in lab.servers), 5, "a session")
    apply = lab.start_apply(plan)
    wait_until(lambda: lab.away(), 10, "requests to be kept away")
    other = lab.edge_answers("GET", "/v1/server")["term"] + 5
    expect(lab.edge_answers("POST", "/v1/unseal", {"term": other, "plan": "p", "task": "t"}),
           "another manager has commanded the router's agent")
    expect(apply.wait(60) == 1 and f"a manager with term {other} has commanded this agent" in lab.apply_log(),
           f"the one before stops: {lab.apply_log()[-600:]}")
    thread.join()
    expect(lab.away(), "it could not permit any more")
    done = lab.apply(plan, check=False)
    expect(done.returncode == 0 and not lab.away(), f"the next one has a higher term: {done.stderr.strip()}")
    expect(lab.edge_answers("GET", "/v1/server")["term"] > other, "than any agent's, the router's too")
    expect(lab.installed() == {"pricing-1.0.0.so"}, "both servers are back")


def main():
    with Network(os.environ["RIPPLE_BINARY_DIR"], servers=2, minimum=1, service_ms=1000) as lab:
        lab.start()
        upgrades(lab)
        is_refused(lab)
        is_superseded(lab)


main()
