// Draws the charts of a page, and has the segment and the months that are chosen apply to them.
(function () {
  "use strict";
  const data = JSON.parse(document.getElementById("report-data").textContent);
  const words = data.words;
  const views = {};
  const chosen = { segment: "all", months: 13 };

  function rowsOf(chart) {
    const last = chart.months.length - 1;
    return chart.rows.map(([month, segment, series, value]) => ({
      month: chart.months[month],
      age: last - month,
      segment: chart.segments[segment],
      series: chart.series[series],
      place: series,
      value,
    }));
  }

  function shownSegment(chart) {
    return chart.bySegment ? chosen.segment : "all";
  }

  function shownRows(chart) {
    const isHeat = chart.spec.encoding && chart.spec.encoding.y && chart.spec.encoding.y.field === "cohort";
    const months = isHeat ? 999 : chosen.months;
    return chart.all.filter((row) => row.segment === shownSegment(chart) && row.age < months);
  }

  function element(name, text, className) {
    const made = document.createElement(name);
    if (text !== undefined) made.textContent = text;
    if (className) made.className = className;
    return made;
  }

  function numbers(chart, place) {
    const rows = shownRows(chart);
    const months = [...new Set(rows.map((row) => row.month))].sort();
    const series = chart.series.filter((name) => rows.some((row) => row.series === name));
    const values = new Map(rows.map((row) => [row.month + "\n" + row.series, row.value]));
    const lines = [[words.month, ...series]];
    for (const month of months) {
      lines.push([month, ...series.map((name) => values.get(month + "\n" + name) ?? "")]);
    }
    const table = element("table");
    lines.forEach((line, number) => {
      const row = table.appendChild(element("tr"));
      line.forEach((cell, column) => {
        const made = row.appendChild(element(number && column ? "td" : "th", String(cell), "number"));
        if (made.tagName === "TH") made.scope = number ? "row" : "col";
      });
    });
    const link = element("a", words.csv);
    const quoted = lines.map((line) => line.map((cell) => '"' + String(cell).replaceAll('"', '""') + '"').join(","));
    link.href = URL.createObjectURL(new Blob(["\ufeff" + quoted.join("\r\n")], { type: "text/csv" }));
    link.download = chart.title + ".csv";
    place.replaceChildren(table, link);
  }

  function applyTo(id) {
    const chart = data.charts[id];
    const section = document.getElementById(id);
    const isEmpty = shownRows(chart).length === 0;
    section.querySelector(".picture").hidden = isEmpty;
    section.querySelector(".nothing").hidden = !isEmpty;
    const details = section.querySelector("details");
    if (details.open) numbers(chart, details.querySelector(".numbers"));
    const isHeat = chart.spec.encoding && chart.spec.encoding.y && chart.spec.encoding.y.field === "cohort";
    if (views[id]) {
      views[id].signal("segment", shownSegment(chart)).signal("months", isHeat ? 999 : chosen.months).runAsync();
    }
  }

  function draw(id) {
    const chart = data.charts[id];
    const section = document.getElementById(id);
    const spec = { ...chart.spec, datasets: { rows: chart.all } };
    const options = { actions: false, renderer: "svg", tooltip: { theme: matchMedia("(prefers-color-scheme: dark)").matches ? "dark" : "light" } };
    return globalThis.vegaEmbed(section.querySelector(".picture"), spec, options).then((drawn) => {
      views[id] = drawn.view;
      // Vega says of each mark what it is, without an order; a screen reader gets the title and the table below.
      section.querySelector(".picture").setAttribute("role", "img");
      section.querySelector(".picture svg").setAttribute("aria-hidden", "true");
      applyTo(id);
    });
  }

  function spark(values) {
    const known = values.filter((value) => value !== null);
    if (known.length < 2) return "";
    const low = Math.min(...known);
    const size = Math.max(...known) - low || 1;
    const points = values
      .map((value, number) => [3 + (number * 114) / (values.length - 1), value === null ? null : 25 - ((value - low) / size) * 22])
      .filter((point) => point[1] !== null);
    const svg = document.createElementNS("http://www.w3.org/2000/svg", "svg");
    svg.setAttribute("class", "spark");
    svg.setAttribute("viewBox", "0 0 120 28");
    svg.setAttribute("aria-hidden", "true");
    const line = document.createElementNS(svg.namespaceURI, "polyline");
    line.setAttribute("points", points.map((point) => point.map((x) => x.toFixed(1)).join(",")).join(" "));
    svg.appendChild(line);
    return svg;
  }

  function showTiles() {
    for (const tile of document.querySelectorAll(".tile[data-kpi]")) {
      const figures = data.tiles[tile.dataset.kpi];
      if (!figures) continue;
      const figure = figures[chosen.segment] || figures[""];
      tile.className = "tile " + figure.status;
      tile.querySelector(".value").textContent = figure.value;
      tile.querySelector(".status").textContent = (words["sign_" + figure.status] + " " + words["status_" + figure.status]).trim();
      tile.querySelector(".lines").replaceChildren(...figure.lines.map((line) => element("p", line)));
      tile.querySelector(".trend").replaceChildren(spark(figure.trend));
    }
  }

  function listen() {
    const segment = document.getElementById("segment");
    const months = document.getElementById("months");
    if (!months) return;
    const apply = () => {
      chosen.segment = segment ? segment.value : "all";
      chosen.months = Number(months.value);
      showTiles();
      Object.keys(data.charts).forEach(applyTo);
    };
    if (segment) segment.addEventListener("change", apply);
    months.addEventListener("change", apply);
    for (const [id, chart] of Object.entries(data.charts)) {
      const details = document.getElementById(id).querySelector("details");
      details.addEventListener("toggle", () => details.open && numbers(chart, details.querySelector(".numbers")));
    }
  }

  function list(title, lines) {
    const made = element("div");
    made.appendChild(element("h4", title));
    if (!lines.length) made.appendChild(element("p", words.none));
    const items = element("ul");
    lines.forEach((line) => items.appendChild(element("li", line)));
    if (lines.length) made.appendChild(items);
    return made;
  }

  function customer(each) {
    const made = element("details", undefined, "customer");
    const head = made.appendChild(element("summary"));
    head.appendChild(element("span", each.name, "name"));
    const [mrr, band, score] = each.shown.map((pair) => pair[1]);
    const sign = { green: "●", yellow: "▲", red: "■" }[each.band] || "–";
    head.appendChild(element("span", mrr));
    head.appendChild(element("span", sign + " " + band, "mark " + each.band));
    head.appendChild(element("span", score));
    made.addEventListener("toggle", () => {
      if (!made.open || made.dataset.full) return;
      made.dataset.full = "1";
      const facts = made.appendChild(element("dl", undefined, "facts"));
      each.shown.forEach(([title, text]) => {
        const pair = facts.appendChild(element("div"));
        pair.appendChild(element("dt", title));
        pair.appendChild(element("dd", text));
      });
      const columns = made.appendChild(element("div", undefined, "columns"));
      const trend = element("div");
      trend.appendChild(element("h4", words.trend));
      trend.appendChild(spark(each.trend) || element("p", words.none));
      columns.append(
        trend,
        list(words.axes, each.axes.map(([name, score]) => name + " " + (score === null ? "–" : score))),
        list(words.causes, each.causes.map(([name, points]) => name + " −" + points + " " + words.points)),
        list(words.timeline, each.timeline.map((event) => event.join(" ")))
      );
    });
    return made;
  }

  function listCustomers() {
    const place = document.getElementById("customer-list");
    if (!place) return;
    const search = document.getElementById("search");
    const band = document.getElementById("band");
    const order = document.getElementById("order");
    const apply = () => {
      const looked = search.value.trim().toLowerCase();
      const found = data.customers.filter(
        (each) => (!band.value || each.band === band.value) && (each.name + " " + each.id).toLowerCase().includes(looked)
      );
      if (order.value === "mrr") found.sort((one, other) => other.mrr - one.mrr);
      if (order.value === "name") found.sort((one, other) => one.name.localeCompare(other.name));
      place.replaceChildren(...found.map(customer));
      document.getElementById("found").textContent = found.length + " " + words.found;
    };
    [search, band, order].forEach((each) => each.addEventListener("input", apply));
    apply();
  }

  async function drawAll() {
    for (const id of Object.keys(data.charts)) await draw(id);
    document.documentElement.dataset.drawn = "1";
  }

  listCustomers();
  if (data.charts) {
    Object.values(data.charts).forEach((chart) => (chart.all = rowsOf(chart)));
    listen();
    if (globalThis.vegaEmbed) drawAll();
  }
})();
