// What takes a while is asked after, so that nobody who reads, writes or hears the page is interrupted: what was asked
// for by a press, and what the rules say of a draft. Without this script the former loads itself every few seconds.
"use strict";

const EVERY = 1000; // milliseconds between two questions

const goingOn = document.getElementById("going-on");
const rules = document.getElementById("rules");

async function asked(address) {
  try {
    return await fetch(address, { redirect: "error", cache: "no-store" });
  } catch {
    return null; // no network: ask again
  }
}

if (goingOn) {
  const steps = document.getElementById("going-on-steps");
  const said = document.getElementById("going-on-said");
  const current = () => steps.querySelector("[aria-current] span")?.textContent ?? "";
  said.textContent = current();
  const again = setInterval(async () => {
    const answer = await asked(goingOn.dataset.ask);
    if (!answer) return;
    if (answer.status !== 200) {
      clearInterval(again);
      location.reload();
      return;
    }
    const before = current();
    steps.innerHTML = await answer.text();
    if (current() !== before) said.textContent = current();
  }, EVERY);
}

if (rules && rules.dataset.waits) {
  const told = rules.querySelector("[role=status]");
  const again = setInterval(async () => {
    const answer = await asked(rules.dataset.ask);
    if (!answer || answer.status === 202) return;
    clearInterval(again);
    if (answer.ok) told.innerHTML = await answer.text();
    else location.reload();
  }, EVERY);
}
