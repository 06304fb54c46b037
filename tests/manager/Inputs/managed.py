"""A lab whose managers are daemons: `ripple manager`."""
import json
import os
import signal
import socket
import subprocess
import threading
import urllib.request

from lab import Lab, expect, wait_until


class Manager:
    """One `ripple manager`, in folders of its own."""

    def __init__(self, lab, name, **more):
        self.lab, self.name = lab, name
        self.state_folder = lab.folder / name
        self.socket = lab.folder / f"{name}.sock"
        self.url = f"unix:{self.socket}"
        self.config = lab.folder / f"{name}.json"
        self.log_file = lab.folder / f"{name}.log"
        self.process = None
        self.config.write_text(json.dumps(
            {"format": "ripple.manager", "version": "1.0", "listen": self.url,
             "state": str(self.state_folder), "servers": str(lab.folder / "servers.yaml"), **more}))

    def start(self, **options):
        with open(self.log_file, "ab") as log:
            self.process = subprocess.Popen([self.lab.ripple, "manager", "--config", self.config],
                                            stdin=subprocess.DEVNULL, stdout=log, stderr=log,
                                            start_new_session=True, **options)
        self.lab.children.append(self.process)
        wait_until(lambda: self.process.poll() is not None or self.listens(), 10, "the manager")
        expect(self.process.poll() is None, f"{self.name} runs")

    def listens(self):
        """A socket that a killed one left there does not."""
        with socket.socket(socket.AF_UNIX) as probe:
            return probe.connect_ex(str(self.socket)) == 0

    def log(self):
        return self.log_file.read_text()

    def kill(self):
        self.process.kill()
        self.process.wait()

    def end(self, seconds=30):
        self.process.send_signal(signal.SIGTERM)
        return self.process.wait(seconds)


class ManagedLab(Lab):
    """What --manager is given is `urls`."""

    urls = ""

    def add(self, name="manager", **more):
        manager = Manager(self, name, **more)
        self.urls += ("," if self.urls else "") + manager.url
        return manager

    def tell(self, *command, **options):
        return self.run(*command, "--manager", self.urls, **options)

    def hand_over(self, plan, **options):
        return self.tell("apply", plan, "--yes", **options)

    def start_apply_there(self, plan):
        with open(self.folder / "apply.log", "wb") as log:
            process = subprocess.Popen([self.ripple, "apply", str(plan), "--manager", self.urls,
                                        "--yes"], stdin=subprocess.DEVNULL, stdout=log, stderr=log,
                                       start_new_session=True)
        self.children.append(process)
        return process

    def stand(self):
        return json.loads(self.tell("status", "--format", "json").stdout)

    def quote(self):
        """A request at the first server that uses the plug-in and takes the lab's service time."""
        address = f"http://127.0.0.1:{self.servers[0].ports['shop']}/quote/1"
        thread = threading.Thread(
            target=lambda: urllib.request.urlopen(address, timeout=30).read())
        thread.start()
        wait_until(lambda: self.servers[0].state()["status"]["sessions"], 5, "a session")
        return thread

    def installed(self):
        return {os.path.basename(os.readlink(s.folder / "plugins/pricing.so"))
                for s in self.servers}
