//===- Page.cpp - A plan as one page of HTML ------------------------------===//
//
// Part of Ripple, under the Apache License v2.0. See LICENSE.
//
// Self-contained: style, script and pictures are in the page, and its policy lets
// it load nothing and run no script but its own. A matrix first, a graph nowhere:
// big graphs cannot be read.
//
//===----------------------------------------------------------------------===//
#include "planner/PageParts.h"
#include "planner/PlanView.h"
#include "planner/Reports.h"

#include <algorithm>
#include <fmt/format.h>
#include <fmt/ranges.h>

namespace ripple::planner {

namespace {

/// TEXT of a document as HTML, for elements and for quoted attributes.
std::string html(std::string_view text) {
  std::string out;
  for (char c : text)
    switch (c) {
    case '&':
      out += "&amp;";
      break;
    case '<':
      out += "&lt;";
      break;
    case '>':
      out += "&gt;";
      break;
    case '"':
      out += "&quot;";
      break;
    case '\'':
      out += "&#39;";
      break;
    default:
      out += static_cast<unsigned char>(c) < ' ' ? ' ' : c;
    }
  return out;
}

/// A name that somebody else chose.
std::string code(std::string_view text) { return "<code>" + html(text) + "</code>"; }

std::string codes(const std::vector<std::string> &names) {
  std::string out;
  for (const std::string &name : names)
    out += (out.empty() ? "" : ", ") + code(name);
  return out;
}

/// HEX digits as base64 (RFC 4648).
std::string base64(std::string_view hex) {
  static const std::string_view digits =
      "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  std::string out;
  for (std::size_t i = 0; i < hex.size(); i += 6) { // Three bytes, four digits.
    std::string part(hex.substr(i, 6));
    std::size_t bytes = part.size() / 2;
    part.resize(6, '0');
    auto value = static_cast<unsigned>(std::stoul(part, nullptr, 16));
    for (std::size_t digit = 0; digit < 4; ++digit)
      out += digit <= bytes ? digits[(value >> (18 - 6 * digit)) & 63] : '=';
  }
  return out;
}

struct WhyWords {
  const char *mark, *meaning;
};
WhyWords wordsOf(model::Why why) {
  switch (why) {
  case model::Why::Touches:
    return {"●", "may execute its code"};
  case model::Why::Ambient:
    return {"◐", "the serving loop uses it, so every request does"};
  case model::Why::Unresolved:
    return {"?", "a call that could not be resolved may reach it"};
  case model::Why::RestartDomain:
    return {"○", "does not touch it, but its restart would end it"};
  case model::Why::AtomicGroup:
    return {"◇", "waits with what has to change together with it"};
  case model::Why::RoutingClass:
    return {"□", "does not touch it, but the router moves it together with one that does"};
  }
  return {"?", ""};
}

constexpr unsigned BarColours = 6; // Of PageStyle.

class Page {
public:
  explicit Page(const model::Plan &plan)
      : plan(plan), tasks(tasksIn(plan)), requests(requestsIn(plan)) {}

  std::string run(const std::vector<std::string> &drift) {
    head();
    summary();
    remarks(drift);
    components();
    matrix();
    waves();
    capacity();
    ledger();
    taskList();
    inputs();
    add("</main>\n<script>{}</script>\n</body></html>\n", PageScript);
    return std::move(out);
  }

private:
  template <typename... Values> void add(fmt::format_string<Values...> text, Values &&...values) {
    out += fmt::format(text, std::forward<Values>(values)...);
  }

  void head() {
    std::string digest = model::sha256(PageScript);
    digest = base64(digest.substr(digest.find(':') + 1));
    add("<!doctype html>\n<html lang=\"en\"><head><meta charset=\"utf-8\">\n"
        "<meta name=\"viewport\" content=\"width=device-width,initial-scale=1\">\n"
        "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; img-src data:; "
        "style-src 'unsafe-inline'; script-src 'sha256-{}'; base-uri 'none'; form-action "
        "'none'\">\n"
        "<link rel=\"icon\" href=\"data:,\">\n"
        "<title>Plan {}</title>\n<style>{}</style></head>\n<body>\n",
        digest, html(model::shortId(plan.id)), PageStyle);
  }

