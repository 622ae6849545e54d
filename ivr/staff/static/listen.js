// Everything that can be played on a page, one after another. Without this script each is played by itself.
"use strict";

const listening = document.getElementById("listen");

function setUpListening() {
  const sounds = [...document.querySelectorAll("main audio")];
  const state = document.getElementById("listen-state");
  let at = -1;

  function play(number) {
    sounds[at]?.pause();
    at = number;
    const sound = sounds[at];
    listening.textContent = sound ? listening.dataset.stop : listening.dataset.start;
    state.textContent = sound ? sound.getAttribute("aria-label") : "";
    if (!sound) return;
    sound.closest("li")?.scrollIntoView({ block: "center" });
    sound.currentTime = 0;
    sound.play().catch(() => play(-1));
  }

  sounds.forEach((sound, number) => sound.addEventListener("ended", () => number === at && play(at + 1 < sounds.length ? at + 1 : -1)));
  listening.addEventListener("click", () => play(at === -1 ? 0 : -1));
}

if (listening) {
  listening.hidden = false;
  setUpListening();
}
