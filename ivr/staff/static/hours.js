// The hours of a desk: what callers will hear of them is told while they are typed. Without this
// script it is told once they are saved.
"use strict";

const HEARD_WAIT = 500; // milliseconds after the last key

const heard = document.getElementById("heard");

if (heard) {
  const form = heard.closest("form");
  let timer = 0;
  let asked = 0;

  async function ask() {
    const mine = ++asked;
    let answer;
    try {
      answer = await fetch(heard.dataset.ask, { method: "POST", body: new FormData(form), redirect: "error" });
    } catch {
      return;
    }
    if (!answer.ok) return;
    const words = await answer.text();
    if (mine === asked) heard.innerHTML = words;
  }

  // The table, the days that are closed, what happens on holidays: all that hours are made of.
  const parts = [...form.querySelectorAll("[data-hours], [name=holidays], [name=hours], [name=closed]")];
  for (const part of parts) {
    part.addEventListener("input", () => {
      clearTimeout(timer);
      timer = setTimeout(ask, HEARD_WAIT);
    });
  }
}
