// What takes a while is asked after, so that nobody who reads, writes or hears the page is interrupted: what was asked
// for by a press, and what the rules say of a draft. Without this script the former loads itself every few seconds.
"use strict";

const QUICK = 250; // milliseconds between two questions at first, since most is done within seconds
const SLOW = 1000; // the same, later on
const SOON = 5000; // milliseconds that are "at first"

const goingOn = document.getElementById("going-on");
const rules = document.getElementById("rules");

async function asked(address) {
  try {
    return await fetch(address, { redirect: "error", cache: "no-store" });
  } catch {
    return null; // no network: ask again
  }
}

/** Ask again and again, until that is not needed any more. */
function repeatedly(ask) {
  const began = Date.now();
  const later = () => setTimeout(again, Date.now() - began < SOON ? QUICK : SLOW);
  async function again() {
    if (await ask()) later();
  }
  later();
}

if (goingOn) {
  const steps = document.getElementById("going-on-steps");
  const said = document.getElementById("going-on-said");
  const current = () => steps.querySelector("[aria-current] span")?.textContent ?? "";
  said.textContent = current();
  repeatedly(async () => {
    const answer = await asked(goingOn.dataset.ask);
    if (!answer) return true;
    if (answer.status !== 200) {
      location.reload();
      return false;
    }
    const before = current();
    steps.innerHTML = await answer.text();
    if (current() !== before) said.textContent = current();
    return true;
  });
}

if (rules && rules.dataset.waits) {
  const told = rules.querySelector("[role=status]");
  repeatedly(async () => {
    const answer = await asked(rules.dataset.ask);
    if (!answer || answer.status === 202) return true;
    if (answer.ok) told.innerHTML = await answer.text();
    else location.reload();
    return false;
  });
}
