(function () {
"use strict";
// The page is whole without this script; it adds sorting, filtering, tabs and the zoom of the tree.
var SVG = "http://www.w3.org/2000/svg";
var iec = document.body.getAttribute("data-units") === "iec";
var UNITS = iec ? ["B", "KiB", "MiB", "GiB", "TiB", "PiB", "EiB"] : ["B", "kB", "MB", "GB", "TB", "PB", "EB"];
var BASE = iec ? 1024 : 1000;

function bytes(n) {
  var u = 0, d = 1, sign = n < 0 ? "-" : "";
  n = Math.abs(n);
  while (n / d >= BASE && u < 6) { d *= BASE; u++; }
  if (u === 0) return sign + n + "\u00a0B";
  var t = Math.round(n * 10 / d);
  if (t >= BASE * 10 && u < 6) { t = 10; u++; }
  return sign + count(Math.floor(t / 10)) + "." + t % 10 + "\u00a0" + UNITS[u];
}
function count(n) { return String(n).replace(/\B(?=(\d{3})+(?!\d))/g, ","); }
function day(t) { return new Date(t * 1000).toISOString().slice(0, 10); }
function make(name, attributes, text) {
  var e = document.createElement(name);
  for (var k in attributes) e.setAttribute(k, attributes[k]);
  if (text !== undefined) e.textContent = text;
  return e;
}
function draw(name, attributes, text) {
  var e = document.createElementNS(SVG, name);
  for (var k in attributes) e.setAttribute(k, attributes[k]);
  if (text !== undefined) e.textContent = text;
  return e;
}
function dataOf(id) {
  var block = document.getElementById(id);
  return block ? JSON.parse(block.textContent) : null;
}

// Tables -------------------------------------------------------------------------------------------------------------

function shown(c, v) {
  if (v === null || v === undefined) return c.k === "bytes" || c.k === "count" ? "unknown" : "–";
  switch (c.k) {
    case "bytes": return bytes(v);
    case "count": return count(v);
    case "ratio": return v.toFixed(2);
    case "time": return day(v);
    case "flag": return v ? "yes" : "no";
    default: return v === "" ? "–" : harmless(c.k === "digest" ? v.replace(/^[a-z0-9+._-]+:([0-9a-f]{12})[0-9a-f]{20,}$/, "$1") : v);
  }
}
// Control characters and marks that turn the reading direction, written out.
function harmless(text) {
  return text.replace(/[\u0000-\u001f\u007f-\u009f\u061c\u200b\u200e\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb]/g, function (c) {
    var n = c.charCodeAt(0), digits = n.toString(16);
    return n === 9 || n === 10 ? " " : n < 256 ? "\\x" + ("0" + digits).slice(-2) : "\\u" + ("000" + digits).slice(-4);
  });
}
function raw(c, row) { return c.w ? (c.v[row] === null ? null : c.w[c.v[row]]) : c.v[row]; }

function cell(data, c, row, first) {
  var e;
  if (c.k === "bar") {
    e = make("td", { "class": "b" });
    var label = [], x = 0, s = draw("svg", { role: "img" });
    c.p.forEach(function (p, i) {
      var v = raw(data.columns[p], row) || 0;
      label.push(data.columns[p].h.toLowerCase() + " " + bytes(v));
      var width = c.m > 0 ? Math.round(v * 10000 / c.m) / 100 : 0;
      s.appendChild(draw("rect", { "class": c.f[i], x: x + "%", width: width + "%", height: "100%" }));
      x = Math.round((x + width) * 100) / 100;
    });
    s.setAttribute("aria-label", label.join(", "));
    s.insertBefore(draw("title", {}, label.join(", ")), s.firstChild);
    e.appendChild(s);
    return e;
  }
  var v = raw(c, row), text = shown(c, v);
  e = make(first ? "th" : "td", c.s ? { "class": c.s } : {});
  if (first) e.setAttribute("scope", "row");
  if (v === null || v === "") e.classList.add("u");
  if (c.l && v !== null && v !== "") {
    var key = c.lk === undefined ? v : raw(data.columns[c.lk], row);
    var a = make("a", { href: c.l.replace("{}", encodeURIComponent(key === null ? "" : key)) }, text);
    if (c.l.charAt(0) === "#") a.className = "filter";
    e.appendChild(a);
  } else e.textContent = text;
  return e;
}

function enhance(box) {
  var data = dataOf(box.id + "-data");
  if (!data) return;
  var body = box.querySelector("tbody"), status = box.querySelector(".status"), tool = box.querySelector(".tool");
  var order = [], limit = data.first, sort = data.sort, words = [], job = 0;
  for (var i = 0; i < data.count; i++) order.push(i);
  var all = order;
  var texts = null;

  function haystack() {
    if (texts) return texts;
    texts = all.map(function (row) {
      return data.columns.filter(function (c) { return c.k === "text" || c.k === "digest"; })
        .map(function (c) { return String(raw(c, row)); }).join("\n").toLowerCase();
    });
    return texts;
  }
  function arrange() {
    order = all;
    if (words.length) {
      var t = haystack();
      order = order.filter(function (row) { return words.every(function (w) { return t[row].indexOf(w) >= 0; }); });
    }
    if (sort) {
      var c = data.columns[sort[0]], sign = sort[1] ? -1 : 1;
      order = order.slice().sort(function (a, b) {
        var x = raw(c, a), y = raw(c, b);
        // What is not known comes last whichever way the column is sorted.
        if (x === null || y === null) return x === y ? a - b : x === null ? 1 : -1;
        return (x < y ? -sign : x > y ? sign : a - b);
      });
    }
    fill();
  }
  function rowElement(row) {
    var tr = document.createElement("tr");
    data.columns.forEach(function (c, i) { if (!c.x) tr.appendChild(cell(data, c, row, i === 0)); });
    return tr;
  }
  function append(from, until, mine) {
    var part = document.createDocumentFragment(), stop = Math.min(until, from + 1000);
    for (var i = from; i < stop; i++) part.appendChild(rowElement(order[i]));
    body.appendChild(part);
    if (stop < until) requestAnimationFrame(function () { if (mine === job) append(stop, until, mine); });
  }
  function fill() {
    job++;
    body.textContent = "";
    append(0, Math.min(limit, order.length), job);
    say();
  }
  function say() {
    var visible = Math.min(limit, order.length);
    status.textContent = order.length === all.length
      ? (visible < all.length ? count(visible) + " of " : "") + count(all.length) + (all.length === 1 ? " row" : " rows")
      : count(order.length) + " of " + count(all.length) + " rows match" + (visible < order.length ? ", " + count(visible) + " shown" : "");
    more.hidden = visible >= order.length;
    every.hidden = foot.hidden = more.hidden;
    more.textContent = "Show " + count(Math.min(200, order.length - visible)) + " more";
    every.textContent = "Show all " + count(order.length);
  }

  if (data.count > 7) {
    var find = make("input", { type: "search", placeholder: "Filter rows", "aria-label": "Filter: " + data.caption });
    find.className = "find";
    var wait = 0;
    find.addEventListener("input", function () {
      clearTimeout(wait);
      wait = setTimeout(function () {
        words = find.value.toLowerCase().split(/\s+/).filter(Boolean);
        limit = data.first;
        arrange();
      }, data.count > 3000 ? 120 : 0);
    });
    tool.insertBefore(find, tool.firstChild);
    box.find = function (text) { find.value = text; find.dispatchEvent(new Event("input")); };
  }
  var foot = make("p", { "class": "tool more" });
  var more = make("button", { type: "button" }), every = make("button", { type: "button" });
  more.addEventListener("click", function () {
    var from = Math.min(limit, order.length);
    limit += 200;
    append(from, Math.min(limit, order.length), job);
    say();
  });
  every.addEventListener("click", function () {
    var from = Math.min(limit, order.length);
    limit = Infinity;
    append(from, order.length, job);
    say();
  });
  foot.appendChild(more);
  foot.appendChild(every);
  box.appendChild(foot);
  tool.hidden = false;
  var rest = box.querySelector(".rest");
  if (rest) rest.hidden = true;

  if (data.count > 1) Array.prototype.forEach.call(box.querySelectorAll("thead th"), function (th) {
    var index = +th.getAttribute("data-column"), c = data.columns[index];
    if (!c || c.k === "bar") return;
    var button = make("button", { type: "button" }, th.textContent);
    th.textContent = "";
    th.appendChild(button);
    button.addEventListener("click", function () {
      var text = c.k === "text" || c.k === "digest";
      sort = sort && sort[0] === index ? [index, !sort[1]] : [index, !text];
      Array.prototype.forEach.call(box.querySelectorAll("thead th[aria-sort]"), function (o) { o.removeAttribute("aria-sort"); });
      th.setAttribute("aria-sort", sort[1] ? "descending" : "ascending");
      arrange();
    });
  });
  say();
}

// Tabs ---------------------------------------------------------------------------------------------------------------

function tabs(group) {
  var panels = Array.prototype.slice.call(group.querySelectorAll(":scope > [role=tabpanel]"));
  if (panels.length < 2) return;
  var list = make("div", { "class": "tabs", role: "tablist", "aria-label": group.getAttribute("data-tabs") });
  function choose(index, focus) {
    panels.forEach(function (p, i) {
      p.hidden = i !== index;
      var b = list.children[i];
      b.setAttribute("aria-selected", String(i === index));
      b.tabIndex = i === index ? 0 : -1;
      if (focus && i === index) b.focus();
    });
  }
  panels.forEach(function (p, i) {
    var heading = p.querySelector("h3");
    var b = make("button", { type: "button", role: "tab", "aria-controls": p.id, id: p.id + "-tab" }, heading.textContent);
    p.setAttribute("aria-labelledby", b.id);
    heading.hidden = true;
    b.addEventListener("click", function () { choose(i); });
    b.addEventListener("keydown", function (e) {
      var step = { ArrowRight: 1, ArrowLeft: -1 }[e.key];
      if (step) { e.preventDefault(); choose((i + step + panels.length) % panels.length, true); }
    });
    list.appendChild(b);
  });
  group.insertBefore(list, panels[0]);
  choose(0);
}

// The tree of layers -------------------------------------------------------------------------------------------------

function shade(images) { return images <= 1 ? 1 : images === 2 ? 2 : images <= 5 ? 3 : images <= 20 ? 4 : 5; }
var ROW = 24, LEVELS = 26, NARROW = 4;

function icicle(box) {
  var d = dataOf(box.id + "-data");
  if (!d) return;
  var svg = box.querySelector("figure svg"), hatch = box.id + "-again", path = box.querySelector(".path"), detail = box.querySelector(".detail");
  var nodes = d.p.length, children = [], top = [], root = -1, here = -1, width = 0, drawn = {};
  for (var i = 0; i < nodes; i++) children.push([]);
  for (i = 0; i < nodes; i++) (d.p[i] < 0 ? top : children[d.p[i]]).push(i);
  var again = {};
  d.r.forEach(function (i) { again[i] = true; });
  function kids(i) { return i < 0 ? top : children[i]; }
  function label(i) { return i < 0 ? "All layers" : d.f[i] ? count(d.f[i]) + " small layers" : d.lw[d.l[i]] || d.d[i]; }
  function example(i) { return i < 0 ? "" : d.xw[d.x[i]]; }
  function total(i) { return i < 0 ? d.w : d.t[i]; }
  function images(n) { return count(n) + (n === 1 ? " image" : " images"); }
  function spoken(i) { return label(i) + ": " + bytes(d.t[i]) + " with all above it, " + bytes(d.b[i]) + " itself, " + images(d.n[i]); }

  function explain(i) {
    detail.textContent = "";
    if (i < 0) {
      detail.appendChild(make("b", {}, "All layers: " + bytes(d.w)));
      detail.appendChild(document.createElement("br"));
      detail.appendChild(document.createTextNode("Choose a box to see it here; click or press Enter to zoom in."));
      return;
    }
    detail.appendChild(make("code", {}, label(i)));
    detail.appendChild(document.createElement("br"));
    detail.appendChild(make("b", {}, bytes(d.b[i])));
    var rest = " in this layer, " + bytes(d.t[i]) + " with everything built on it; in " + images(d.n[i]);
    if (d.e[i]) rest += ", the last layer of " + count(d.e[i]);
    if (example(i)) rest += "; for example " + example(i);
    if (d.d[i]) rest += "; " + d.d[i];
    if (again[i]) rest += ". Stands elsewhere in the tree too, where its bytes are counted.";
    detail.appendChild(document.createTextNode(rest));
  }
  function crumbs() {
    var line = [];
    for (var i = root; i >= 0; i = d.p[i]) line.unshift(i);
    path.textContent = "";
    [-1].concat(line).forEach(function (i) {
      var li = document.createElement("li"), text = label(i);
      if (text.length > 38) text = text.slice(0, 37) + "…";
      var b = make("button", { type: "button" }, i < 0 ? text + " " + bytes(d.w) : text);
      if (i === root) b.setAttribute("aria-current", "true");
      b.addEventListener("click", function () { zoom(i); });
      li.appendChild(b);
      path.appendChild(li);
    });
  }
  function fit(text, room) {
    var most = Math.floor((room - 9) / 6.65);
    return text.length <= most ? text : most < 5 ? "" : text.slice(0, most - 1) + "…";
  }
  function render() {
    width = svg.clientWidth || box.clientWidth;
    var whole = total(root), deepest = 0, hidden = 0;
    drawn = {};
    while (svg.lastChild) svg.removeChild(svg.lastChild);
    svg.appendChild(draw("title", {}, "Tree of layers: " + label(root) + ", " + bytes(whole)));
    var pattern = draw("pattern", { id: hatch, width: 6, height: 6, patternUnits: "userSpaceOnUse", patternTransform: "rotate(45)" });
    pattern.appendChild(draw("rect", { width: 2, height: 6, fill: "currentColor", opacity: .28 }));
    svg.appendChild(draw("defs", {})).appendChild(pattern);
    var queue = [], scale = whole > 0 ? width / whole : 0;
    // Boxes too narrow to see are drawn as one, so that no bytes are missing from the picture.
    function push(parent, list, x, level) {
      var small = { nodes: 0, bytes: 0, shades: [0, 0, 0, 0, 0, 0] };
      list.forEach(function (i) {
        if (d.t[i] * scale >= NARROW) { queue.push([i, x, level]); x += d.t[i] * scale; return; }
        small.nodes += d.f[i] || 1;
        small.bytes += d.t[i];
        small.shades[shade(d.n[i])] += d.t[i];
      });
      if (small.bytes * scale >= .5) queue.push([parent, x, level, small]);
    }
    if (root < 0) push(-1, top, 0, 0); else queue.push([root, 0, 0]);
    for (var q = 0; q < queue.length; q++) {
      var i = queue[q][0], x = queue[q][1], level = queue[q][2], small = queue[q][3];
      if (level >= LEVELS) { hidden++; continue; }
      deepest = Math.max(deepest, level + 1);
      var w = (small ? small.bytes : d.t[i]) * scale;
      var place = { x: Math.round(x * 100) / 100, y: level * ROW, width: Math.round(w * 100) / 100, height: ROW };
      if (small) {
        var most = small.shades.indexOf(Math.max.apply(null, small.shades)), rest = draw("g", { "data-up": i });
        rest.appendChild(draw("title", {}, count(small.nodes) + " narrow layers: " + bytes(small.bytes) + " with all above them"));
        rest.appendChild(draw("rect", Object.assign({ "class": "f f" + most }, place)));
        var few = count(small.nodes) + " layers", note = few + ", " + bytes(small.bytes);
        if (fit(note, w) !== note) note = few;
        if (fit(note, w) === note) rest.appendChild(draw("text", { "class": "t" + most, x: place.x + 5, y: place.y + 16 }, note));
        svg.appendChild(rest);
        continue;
      }
      var tone = shade(d.n[i]);
      var g = draw("g", { role: "treeitem", "aria-level": level + 1, "aria-label": spoken(i), tabindex: -1, "data-node": i });
      if (kids(i).length) g.setAttribute("aria-expanded", String(level + 1 < LEVELS));
      g.appendChild(draw("title", {}, spoken(i)));
      g.appendChild(draw("rect", Object.assign({ "class": "f f" + tone }, place)));
      if (again[i]) g.appendChild(draw("rect", Object.assign({ "class": "again", fill: "url(#" + hatch + ")" }, place)));
      if (w > 45) {
        var size = bytes(d.t[i]), text = fit(label(i), w), room = w - 9 - text.length * 6.65;
        g.appendChild(draw("text", { "class": "t" + tone, x: place.x + 5, y: place.y + 16 }, text));
        if (text === label(i) && room > size.length * 6.65 + 16) {
          g.appendChild(draw("text", { "class": "t" + tone, x: place.x + w - 6, y: place.y + 16, "text-anchor": "end" }, size));
        }
      }
      svg.appendChild(g);
      drawn[i] = g;
      push(i, kids(i), x, level + 1);
    }
    svg.setAttribute("height", Math.max(1, deepest) * ROW);
    var deeper = box.querySelector(".deeper");
    deeper.hidden = hidden === 0;
    deeper.textContent = hidden ? "Deeper levels are not drawn: zoom in to see them." : "";
    if (!drawn[here]) here = root >= 0 ? root : kids(-1).find(function (i) { return drawn[i]; });
    mark();
  }
  function mark() {
    Object.keys(drawn).forEach(function (i) { drawn[i].setAttribute("tabindex", -1); drawn[i].classList.remove("here"); });
    if (drawn[here]) drawn[here].setAttribute("tabindex", 0);
  }
  function go(i) {
    if (i === undefined || !drawn[i]) return;
    here = i;
    mark();
    drawn[i].focus();
  }
  function zoom(i, focus) {
    var from = root;
    root = i;
    here = i < 0 ? from : i;
    crumbs();
    render();
    explain(i);
    if (focus && drawn[here]) drawn[here].focus();
  }
  function nodeOf(e) {
    var g = e.target.closest ? e.target.closest("g[data-node]") : null;
    return g ? +g.getAttribute("data-node") : undefined;
  }
  svg.addEventListener("click", function (e) {
    var i = nodeOf(e);
    if (i === undefined) {
      var small = e.target.closest("g[data-up]"), up = small ? +small.getAttribute("data-up") : root;
      if (up !== root) zoom(up, true);
    } else if (i === root) zoom(d.p[i], true);
    else zoom(i, true);
  });
  svg.addEventListener("mouseover", function (e) { var i = nodeOf(e); if (i !== undefined) explain(i); });
  svg.addEventListener("mouseleave", function () { explain(root); });
  svg.addEventListener("focusin", function (e) {
    var i = nodeOf(e);
    if (i === undefined) return;
    here = i;
    mark();
    drawn[i].classList.add("here");
    explain(i);
  });
  svg.addEventListener("focusout", function (e) { var i = nodeOf(e); if (drawn[i]) drawn[i].classList.remove("here"); });
  svg.addEventListener("keydown", function (e) {
    var i = nodeOf(e);
    if (i === undefined) return;
    var siblings = kids(i === root ? -1 : d.p[i]).filter(function (s) { return drawn[s]; }), at = siblings.indexOf(i);
    if (i === root) siblings = [i];
    switch (e.key) {
      case "ArrowRight": go(siblings[at + 1]); break;
      case "ArrowLeft": go(siblings[at - 1]); break;
      case "ArrowDown": go(kids(i).find(function (k) { return drawn[k]; })); break;
      case "ArrowUp": if (i !== root) go(d.p[i]); break;
      case "Home": go(siblings[0]); break;
      case "End": go(siblings[siblings.length - 1]); break;
      case "Enter": case " ": if (i === root) zoom(d.p[i], true); else zoom(i, true); break;
      case "Escape": case "Backspace": if (root >= 0) zoom(d.p[root], true); break;
      default: return;
    }
    e.preventDefault();
  });
  svg.setAttribute("role", "tree");
  path.hidden = false;
  detail.hidden = false;
  crumbs();
  render();
  explain(-1);
  var last = width, resize = new ResizeObserver(function () {
    if (svg.clientWidth && Math.abs(svg.clientWidth - last) > 1) { last = svg.clientWidth; render(); }
  });
  resize.observe(svg);
}

Array.prototype.forEach.call(document.querySelectorAll("[data-tabs]"), tabs);
Array.prototype.forEach.call(document.querySelectorAll(".table"), enhance);
Array.prototype.forEach.call(document.querySelectorAll(".icicle"), icicle);

// A name in one table that filters another: <a class="filter" href="#TABLE">.
document.addEventListener("click", function (e) {
  var a = e.target.closest ? e.target.closest("a.filter") : null;
  var box = a && document.getElementById(a.getAttribute("href").slice(1));
  if (!box || !box.find) return;
  e.preventDefault();
  box.find(a.textContent);
  box.scrollIntoView();
});
})();
