// The rules are at a draft: ask whether they are done, and only then load the page again, so that
// nobody who reads or hears it is interrupted. Without this script it loads itself every few seconds.
"use strict";

const checking = document.getElementById("checking");

if (checking) {
  const again = setInterval(async () => {
    let answer;
    try {
      answer = await fetch(checking.dataset.ask, { redirect: "error" });
    } catch {
      return; // no network: ask again
    }
    if (answer.status === 202) return;
    clearInterval(again);
    location.reload();
  }, 1000 * Number(checking.dataset.every));
}
