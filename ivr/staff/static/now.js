// What calls do just now is asked for again and again, without a word: no screen reader is interrupted.
// Without this script the page tells how it was when it was loaded.
"use strict";

const now = document.getElementById("at-once");

if (now) {
  const again = setInterval(async () => {
    if (document.hidden) return;
    let answer;
    try {
      answer = await fetch(now.dataset.ask, { redirect: "error" });
    } catch {
      return; // no network, or signed out: what stands there tells when it was
    }
    if (answer.ok) now.innerHTML = await answer.text();
    else if (answer.status === 401 || answer.status === 403) clearInterval(again);
  }, 1000 * Number(now.dataset.every));
}
