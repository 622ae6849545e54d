// What is typed into a form is kept in the browser until it was sent and done: no reload, restart
// or lost connection costs a word. Files, passwords and tokens are not kept.
"use strict";

const SECRET = /password|^code$|csrf_token/;

const refused = document.querySelector("main [role=alert]") !== null;
const forms = [...document.querySelectorAll("form[data-keep]")];

function shelf(form) {
  return `staff:form:${form.action}`;
}

// A browser may refuse to store anything; then the form is as any other.
function stored(key, value) {
  try {
    if (value === undefined) return JSON.parse(localStorage.getItem(key));
    if (value === null) localStorage.removeItem(key);
    else localStorage.setItem(key, JSON.stringify(value));
  } catch {
    return null;
  }
  return null;
}

function values(form) {
  const kept = [...new FormData(form)].filter(([name, value]) => typeof value === "string" && !SECRET.test(name));
  return JSON.stringify(kept);
}

function fill(form, kept) {
  const given = new Map();
  for (const [name, value] of JSON.parse(kept)) given.set(name, [...(given.get(name) ?? []), value]);
  for (const field of form.elements) {
    if (!field.name || SECRET.test(field.name) || field.type === "file") continue;
    const wanted = given.get(field.name) ?? [];
    if (field.type === "checkbox") field.checked = wanted.includes(field.value);
    else if (wanted.length) field.value = wanted[0];
  }
}

/** Put back what was kept, say so, and offer to go without it. */
function restore(form, kept) {
  const before = values(form);
  fill(form, kept);
  if (values(form) === before) return;
  const note = document.createElement("p");
  note.className = "note";
  note.setAttribute("role", "status");
  note.textContent = `${form.dataset.keep} `;
  const away = document.createElement("button");
  away.type = "button";
  away.className = "small";
  away.textContent = form.dataset.forget;
  away.addEventListener("click", () => {
    fill(form, before);
    stored(shelf(form), null);
    note.remove();
    form.querySelector("input:not([type=hidden]), textarea, select")?.focus();
  });
  note.append(away);
  form.prepend(note);
}

/** What the page came with, whatever has been typed into it since. */
function fresh(form) {
  const copy = form.cloneNode(true);
  copy.reset();
  return values(copy);
}

function watch(form) {
  const came = fresh(form);
  const kept = stored(shelf(form));

  function keep() {
    const now = values(form);
    stored(shelf(form), now === came ? null : { values: now, sent: false });
  }

  if (kept?.sent && refused) stored(shelf(form), { values: values(form), sent: false }); // it came back with the reason
  else if (kept) restore(form, kept.values);
  else keep(); // a quick clerk types before this script is there
  form.addEventListener("input", keep);
  form.addEventListener("submit", () => {
    const last = stored(shelf(form));
    if (last) stored(shelf(form), { ...last, sent: true });
  });
}

/** What was sent is done with once a page says so. */
function clear() {
  for (const key of Object.keys(localStorage)) {
    if (key.startsWith("staff:form:") && stored(key)?.sent) stored(key, null);
  }
}

if (document.querySelector("p.done")) clear();
forms.forEach(watch);
