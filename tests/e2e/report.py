"""The comparison that the demo prints and draws: one table, one self-contained page.

Pure: measurements in, text out. Times are in seconds, latencies in milliseconds, capacity in
server-seconds (one server-second: what one whole server would have served in one second).
"""
import dataclasses
import html
import math


@dataclasses.dataclass
class Measurement:
    """What one run under load showed."""

    component: str  # "" for the run without an upgrade
    way: str  # "no upgrade", "restart, no drain", "whole-server drain", "Ripple"
    sent: int
    failed: int
    twice: int
    cut: int
    latencies: list  # [(due in s from the run's start, latency in ms, touches the component)]
    withdrawn: float
    seconds: float  # time to complete; 0 without an upgrade
    cpu: float  # share of the machine, 0 to 1
    timeline: list  # [(s from the run's start, server-equivalents withdrawn)]
    window: tuple  # (first, last second of the upgrade)
    note: str = ""

    def in_window(self, others_only):
        """Latencies of requests that were due while the upgrade ran, sorted."""
        first, last = self.window
        return sorted(ms for due, ms, touches in self.latencies
                      if first <= due <= last and not (others_only and touches))


def percentile(values, share):
    """The smallest of the sorted VALUES that SHARE of them do not exceed; NaN of none."""
    if not values:
        return math.nan
    return values[min(len(values) - 1, math.ceil(share * len(values)) - 1)]


HEADINGS = ["upgrade", "way", "sent", "failed", "twice", "cut short", "p50 all", "p99 all",
            "p50 others", "p99 others", "withdrawn", "complete", "CPU"]


def row(m):
    """The cells of one line of the table, in the order of HEADINGS."""
    everything, others = m.in_window(False), m.in_window(True)

    def ms(value):
        return "-" if math.isnan(value) else f"{value:.0f} ms"

    return [m.component or "none", m.way, str(m.sent), str(m.failed), str(m.twice), str(m.cut),
            ms(percentile(everything, .5)), ms(percentile(everything, .99)),
            ms(percentile(others, .5)), ms(percentile(others, .99)),
            f"{m.withdrawn:.1f} s" if m.component else "-",
            f"{m.seconds:.1f} s" if m.component else "-", f"{m.cpu:.0%}"]


def table(measurements):
    """The comparison as text."""
    lines = [HEADINGS] + [row(m) for m in measurements]
    widths = [max(len(line[i]) for line in lines) for i in range(len(HEADINGS))]

    def text(line):
        return "  ".join(cell.ljust(width) if i < 2 else cell.rjust(width)
                         for i, (cell, width) in enumerate(zip(line, widths))).rstrip()

    out = [text(lines[0]), "  ".join("-" * width for width in widths)]
    previous = None
    for line in lines[1:]:
        if previous not in (None, line[0]):
            out.append("")
        previous = line[0]
        out.append(text(line))
    return "\n".join(out) + "\n"


LEGEND = """\
twice: POSTs that the applications executed more than once. cut short: answers that ended early.
p50, p99: of requests that were due while the upgrade ran, counted from when they were due; "others"
are those that do not touch the component. withdrawn: capacity that the router kept away or found
down, in server-seconds. CPU: of the whole machine, the load generator included.
"""

STYLE = """
body{font:15px/1.5 system-ui,sans-serif;margin:2rem auto;max-width:1080px;padding:0 1rem;color:#1d2733;
background:#fff}h1{font-size:1.6rem;margin:0 0 .2rem}h2{font-size:1.15rem;margin:2.2rem 0 .4rem}
p{max-width:70ch}table{border-collapse:collapse;font-size:13px;width:100%}th,td{padding:.3rem .5rem;
text-align:right;border-bottom:1px solid #dde3ea;white-space:nowrap}th:nth-child(-n+2),
td:nth-child(-n+2){text-align:left}tr.ours td{font-weight:600;background:#eef7f1}
td.bad{color:#b3261e;font-weight:600}svg{display:block;width:100%;height:auto;margin:.4rem 0}
text{font:12px system-ui,sans-serif;fill:#1d2733}.axis{stroke:#9aa7b5;stroke-width:1}
.grid{stroke:#e6ebf0;stroke-width:1}.muted{fill:#5b6978}figure{margin:0 0 1rem}
figcaption{color:#5b6978;font-size:13px}.wide{overflow-x:auto}
@media(prefers-color-scheme:dark){body{background:#12181f;color:#e3e9ef}text{fill:#e3e9ef}
.muted,figcaption{fill:#9aa7b5;color:#9aa7b5}th,td{border-color:#2b3641}tr.ours td{background:#17291f}
.grid{stroke:#26303a}td.bad{color:#ff8a80}}
"""

COLOURS = {"no upgrade": "#7a8794", "restart, no drain": "#c4532f", "whole-server drain": "#c69214",
           "Ripple": "#1f8a5b"}


def bars(title, unit, pairs):
    """One bar a measurement. PAIRS: [(way, value)]."""
    top = max([value for _, value in pairs if not math.isnan(value)] + [1e-9])
    out = [f'<svg viewBox="0 0 520 {30 * len(pairs) + 30}" role="img" aria-label="{html.escape(title)}">',
           f'<text x="0" y="14" font-weight="600">{html.escape(title)}</text>']
    for i, (way, value) in enumerate(pairs):
        y = 26 + 30 * i
        out.append(f'<text x="0" y="{y + 15}">{html.escape(way)}</text>')
        if math.isnan(value):
            out.append(f'<text class="muted" x="140" y="{y + 15}">none</text>')
            continue
        width = max(1, 290 * value / top)
        out.append(f'<rect x="140" y="{y}" width="{width:.1f}" height="20" rx="3" '
                   f'fill="{COLOURS[way]}"/>')
        shown = f"{value:.0f}" if value >= 10 or value == int(value) else f"{value:.1f}"
        out.append(f'<text x="{146 + width:.1f}" y="{y + 15}">{shown} {unit}</text>')
    return "".join(out) + "</svg>"


