// The editor of a text: what is typed is kept at once, and its length is told.
// Without this script the page works all the same; then words are kept when they are saved.
"use strict";

const WAIT = 900; // milliseconds after the last key

const editor = document.getElementById("editor");
const drop = document.getElementById("drop");

function place(language) {
  return `staff:${location.pathname}:${language}`;
}

// A browser may refuse to store anything; the server keeps the words then.
function remember(language, words) {
  try {
    if (words === null) localStorage.removeItem(place(language));
    else localStorage.setItem(place(language), JSON.stringify(words));
  } catch {
    return;
  }
}

function remembered(language) {
  try {
    return JSON.parse(localStorage.getItem(place(language)));
  } catch {
    return null;
  }
}

function watch(sheet) {
  const language = sheet.dataset.language;
  const field = sheet.querySelector("textarea");
  const told = sheet.querySelector(".kept");
  const advice = sheet.querySelector(".advice");
  const was = sheet.querySelector(`[name="was-${language}"]`);
  const based = sheet.querySelector(`[name="based-${language}"]`);
  let timer = 0;

  async function keep() {
    const form = new FormData(editor);
    form.set("language", language);
    let answer;
    try {
      answer = await fetch(editor.dataset.typed, { method: "POST", body: form, redirect: "error" });
    } catch {
      told.textContent = editor.dataset.lost;
      return;
    }
    if (!answer.ok) {
      told.textContent = answer.status === 401 ? editor.dataset.out : editor.dataset.lost;
      return;
    }
    advice.innerHTML = await answer.text();
    told.textContent = editor.dataset.kept;
    if (field.value === form.get(field.name)) remember(language, null);
  }

  function typed() {
    remember(language, { text: field.value, was: was.value, based: based.value });
    clearTimeout(timer);
    timer = setTimeout(keep, WAIT);
  }

  field.addEventListener("input", typed);

  const left = remembered(language);
  if (left && left.text !== field.value && !field.readOnly) {
    field.value = left.text;
    was.value = left.was; // whoever saved since then is not overwritten unseen
    based.value = left.based;
    told.textContent = editor.dataset.restored;
  } else if (field.value !== field.defaultValue) {
    typed(); // a quick clerk types before this script is there
  } else {
    remember(language, null);
  }
}

if (editor) {
  const sheets = editor.querySelectorAll(".sheet");
  sheets.forEach(watch);
  if (drop) {
    drop.addEventListener("submit", () => sheets.forEach((sheet) => remember(sheet.dataset.language, null)));
  }
}
