// Something is worked on: ask whether it is done, and only then load the page again, so that nobody who reads or
// hears it is interrupted. Without this script it loads itself every few seconds.
"use strict";

const waiting = document.getElementById("waiting");

if (waiting) {
  const again = setInterval(async () => {
    let answer;
    try {
      answer = await fetch(waiting.dataset.ask, { redirect: "error", cache: "no-store" });
    } catch {
      return; // no network: ask again
    }
    if (answer.status === 202) return;
    clearInterval(again);
    location.reload();
  }, 1000 * Number(waiting.dataset.every));
}