  void summary() {
    std::size_t waiting = 0, kinds = 0;
    for (const RequestView &request : requests)
      if (request.id != "other") {
        ++kinds;
        waiting += request.reasons.empty() ? 0 : 1;
      }
    const model::PlanSummary &summary = plan.summary;
    add("<header><h1>Plan {}</h1>\n<dl class=\"facts\">\n", code(model::shortId(plan.id)));
    fact("request kinds that wait", fmt::format("{} of {}", waiting, kinds),
         "besides each application's class of what matches none");
    fact(
        "tasks", fmt::format("{} in {}", summary.tasks, plural(summary.waves, "wave")),
        fmt::format("at least {} needed: {}", plural(summary.lowerBound, "wave"), summary.boundBy));
    fact("capacity withdrawn, forecast",
         fmt::format("{:.1f} server-seconds", summary.withdrawn.serverSeconds),
         fmt::format(
             "{:.1f} by whole-server drains, {:.0f} % saved{}{}",
             summary.withdrawn.wholeServerDrain, 100 * savedBy(summary.withdrawn),
             summary.withdrawn.assumed.empty() ? "" : "; assumed: ", summary.withdrawn.assumed));
    if (summary.forecast)
      fact(
          "time to complete, forecast", fmt::format("{:.1f} s", summary.forecast->completeSeconds),
          fmt::format("a server is quiet after {:.1f} s, one of a hundred after more than {:.1f} s",
                      summary.forecast->quietP50Seconds, summary.forecast->quietP99Seconds));
    fact("way back",
         plan.pointsOfNoReturn.empty() ? "all the way"
         : plan.pointsOfNoReturn.size() == 1
             ? "until " + plan.pointsOfNoReturn.front()
             : "until one of " + plural(plan.pointsOfNoReturn.size(), "step"),
         wayBackOf(plan));
    add("</dl>\n<nav aria-label=\"Sections\">");
    for (const auto &[anchor, title] : std::initializer_list<std::pair<const char *, const char *>>{
             {"components", "What changes"},
             {"matrix", "Who waits for what"},
             {"waves", "Waves"},
             {"capacity", "Capacity"},
             {"ledger", "Mixed versions"},
             {"tasks", "Tasks"},
             {"inputs", "Made from"}})
      add("<a href=\"#{}\">{}</a>", anchor, title);
    add("</nav></header>\n<main>\n");
  }

  void fact(std::string_view term, const std::string &value, const std::string &more) {
    add("<div><dt>{}</dt><dd>{}<small>{}</small></dd></div>\n", term, html(value), html(more));
  }

  void remarks(const std::vector<std::string> &drift) {
    std::vector<std::string> notes = plan.summary.remarks;
    for (const model::Window &window : plan.windows)
      notes.push_back(fmt::format("Nothing begins but from {} to {}.", window.from, window.to));
    for (const std::string &assumption : assumptionsOf(plan))
      notes.push_back(assumption);
    box("Changed since the plan was made", drift);
    box("To know", notes);
  }

  void box(std::string_view title, const std::vector<std::string> &lines) {
    if (lines.empty())
      return;
    add("<section class=\"alert\"><h2>{}</h2><ul>\n", title);
    for (const std::string &line : lines)
      add("<li>{}</li>\n", html(line));
    add("</ul></section>\n");
  }

  void section(std::string_view id, std::string_view title, std::string_view text) {
    add("<section aria-labelledby=\"{0}-title\"><h2 id=\"{0}\"><span id=\"{0}-title\">{1}</span>"
        "</h2>\n<p class=\"soft\">{2}</p>\n",
        id, title, text);
  }

  /// A part that scrolls by itself; by the keyboard too.
  void scrolls(std::string_view id) {
    add("<div class=\"scroll\" tabindex=\"0\" role=\"region\" aria-labelledby=\"{}-title\">\n", id);
  }

  static std::string whatStops(const model::Upgrade &upgrade) {
    std::string text(toString(upgrade.restart.value_or(model::RestartDomain::Process)));
    if (upgrade.phaseIn)
      text += ", phased in";
    if (!upgrade.servers.empty())
      text += html(fmt::format(", only on {}", fmt::join(upgrade.servers, ", ")));
    return text;
  }

