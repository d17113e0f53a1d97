"""Style and script of the page: zoom, pan, filters, and the list that leads to each place."""

from __future__ import annotations

from typing import Final

STYLE: Final = """
*{box-sizing:border-box}
body{margin:0;height:100vh;display:flex;flex-direction:column;color:#1f2933;background:#fff;
font:13px/1.45 "Noto Sans CJK SC","Microsoft YaHei","PingFang SC",system-ui,sans-serif}
header{display:flex;gap:16px;align-items:center;padding:8px 16px;background:#1f2933;color:#fff}
h1{font-size:16px;margin:0}h1 small{font-weight:400;color:#cbd2d9}
nav{display:flex;gap:6px;overflow:auto}
.tab{background:none;border:1px solid #7b8794;border-radius:4px;color:#fff;padding:2px 10px}
.tab.on{background:#fff;color:#1f2933}
main{flex:1;min-height:0}section{height:100%;display:flex}section[hidden]{display:none}
aside{width:380px;flex:none;display:flex;flex-direction:column;border-right:1px solid #cbd2d9}
.filters{display:flex;gap:10px;padding:8px 12px;border-bottom:1px solid #e4e7eb;flex-wrap:wrap}
.filters input{margin:0 4px 0 0;vertical-align:-2px}
ol{list-style:none;margin:0;padding:0;overflow:auto;flex:1}
li button{display:block;width:100%;text-align:left;font:inherit;color:inherit;cursor:pointer;
background:none;border:0;border-left:4px solid;border-bottom:1px solid #e4e7eb;padding:7px 12px}
li button[disabled]{cursor:default}
li button:hover:enabled{background:#f5f7fa}li button.on{background:#e6eef8}
li b,li span,li em,li small{display:block;overflow-wrap:anywhere}
li .level{float:right;color:#52606d}li em{color:#52606d;font-style:normal}
li em:before{content:"→ "}li small{color:#7b8794}
li.error button{border-left-color:#c81e1e}li.warning button{border-left-color:#d97706}
li.info button{border-left-color:#3b82c4}li[hidden]{display:none}
.filters .error b{color:#c81e1e}.filters .warning b{color:#b45309}.filters .info b{color:#2b6cb0}
.more{padding:8px 12px;margin:0;color:#52606d}
figure{flex:1;margin:0;position:relative;min-width:0;background:#fbfcfd}
svg{position:absolute;inset:0;width:100%;height:100%;cursor:grab;touch-action:none}
svg.moving{cursor:grabbing}
svg path{vector-effect:non-scaling-stroke}
.layer{fill:none;stroke-linejoin:round}
.layer.district{stroke:#1f2933;stroke-width:1.8}.layer.street{stroke:#5b6b7b;stroke-width:1}
.layer.community{stroke:#93a1af;stroke-width:.7}.layer.grid{stroke:#c3ccd5;stroke-width:.4}
.layer.comprehensive-grid{stroke:#8fb3a5;stroke-width:.5}
.layer.special-grid{stroke:#7c5cbf;stroke-width:1}
svg.near .base{opacity:.25}
svg.near .mark:not(.on) .shape{display:none}
.around{display:none;fill:none;stroke:#1f2933;stroke-width:1.1}
.on .around{display:inline}
.shape{fill-opacity:.3;stroke-width:1;stroke-opacity:.9}
.dot{fill:none;stroke-linecap:round;stroke-width:7;stroke-opacity:.75;cursor:pointer}
.on .dot{stroke-width:11;stroke-opacity:1}
.error .shape,.error .dot{fill:#c81e1e;stroke:#c81e1e}
.warning .shape,.warning .dot{fill:#d97706;stroke:#d97706}
.info .shape,.info .dot{fill:#3b82c4;stroke:#3b82c4}
.mark[hidden]{display:none}
.tools{position:absolute;right:12px;top:12px;display:flex;gap:4px}
.tools button{font:inherit;padding:4px 10px;border:1px solid #cbd2d9;border-radius:4px;
background:#fff;cursor:pointer}
.legend{position:absolute;right:12px;bottom:12px;background:#fffffff0;padding:6px 10px;
border:1px solid #e4e7eb;border-radius:4px}
.legend span{display:block}.legend i{display:inline-block;width:22px;margin-right:8px;
vertical-align:4px;border-top:2px solid}
.legend .district i{border-color:#1f2933}.legend .street i{border-color:#5b6b7b}
.legend .community i{border-color:#93a1af}.legend .grid i{border-color:#c3ccd5}
.legend .comprehensive-grid i{border-color:#8fb3a5}.legend .special-grid i{border-color:#7c5cbf}
.scale{position:absolute;left:12px;bottom:12px;background:#fffffff0;padding:2px 8px}
.scale i{display:block;height:5px;border:1px solid #1f2933;border-top:0}
@media(max-width:760px){section{flex-direction:column-reverse}aside{width:100%;height:45%}}
"""