def over_time(m, seconds):
    """Latency (p99 of each half second) and withdrawn capacity of one run, on one time axis."""
    width, height, left = 1000, 170, 60
    slots = {}
    for due, ms, _ in m.latencies:
        slots.setdefault(int(due * 2), []).append(ms)
    points = [((slot + .5) / 2, percentile(sorted(values), .99)) for slot, values in sorted(slots.items())]
    top = max([value for _, value in points] + [1])

    def x(at):
        return left + (width - left - 10) * min(at, seconds) / seconds

    def y(value):
        return 20 + (height - 50) * (1 - value / top)

    out = [f'<svg viewBox="0 0 {width} {height}" role="img" aria-label="{html.escape(m.way)} over time">',
           f'<text x="0" y="12" font-weight="600">{html.escape(m.way)}</text>']
    for share in (0, .5, 1):
        out.append(f'<line class="grid" x1="{left}" x2="{width - 10}" y1="{y(top * share):.1f}" '
                   f'y2="{y(top * share):.1f}"/><text class="muted" text-anchor="end" x="{left - 6}" '
                   f'y="{y(top * share) + 4:.1f}">{top * share:.0f} ms</text>')
    if m.component:
        first, last = m.window
        out.append(f'<rect x="{x(first):.1f}" y="20" width="{max(1, x(last) - x(first)):.1f}" '
                   f'height="{height - 50}" fill="{COLOURS[m.way]}" opacity=".12"/>')
    base = y(0)
    steps = []
    for (start, value), (end, _) in zip(m.timeline, m.timeline[1:]):
        if value > 0:
            tall = (height - 50) * min(1, value / 3)
            steps.append(f'<rect x="{x(start):.1f}" width="{max(.5, x(end) - x(start)):.1f}" '
                         f'y="{base - tall:.1f}" height="{tall:.1f}"/>')
    out.append(f'<g fill="{COLOURS[m.way]}" opacity=".45">{"".join(steps)}</g>')
    line = " ".join(f"{x(at):.1f},{y(value):.1f}" for at, value in points)
    out.append(f'<polyline points="{line}" fill="none" stroke="{COLOURS[m.way]}" stroke-width="2"/>')
    out.append(f'<line class="axis" x1="{left}" x2="{width - 10}" y1="{base}" y2="{base}"/>')
    for second in range(0, int(seconds) + 1, 5):
        out.append(f'<text class="muted" text-anchor="middle" x="{x(second):.1f}" '
                   f'y="{base + 16}">{second} s</text>')
    return "".join(out) + "</svg>"


def cells(m):
    bad = {3: m.failed, 4: m.twice, 5: m.cut}
    return "".join(f'<td class="{"bad" if bad.get(i) else ""}">{html.escape(cell)}</td>'
                   for i, cell in enumerate(row(m)))


def page(measurements, remarks):
    """The same figures as pictures: one self-contained HTML page."""
    baseline = [m for m in measurements if not m.component]
    out = ['<!doctype html><html lang="en"><meta charset="utf-8">'
           '<meta name="viewport" content="width=device-width,initial-scale=1">'
           f"<title>Ripple: three ways to upgrade</title><style>{STYLE}</style>",
           "<h1>Three ways to upgrade a component under load</h1>",
           "<p>Three servers behind HAProxy, two applications on each, an open-loop load, POSTs among "
           "it, no retries. The same upgrade, done in three ways, beside no upgrade.</p>",
           '<div class="wide"><table><tr>' + "".join(f"<th>{html.escape(h)}</th>" for h in HEADINGS) + "</tr>"]
    for m in measurements:
        ours = ' class="ours"' if m.way == "Ripple" else ""
        out.append(f"<tr{ours}>{cells(m)}</tr>")
    out.append(f"</table></div><p>{html.escape(LEGEND)}</p>")
    out.extend(f"<p>{html.escape(remark)}</p>" for remark in remarks)
    for component in dict.fromkeys(m.component for m in measurements if m.component):
        runs = [m for m in measurements if m.component == component]
        out.append(f"<h2>{html.escape(component)}</h2>"
                   '<div style="display:grid;grid-template-columns:repeat(auto-fit,minmax(420px,1fr));'
                   'gap:0 2rem">')
        out.append(bars("requests failed, executed twice or cut short", "",
                        [(m.way, m.failed + m.twice + m.cut) for m in runs]))
        out.append(bars("capacity withdrawn, in server-seconds", "s", [(m.way, m.withdrawn) for m in runs]))
        out.append(bars("p99 of requests that do not touch it", "ms",
                        [(m.way, percentile(m.in_window(True), .99)) for m in baseline + runs]))
        out.append(bars("time to complete", "s", [(m.way, m.seconds) for m in runs]))
        out.append("</div>")
        seconds = max([due for m in runs for due, _, _ in m.latencies] + [1])
        out.append("<figure>" + "".join(over_time(m, seconds) for m in runs) +
                   "<figcaption>p99 of each half second (line); servers' worth of capacity withdrawn, of "
                   "three (columns); the upgrade (shaded).</figcaption></figure>")
    return "\n".join(out) + "\n</html>\n"