  void components() {
    section("components", "What changes", "Each component, what replaces it, and the way back.");
    scrolls("components");
    add("<table class=\"full\"><thead><tr><th scope=\"col\">Component</th><th "
        "scope=\"col\">From</th>"
        "<th scope=\"col\">To</th><th scope=\"col\">What has to stop</th>"
        "<th scope=\"col\">Actions</th></tr></thead><tbody>\n");
    for (const model::Upgrade &upgrade : plan.upgrades) {
      add("<tr><th scope=\"row\">{}</th><td>{}</td><td>{}</td><td>{}</td><td>",
          code(upgrade.component), code(upgrade.from), code(upgrade.to), whatStops(upgrade));
      std::vector<std::string> install, back;
      for (const model::Action &action : upgrade.install)
        install.push_back(describe(action));
      for (const model::Action &action : upgrade.rollback)
        back.push_back(describe(action));
      add("<details><summary>{}</summary>", plural(install.size(), "action"));
      list("Install", install);
      if (upgrade.check.empty())
        list("Check", {"the agent's own (version, loaded file)"});
      else
        list("Check", {fmt::format("{}", fmt::join(upgrade.check, " "))});
      list("Way back", back.empty() ? std::vector<std::string>{"none"} : back);
      add("</details></td></tr>\n");
    }
    add("</tbody></table></div></section>\n");
  }

  void list(std::string_view title, const std::vector<std::string> &lines) {
    add("{}<ul class=\"list\">", title);
    for (const std::string &line : lines)
      add("<li>{}</li>", code(line));
    add("</ul>");
  }

  void matrix() {
    section("matrix", "Who waits for what",
            "A request kind is kept away from a server while a component with a mark in its row is "
            "replaced there. Each mark opens to its reason. <i>other</i> is whatever the router "
            "cannot match to exactly one class; a request kind that always travels there, and that "
            "nothing here touches, has no row.");
    add("<ul class=\"legend\">");
    for (model::Why why :
         {model::Why::Touches, model::Why::Ambient, model::Why::Unresolved,
          model::Why::RestartDomain, model::Why::AtomicGroup, model::Why::RoutingClass})
      if (std::any_of(requests.begin(), requests.end(), [&](const RequestView &request) {
            return std::any_of(request.reasons.begin(), request.reasons.end(),
                               [&](const Reason &reason) { return reason.why == why; });
          }))
        add("<li><span class=\"{0}\" aria-hidden=\"true\">{1}</span> {0}: {2}</li>", toString(why),
            wordsOf(why).mark, wordsOf(why).meaning);
    add("</ul>\n<div class=\"tools\" hidden><label>Find <input id=\"filter\" type=\"search\" "
        "placeholder=\"application or request kind\"></label><label><input id=\"waiting\" "
        "type=\"checkbox\"> only those that wait</label><span id=\"shown\" class=\"soft\" "
        "role=\"status\"></span></div>\n");
    scrolls("matrix");
    add("<table class=\"matrix\"><thead><tr><th scope=\"col\">Application</th>"
        "<th scope=\"col\">Request kind</th>");
    for (const model::Upgrade &upgrade : plan.upgrades)
      add("<th scope=\"col\">{}</th>", code(upgrade.component));
    add("</tr></thead><tbody>\n");
    std::string_view before;
    for (const RequestView &request : requests) {
      add("<tr{}{}><th scope=\"row\">{}</th><th scope=\"row\">{}</th>",
          request.reasons.empty() ? "" : " data-waits",
          before.empty() || before == request.application ? "" : " class=\"apart\"",
          code(request.application), request.id == "other" ? "<i>other</i>" : code(request.id));
      before = request.application;
      for (const model::Upgrade &upgrade : plan.upgrades)
        cell(request, upgrade.component);
      add("</tr>\n");
    }
    add("</tbody></table></div></section>\n");
  }

