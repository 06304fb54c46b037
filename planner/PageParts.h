//===- PageParts.h - Style and script of `show --format html` ----*- C++ -*-===//
//
// Part of Ripple, under the Apache License v2.0. See LICENSE.
//
//===----------------------------------------------------------------------===//
#ifndef RIPPLE_PLANNER_PAGEPARTS_H
#define RIPPLE_PLANNER_PAGEPARTS_H

namespace ripple::planner {

inline constexpr const char PageStyle[] = R"css(
:root{color-scheme:light dark;--ink:#1b2530;--soft:#5a6877;--line:#d9e0e7;--paper:#fff;--tint:#f4f7fa;
--bad:#b3261e;--c0:#1f6feb;--c1:#1f8a5b;--c2:#b35900;--c3:#8250df;--c4:#b02a6b;--c5:#4d6b00}
@media(prefers-color-scheme:dark){:root{--ink:#e4eaf0;--soft:#9fadbb;--line:#2c3743;--paper:#12181f;
--tint:#19212a;--bad:#ff8a80;--c0:#6ea8ff;--c1:#56c596;--c2:#f0a35e;--c3:#b99cff;--c4:#f08bbd;--c5:#b2d167}}
*{box-sizing:border-box}
body{font:15px/1.5 system-ui,sans-serif;margin:0 auto;padding:1.5rem 1.5rem 4rem;max-width:1280px;
color:var(--ink);background:var(--paper)}
h1{font-size:1.5rem;margin:0}h2{font-size:1.15rem;margin:2.4rem 0 .3rem}
p{max-width:80ch;margin:.3rem 0 .6rem}.soft{color:var(--soft)}
code,.name{font-family:ui-monospace,monospace;font-size:.92em;unicode-bidi:isolate;overflow-wrap:anywhere}
nav{display:flex;flex-wrap:wrap;gap:.2rem 1.1rem;margin:.8rem 0;padding:.5rem 0;border-block:1px solid var(--line)}
a{color:var(--c0)}
.alert{border-left:4px solid var(--bad);padding:.1rem 1rem;background:var(--tint);margin:1rem 0}.alert h2{margin:.6rem 0 0}.alert ul{margin:.3rem 0 .7rem;padding-left:1.3rem}
.facts{display:grid;grid-template-columns:repeat(auto-fit,minmax(15rem,1fr));gap:.6rem 2rem;margin:.8rem 0}
.facts dt{color:var(--soft);font-size:.85rem}.facts dd{margin:0;font-size:1.15rem;font-weight:600}
.facts dd small{display:block;font-weight:400;font-size:.85rem;color:var(--soft)}
.scroll{overflow:auto;max-height:70vh;width:fit-content;max-width:100%;border:1px solid var(--line);border-radius:6px}
table{border-collapse:separate;border-spacing:0;font-size:13.5px}
th,td{padding:.25rem .6rem;text-align:left;vertical-align:top;border-bottom:1px solid var(--line)}
th{font-weight:600}tbody th{font-weight:400}
thead th{position:sticky;top:0;background:var(--tint);z-index:2}
.scroll.tasks,.scroll:has(>.full){width:auto}.full{width:100%}
.matrix td,.matrix thead th:nth-child(n+3){text-align:center}.matrix thead th{max-width:14rem;overflow-wrap:anywhere}
.matrix tbody th{max-width:34rem}tr.apart th,tr.apart td{border-top:2px solid var(--soft)}
.mark>summary{list-style:none;cursor:pointer;font-size:1.05rem;line-height:1.3}
.mark>summary::-webkit-details-marker{display:none}.mark p{max-width:24ch;margin:.1rem auto;font-size:12px;text-align:left}
.touches{color:var(--c0)}.ambient{color:var(--c3)}.unresolved{color:var(--c2)}.restart-domain,.atomic-group,.routing-class{color:var(--soft)}
.legend{display:flex;flex-wrap:wrap;gap:.2rem 1.4rem;list-style:none;padding:0;margin:.3rem 0;font-size:13.5px}
.tools{display:flex;flex-wrap:wrap;gap:.4rem 1.2rem;align-items:center;margin:.5rem 0}
input[type=search]{font:inherit;padding:.25rem .5rem;min-width:18rem;color:inherit;background:var(--tint);
border:1px solid var(--soft);border-radius:4px}
.gantt th:first-child{position:sticky;left:0;background:var(--tint);z-index:1;white-space:nowrap}
.gantt thead th:first-child{z-index:3}.gantt td,.gantt thead th:not(:first-child){min-width:6.2rem;padding:.15rem .2rem}
.gantt thead th:not(:first-child){text-align:center}.gantt td{border-left:1px solid var(--line)}
.gantt .gated{border-right:3px double var(--bad)}
.bar{display:block;padding:.05rem .4rem;border-radius:4px;color:var(--paper);text-decoration:none;font-size:12px;
max-width:9rem;overflow:hidden;text-overflow:ellipsis;white-space:nowrap}
.k0{background:var(--c0)}.k1{background:var(--c1)}.k2{background:var(--c2)}.k3{background:var(--c3)}
.k4{background:var(--c4)}.k5{background:var(--c5)}
.curves{display:grid;grid-template-columns:repeat(auto-fill,minmax(24rem,1fr));gap:1rem}
figure{margin:0;padding:.6rem .8rem;border:1px solid var(--line);border-radius:6px}
figcaption{font-size:13.5px}figure svg{display:block;width:100%;height:auto}
svg text{font:11px system-ui,sans-serif;fill:var(--soft)}
.left{fill:none;stroke:var(--c0);stroke-width:2}.area{fill:var(--c0);opacity:.13}
.least{stroke:var(--bad);stroke-width:1.5;stroke-dasharray:5 4}.axis{stroke:var(--soft);stroke-width:1}
details>summary{cursor:pointer}.list{margin:.2rem 0;padding-left:1.3rem}
.tasks details{border-bottom:1px solid var(--line);padding:.2rem .6rem}.tasks details:target{background:var(--tint)}
.hidden{position:absolute;width:1px;height:1px;overflow:hidden;clip-path:inset(50%);white-space:nowrap}
:focus-visible{outline:2px solid var(--c0);outline-offset:2px}
)css";

/// Filters the matrix, and opens what a link leads to. The page is whole without it.
inline constexpr const char PageScript[] = R"js(
(() => {
  const filter = document.getElementById('filter'), waiting = document.getElementById('waiting');
  const rows = [...document.querySelectorAll('.matrix tbody tr')], shown = document.getElementById('shown');
  const apply = () => {
    const wanted = filter.value.toLowerCase();
    let count = 0;
    for (const row of rows) {
      const name = (row.cells[0].textContent + ' ' + row.cells[1].textContent).toLowerCase();
      row.hidden = !name.includes(wanted) || (waiting.checked && !row.hasAttribute('data-waits'));
      if (!row.hidden) ++count;
    }
    shown.textContent = count + ' of ' + rows.length + ' shown';
  };
  const open = () => {
    const target = document.getElementById(location.hash.slice(1));
    if (target && target.tagName === 'DETAILS') {
      target.open = true;
      target.scrollIntoView({block: 'center'});
    }
  };
  document.querySelector('.tools').hidden = false;
  filter.addEventListener('input', apply);
  waiting.addEventListener('change', apply);
  addEventListener('hashchange', open);
  apply();
  open();
})();
)js";

} // namespace ripple::planner

#endif
