"""Drives BeastServer over real sockets, and looks at it as the agent does.

beast_server.py BUILD: prints one line for each thing that was seen to hold; the
first that does not ends it with an error.
"""
import os
import tempfile
import time

from gate_server import BUILD, PLUGINS, Program, Server, check, nobody_is_left, say, until

SLOW = "GET ~ ^/slow/(\\d+)$"


def kinds(agent):
    return sorted(s["request"] for s in agent.ask("sessions"))


def sessions_are_listed(server, agent):
    slow = [server.begin("/slow/1500", headers={"X-Session": "anna"}),
            server.begin("/slow/1500?x=1", headers={"Cookie": "a=b; session=bert"}),
            server.begin("/slow/1500%30")]
    until(lambda: len(agent.ask("sessions")) == 3, "three requests are active")
    # Whether the third is a /slow depends on whether the server decodes; nothing says so here.
    check(kinds(agent) == [SLOW, SLOW, "other"], "kinds", kinds(agent))
    names = sorted(s["session"] for s in agent.ask("sessions") if s["session"])
    check(names == ["anna", "bert"], "sessions", names)
    for one in slow:
        check(one.finish()[0] == 200, "answered", one.result)
    nobody_is_left(agent)
    say("active requests have their kinds and sessions; what is encoded differently is other")


def every_way_out_exits(server, agent):
    check(server.request("GET", "/throw")[:2] == (500, "as expected\n"), "a handler that throws")
    check(server.request("GET", "/nothing")[0] == 404, "no handler")
    check(server.request("POST", "/orders", "x" * 100000)[1] == "ordered 100000\n", "a body")
    gone = server.raw("GET /slow/400 HTTP/1.1\r\nHost: x\r\n\r\n")
    until(lambda: kinds(agent) == [SLOW], "one is active")
    gone.close()
    check(kinds(agent) == [SLOW], "the handler runs on without its client")
    nobody_is_left(agent)
    say("handlers that throw, 404, bodies, clients that go away: none is left active")


def other_threads_exit(server, agent):
    work = server.begin("/work/500")
    until(lambda: kinds(agent) == ["GET ~ ^/work/(\\d+)$"], "one is active")
    check(server.request("GET", "/list")[0] == 200, "the loop is free")
    check(work.finish()[1] == "worked\n", "answered")
    nobody_is_left(agent)
    say("a request that ends on another thread is active until then")
    check(server.request("GET", "/after")[1] == "started\n", "answered at once")
    check(kinds(agent) == ["GET /after"], "active while its work goes on")
    nobody_is_left(agent)
    say("work that outlives the response keeps its request active")


def seals_hold(server, agent):
    slow = server.begin("/slow/700")
    until(lambda: kinds(agent) == [SLOW], "one is active")
    refused = agent.ask("seal shop pricing")
    check(not refused["sealed"] and refused["holders"][0]["request"] == SLOW, "by whom", refused)
    check(server.request("GET", "/price")[0] == 200, "open again")
    slow.finish()
    until(lambda: agent.ask("seal shop pricing")["sealed"], "sealed")
    say("a seal is refused while a request uses the component, and says which")
    held = [server.begin("/price") for _ in range(20)]
    until(lambda: agent.ask("count shop pricing")["held"] == 20, "twenty are held")
    check(agent.ask("seal shop pricing")["active"] == 0, "none is active")
    check(server.request("GET", "/list")[1] == "well\n", "the one thread serves others")
    check(server.request("GET", "/health")[1] == "well\n", "and the health check")
    done = agent.ask("swap pricing " + os.path.join(PLUGINS, "price-2.so"))
    check(done["done"] and all(one.is_alive() for one in held), "swapped, and still held", done)
    agent.ask("unseal shop pricing")
    texts = {one.finish()[1] for one in held}
    check(texts == {"version 2\n"}, "held requests run on the new version", texts)
    nobody_is_left(agent)
    say("held requests are listed, stop no thread, and run on the new version")


def refusals_are_safe(directory, agent):
    server = Server(directory, 300, "BeastServer")
    try:
        until(lambda: agent.ask("seal shop pricing")["sealed"], "sealed")
        gone = server.raw("GET /price HTTP/1.1\r\nHost: x\r\n\r\n")
        until(lambda: agent.ask("count shop pricing")["held"] == 1, "one is held")
        gone.close()
        nobody_is_left(agent)
        say("a held request whose client went away is over after the hold time")
        start = time.monotonic()
        status, text, headers = server.request("GET", "/price")
        check(status == 503 and "Nothing of this request was run" in text, "refused", text)
        check(time.monotonic() - start >= 0.3, "after the hold time")
        check(headers.get("Retry-After") == "1" and headers.get("Connection") == "close", "headers",
              headers)
        nobody_is_left(agent)
        say("after the hold time a request is refused with 503, and nothing was run")
        agent.ask("unseal shop pricing")
        check(server.request("POST", "/orders", "abc")[1] == "ordered 3\n", "open again")
    finally:
        server.end()


def main():
    with tempfile.TemporaryDirectory() as directory:
        agent = Program(os.path.join(BUILD, "testing", "GateControl"), directory)
        server = Server(directory, 30000, "BeastServer")
        try:
            check([g["table"] for g in agent.ask("gates")] == ["ok"], "the gate is there")
            sessions_are_listed(server, agent)
            every_way_out_exits(server, agent)
            other_threads_exit(server, agent)
            seals_hold(server, agent)
            server.end()
            until(lambda: agent.ask("gates") == [], "its gate is gone")
            refusals_are_safe(directory, agent)
        finally:
            server.end()
            agent.end()


main()