  void cell(const RequestView &request, const std::string &component) {
    const Reason *first = nullptr;
    std::string text;
    for (const Reason &reason : request.reasons)
      if (reason.component == component) {
        first = first ? first : &reason;
        text += fmt::format("<p>{}: {}{}</p>", toString(reason.why), wordsOf(reason.why).meaning,
                            reason.via.empty() ? "" : ", through " + code(reason.via));
      }
    if (!first)
      add("<td></td>");
    else
      add("<td><details class=\"mark\"><summary class=\"{0}\"><span aria-hidden=\"true\">{1}</span>"
          "<span class=\"hidden\">{0}</span></summary>{2}</details></td>",
          toString(first->why), wordsOf(first->why).mark, text);
  }

  void waves() {
    section("waves", "Waves",
            "Each bar is one task: from keeping its requests away to giving them back. The columns "
            "are an order, not a clock: a task is one wave later than the last one that it waits "
            "for, and begins as soon as all of those are done, whatever else is of their wave.");
    std::map<unsigned, std::vector<const model::Step *>> gates;
    for (const model::Step &step : plan.steps)
      if (step.action == model::StepAction::Gate)
        gates[step.wave].push_back(&step);
    std::map<std::string, std::map<unsigned, std::vector<std::size_t>>> bars;
    for (std::size_t i = 0; i < tasks.size(); ++i)
      bars[tasks[i].server][tasks[i].wave].push_back(i);
    scrolls("waves");
    add("<table class=\"gantt\"><thead><tr><th scope=\"col\">Server</th>");
    for (unsigned wave = 1; wave <= plan.summary.waves; ++wave)
      add("<th scope=\"col\"{}>wave {}</th>", gates.count(wave) ? " class=\"gated\"" : "", wave);
    add("</tr></thead><tbody>\n");
    for (const auto &[server, ofWave] : bars) {
      add("<tr><th scope=\"row\">{}</th>", code(server));
      for (unsigned wave = 1; wave <= plan.summary.waves; ++wave) {
        add("<td{}>", gates.count(wave) ? " class=\"gated\"" : "");
        if (auto found = ofWave.find(wave); found != ofWave.end())
          for (std::size_t task : found->second)
            bar(task);
        add("</td>");
      }
      add("</tr>\n");
    }
    add("</tbody></table></div>\n");
    for (const auto &[wave, ofWave] : gates)
      for (const model::Step *gate : ofWave)
        add("<p class=\"soft\">Double line after wave {}: a gate{}{}.</p>\n", wave,
            gate->timeout && gate->timeout->count()
                ? ", waits " + model::formatDuration(*gate->timeout)
                : "",
            gate->approve ? ", asks for approval" : "");
    std::size_t idle = plan.servers.size() - bars.size();
    if (idle)
      add("<p class=\"soft\">Nothing changes on {}.</p>\n", plural(idle, "other server"));
    add("</section>\n");
  }

  void bar(std::size_t index) {
    const TaskView &task = tasks[index];
    auto colour = colours.try_emplace(task.components, colours.size() % BarColours).first->second;
    std::string names = html(fmt::format("{}", fmt::join(task.components, ", ")));
    add("<a class=\"bar k{}\" href=\"#task{}\" title=\"{}: {} wait\">{}</a>", colour, index + 1,
        names, plural(task.waiting(), "request kind"), names);
  }

  void capacity() {
    section(
        "capacity", "Capacity",
        "What each request kind has left, wave by wave, if all tasks of a wave are at work at "
        "once, beside its minimum (dashed). Tasks of several waves may be, and then too no more "
        "is away than can be spared. Request kinds that fare alike share a picture.");
    add("<div class=\"curves\">\n");
    for (const CapacityCurve &curve : capacityIn(plan))
      figure(curve);
    add("</div></section>\n");
  }

  void figure(const CapacityCurve &curve) {
    double least = curve.total;
    for (double left : curve.left)
      least = std::min(least, left);
    std::string text = fmt::format("{}: at least {:g} of {:g} left, minimum {:g}",
                                   html(curve.application), least, curve.total, curve.minimum);
    add("<figure>{}<figcaption><b>{}</b>: {} of {:g} left at the least, minimum {:g}"
        "<details><summary>{}</summary><ul class=\"list\">",
        picture(curve, text), code(curve.application),
        least < curve.minimum ? fmt::format("<b class=\"unresolved\">{:g}</b>", least)
                              : fmt::format("{:g}", least),
        curve.total, curve.minimum, nameOf(curve.ids));
    for (const std::string &id : curve.ids)
      add("<li>{}</li>", id == "other" ? "<i>other</i>" : code(id));
    add("</ul></details></figcaption></figure>\n");
  }

