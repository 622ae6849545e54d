// What stands in a field, spoken before it is saved. Without this script it is played on a page of its own.
"use strict";

const sound = new Audio();

/** Play these one after another; true unless another one was asked for meanwhile. */
async function playAll(addresses) {
  const turn = (playAll.turn = (playAll.turn ?? 0) + 1);
  for (const address of addresses) {
    if (turn !== playAll.turn) return;
    sound.src = address;
    await sound.play();
    await new Promise((resolve) => (sound.onended = sound.onerror = resolve));
  }
}

function setUpSaying(button) {
  const state = button.parentElement.querySelector(".hear-state");
  button.addEventListener("click", async (event) => {
    event.preventDefault();
    state.textContent = button.dataset.making;
    button.setAttribute("aria-busy", "true");
    try {
      const answer = await fetch(button.formAction, {
        method: "POST",
        body: new FormData(button.form),
        headers: { Accept: "application/json" },
        redirect: "error",
      });
      const told = answer.headers.get("Content-Type")?.includes("json") ? await answer.json() : {};
      state.textContent = answer.ok ? button.dataset.playing : (told.problem ?? button.dataset.lost);
      if (answer.ok) await playAll(told.sounds);
    } catch {
      state.textContent = button.dataset.lost;
    }
    button.removeAttribute("aria-busy");
  });
}

document.querySelectorAll(".hear-now").forEach(setUpSaying);
