// Charts are heard as well: each is handed to chart2music (chart2music.min.js), which plays its bars and says them.
// Without these scripts the charts are seen and read in their tables.
"use strict";

const told = document.getElementById("heard-words");
const words = told ? JSON.parse(told.dataset.words) : {};

function filled(text, facts) {
  return text.replace(/\{(\w+)\}/g, (whole, name) => (name in facts ? facts[name] : whole));
}

function said({ id, evaluators }) {
  return id in words ? filled(words[id], evaluators) : false;
}

function hear(drawing) {
  const chart = JSON.parse(drawing.dataset.chart);
  const figure = drawing.closest("figure");
  const groups = Object.keys(chart.data);
  const greatest = Math.max(...groups.flatMap((name) => chart.data[name].map((point) => point.y)));
  drawing.tabIndex = 0;
  const { err } = c2mChart({
    type: "bar",
    title: chart.title,
    element: drawing,
    cc: figure.querySelector(".said-of-chart"),
    data: groups.length > 1 ? chart.data : chart.data[groups[0]],
    axes: {
      x: { label: chart.rows, valueLabels: chart.labels, minimum: 0, maximum: chart.labels.length - 1 },
      y: { label: chart.measure, minimum: 0, maximum: greatest, format: (value) => chart.written.replace("#", value.toLocaleString()) },
    },
    options: {
      translationCallback: said,
      modifyHelpDialogKeyboardListing: (_language, headings, rows) => [words.headings ? words.headings.split("\n") : headings, ...rows],
    },
  });
  if (!err) figure.querySelector(".heard-hint").hidden = false;
}

// Its dialogs say what we told it, in the language of the page.
new MutationObserver(() => {
  for (const dialog of document.querySelectorAll("dialog.chart2music-dialog")) dialog.lang = document.documentElement.lang;
}).observe(document.body, { childList: true });

document.querySelectorAll("[data-chart]").forEach(hear);