  /// "GET /a and 24 more".
  static std::string nameOf(const std::vector<std::string> &ids) {
    std::string first = ids.front() == "other" ? "<i>other</i>" : code(ids.front());
    return ids.size() == 1 ? first : fmt::format("{} and {} more", first, ids.size() - 1);
  }

  /// Steps over the waves, from 0 to the whole capacity; TEXT says the same in words.
  static std::string picture(const CapacityCurve &curve, const std::string &text) {
    constexpr double Width = 380, Height = 130, Left = 40, Top = 8, Bottom = 108, Right = 372;
    double whole = std::max(curve.total, 1e-9);
    double waves = std::max<double>(static_cast<double>(curve.left.size()), 1);
    auto x = [&](double wave) { return Left + (Right - Left) * wave / waves; };
    auto y = [&](double value) { return Bottom - (Bottom - Top) * std::max(0.0, value) / whole; };
    std::string line;
    for (std::size_t i = 0; i < curve.left.size(); ++i)
      line += fmt::format("{:.1f},{:.1f} {:.1f},{:.1f} ", x(static_cast<double>(i)),
                          y(curve.left[i]), x(static_cast<double>(i + 1)), y(curve.left[i]));
    std::string svg = fmt::format("<svg viewBox=\"0 0 {:g} {:g}\" role=\"img\" aria-label=\"{}\">",
                                  Width, Height, text);
    svg += fmt::format("<polygon class=\"area\" points=\"{0:.1f},{2:.1f} {3}{1:.1f},{2:.1f}\"/>"
                       "<polyline class=\"left\" points=\"{3}\"/>",
                       Left, Right, Bottom, line);
    svg += fmt::format("<line class=\"least\" x1=\"{0}\" x2=\"{1}\" y1=\"{2:.1f}\" y2=\"{2:.1f}\"/>"
                       "<line class=\"axis\" x1=\"{0}\" x2=\"{1}\" y1=\"{3}\" y2=\"{3}\"/>",
                       Left, Right, y(curve.minimum), Bottom);
    auto label = [&](double at, double value) {
      svg += fmt::format("<text x=\"{}\" y=\"{:.1f}\" text-anchor=\"end\">{:g}</text>", Left - 5,
                         at, value);
    };
    label(y(curve.total) + 5, curve.total);
    if (y(curve.minimum) - y(curve.total) > 12)
      label(y(curve.minimum) + 4, curve.minimum);
    if (Bottom - y(curve.minimum) > 12)
      label(Bottom + 3, 0);
    std::size_t every = 1 + curve.left.size() / 12;
    for (std::size_t i = 0; i < curve.left.size(); i += every)
      svg += fmt::format("<text x=\"{:.1f}\" y=\"{}\" text-anchor=\"middle\">{}</text>",
                         x(static_cast<double>(i) + .5), Bottom + 15, i + 1);
    return svg + "</svg>";
  }

  void ledger() {
    section("ledger", "Mixed versions",
            "Every pair of versions that may be in service beside each other: from the tasks of "
            "which wave on, and until those of which one are over.");
    if (plan.mixedVersions.empty()) {
      add("<p>No two versions of anything meet.</p></section>\n");
      return;
    }
    scrolls("ledger");
    add("<table class=\"full ledger\"><thead><tr><th scope=\"col\">One</th><th "
        "scope=\"col\">Other</th>"
        "<th scope=\"col\">From wave</th><th scope=\"col\">To wave</th></tr></thead><tbody>\n");
    for (const model::MixedVersions &mixed : plan.mixedVersions)
      add("<tr><td>{} {}</td><td>{} {}</td><td>{}</td><td>{}</td></tr>\n",
          code(mixed.first.component), code(mixed.first.version), code(mixed.second.component),
          code(mixed.second.version), mixed.fromWave, mixed.toWave);
    add("</tbody></table></div></section>\n");
  }