SCRIPT: Final = r"""
"use strict";
for (const section of document.querySelectorAll("section")) {
  const svg = section.querySelector("svg");
  const home = svg.getAttribute("viewBox").split(" ").map(Number);
  let view = home.slice(), from = null;

  const perPixel = () => Math.max(view[2] / svg.clientWidth, view[3] / svg.clientHeight);
  function show(box) {
    view = box;
    svg.setAttribute("viewBox", view.join(" "));
    svg.classList.toggle("near", view[2] < home[2] / 8 && section.querySelector(".mark.on"));
    let metres = Math.pow(10, Math.floor(Math.log10(perPixel() * 150)));
    for (const n of [5, 2]) if (metres * n <= perPixel() * 150) { metres *= n; break; }
    section.querySelector(".scale i").style.width = metres / perPixel() + "px";
    section.querySelector(".scale span").textContent =
      metres >= 1000 ? metres / 1000 + " km" : metres >= 1 ? metres + " m" :
      Math.round(metres * 100) + " cm";
  }
  function zoom(by, x, y) {
    const width = Math.min(Math.max(view[2] * by, 0.5), home[2] * 50), ratio = width / view[2];
    show([x - (x - view[0]) * ratio, y - (y - view[1]) * ratio, width, view[3] * ratio]);
  }
  function point(event) {
    const at = new DOMPoint(event.clientX, event.clientY);
    return at.matrixTransform(svg.getScreenCTM().inverse());
  }
  function select(number, box) {
    for (const one of section.querySelectorAll(".on")) one.classList.remove("on");
    const chosen = section.querySelectorAll('[data-mark="' + number + '"]');
    for (const one of chosen) one.classList.add("on");
    const item = section.querySelector('li [data-mark="' + number + '"]');
    item.scrollIntoView({block: "nearest"});
    show(box || item.dataset.view.split(" ").map(Number));
  }
  svg.addEventListener("wheel", event => {
    event.preventDefault();
    const at = point(event);
    zoom(Math.exp(event.deltaY * 0.0015), at.x, at.y);
  }, {passive: false});
  svg.addEventListener("pointerdown", event => {
    from = {x: event.clientX, y: event.clientY, view: view.slice()};
  });
  svg.addEventListener("pointermove", event => {
    if (!from) return;
    if (!svg.classList.contains("moving")) {
      if (Math.hypot(event.clientX - from.x, event.clientY - from.y) < 4) return;
      svg.setPointerCapture(event.pointerId);
      svg.classList.add("moving");
    }
    const scale = perPixel();
    show([from.view[0] - (event.clientX - from.x) * scale,
          from.view[1] - (event.clientY - from.y) * scale, from.view[2], from.view[3]]);
  });
  for (const name of ["pointerup", "pointercancel"])
    svg.addEventListener(name, () => { from = null; svg.classList.remove("moving"); });
  svg.addEventListener("click", event => {
    const mark = event.target.closest(".mark");
    if (mark) select(mark.dataset.mark, view);
  });
  for (const button of section.querySelectorAll("li [data-mark]"))
    button.addEventListener("click", () => select(button.dataset.mark));
  for (const button of section.querySelectorAll(".tools button"))
    button.addEventListener("click", () => {
      if (button.dataset.do === "all") show(home.slice());
      else zoom(button.dataset.do === "in" ? 0.5 : 2, view[0] + view[2] / 2, view[1] + view[3] / 2);
    });
  for (const box of section.querySelectorAll(".filters input"))
    box.addEventListener("change", () => {
      for (const one of section.querySelectorAll("li." + box.value + ",.mark." + box.value))
        one.toggleAttribute("hidden", !box.checked);
    });
  section.open = () => show(view);
}
const tabs = [...document.querySelectorAll(".tab")];
function open(chosen) {
  for (const section of document.querySelectorAll("section"))
    section.hidden = section.dataset.set !== chosen;
  for (const tab of tabs) tab.classList.toggle("on", tab.dataset.set === chosen);
  const section = document.querySelector("section:not([hidden])");
  if (section) section.open();
}
for (const tab of tabs) tab.addEventListener("click", () => open(tab.dataset.set));
open("0");
addEventListener("resize", () => document.querySelector("section:not([hidden])")?.open());
const asked = /^#(\d+)$/.exec(location.hash);
if (asked) document.querySelector('li [data-mark="' + asked[1] + '"]')?.click();
"""