  /// Tasks that keep the same requests away for the same reasons say so once.
  void taskList() {
    section("tasks", "Tasks",
            "Each opens to its steps, and to the requests that wait, with reasons.");
    std::map<std::string, std::size_t> sets;
    std::string kept = std::move(out);
    std::vector<std::string> texts;
    std::vector<std::size_t> setOf;
    for (const TaskView &task : tasks) {
      out.clear();
      for (const model::QuiesceSet *set : task.quiesce)
        quiesceSet(*set);
      auto [found, isNew] = sets.try_emplace(out, texts.size());
      if (isNew)
        texts.push_back(out);
      setOf.push_back(found->second);
    }
    out = std::move(kept);
    add("<div class=\"scroll tasks\" tabindex=\"0\" role=\"region\" "
        "aria-labelledby=\"tasks-title\">\n");
    for (std::size_t i = 0; i < tasks.size(); ++i)
      taskDetails(tasks[i], i + 1, setOf[i] + 1);
    add("</div>\n<h2>What waits in them</h2>\n<div class=\"tasks\">\n");
    for (std::size_t i = 0; i < texts.size(); ++i)
      add("<details id=\"set{0}\"><summary>Set {0}</summary>{1}</details>\n", i + 1,
          texts[i].empty() ? "<p>No request kind.</p>" : texts[i]);
    add("</div></section>\n");
  }

  void quiesceSet(const model::QuiesceSet &set) {
    std::map<std::string, std::string> reasonsOf;
    for (const model::QuiesceReason &reason : set.reasons) {
      std::string &text = reasonsOf[reason.request];
      text += (text.empty() ? "" : "; ") +
              html(describe(Reason{reason.component, reason.why, reason.via}));
    }
    add("<p>{} for {}:</p><ul class=\"list\">", code(set.application), codes(set.components));
    for (const std::string &request : set.requests)
      add("<li>{}: {}</li>\n", request == "other" ? "<i>other</i>" : code(request),
          reasonsOf[request]);
    add("</ul>");
  }

  void taskDetails(const TaskView &task, std::size_t number, std::size_t set) {
    add("<details id=\"task{}\"><summary>{} on {}, wave {}: {}</summary><p>{} wait: "
        "<a href=\"#set{}\">set {}</a></p><ol class=\"list\">",
        number, code(task.id), code(task.server), task.wave, codes(task.components),
        plural(task.waiting(), "request kind"), set, set);
    for (const model::Step *step : task.steps) {
      add("<li>{}", toString(step->action));
      for (const std::string *about : {&step->component, &step->process})
        if (!about->empty())
          add(" {}", code(*about));
      if (step->timeout && step->timeout->count())
        add(", at most {}", model::formatDuration(*step->timeout));
      if (step->action == model::StepAction::Forbid && !step->after.empty())
        add("<details><summary>after {}</summary>{}</details>", plural(step->after.size(), "step"),
            codes(step->after));
      if (std::ranges::count(plan.pointsOfNoReturn, step->id) > 0)
        add(" <b>no way back from here</b>");
      add("</li>");
    }
    add("</ol></details>\n");
  }

  void inputs() {
    section("inputs", "Made from", "The documents, and the digests of what they meant.");
    scrolls("inputs");
    add("<table class=\"full\"><thead><tr><th scope=\"col\">Document</th><th "
        "scope=\"col\">File</th>"
        "<th scope=\"col\">Digest</th></tr></thead><tbody>\n");
    for (const model::PlanInput &input : plan.inputs)
      add("<tr><td>{}</td><td>{}</td><td>{}</td></tr>\n", code(input.format), code(input.path),
          code(input.sha256));
    add("</tbody></table></div></section>\n");
  }

  const model::Plan &plan;
  std::vector<TaskView> tasks;
  std::vector<RequestView> requests;
  std::map<std::vector<std::string>, std::size_t> colours;
  std::string out;
};

} // namespace

std::string showHtml(const model::Plan &plan, const std::vector<std::string> &drift) {
  return Page(plan).run(drift);
}

} // namespace ripple::planner
