// Recording a text in the browser, with what microphone.js keeps of it.
"use strict";

const recorder = document.getElementById("recorder");

// Recording ----------------------------------------------------------------------------------

function setUp() {
  const [state, button, again, away] = ["recorder-state", "record", "send-again", "forget"].map((id) =>
    document.getElementById(id),
  );
  const level = document.getElementById("level");
  const clock = document.getElementById("clock");
  const form = document.getElementById("record-form");
  const words = form.elements.words.value;
  const place = location.pathname;
  let running = null;
  let unsent = null;

  const tell = (text) => (state.textContent = text);

  function offer(sound) {
    unsent = sound;
    again.hidden = away.hidden = !sound;
  }

  async function start() {
    let stream;
    try {
      stream = await microphone();
    } catch {
      tell(recorder.dataset.refused);
      return;
    }
    const media = recorderOf(stream);
    const pieces = [];
    running = { media, stream, meter: meter(stream), began: performance.now() };
    media.addEventListener("dataavailable", (event) => {
      pieces.push(event.data);
      keepSound(place, { sound: new Blob(pieces, { type: media.mimeType }), words });
    });
    media.addEventListener("stop", () => finish(new Blob(pieces, { type: media.mimeType })));
    media.start(EVERY);
    button.textContent = recorder.dataset.stop;
    offer(null);
    tell(recorder.dataset.recording);
    running.timer = setInterval(tick, 100);
  }

  function tick() {
    const seconds = (performance.now() - running.began) / 1000;
    clock.textContent = seconds.toFixed(0);
    level.value = running.meter();
    if (seconds >= LONGEST) {
      tell(recorder.dataset.full);
      stop();
    }
  }

  function stop() {
    if (running.media.state !== "inactive") running.media.stop();
  }

  function finish(sound) {
    clearInterval(running.timer);
    running.stream.getTracks().forEach((track) => track.stop());
    running = null;
    level.value = 0;
    button.textContent = recorder.dataset.start;
    send({ sound, words });
  }

  /** To the console, which checks and converts it; what cannot be sent stays in the browser. */
  async function send(made) {
    tell(recorder.dataset.sending);
    button.disabled = true;
    try {
      const answer = await sendSound(recorder.dataset.take, form, made);
      await settle(answer, made);
    } catch {
      tell(recorder.dataset.lost);
      offer(made);
    }
    button.disabled = false;
  }

  async function settle(answer, made) {
    if (answer.ok) {
      await forgetSound(place);
      location.reload();
    } else if (answer.status === 409) {
      await forgetSound(place); // it was looked at and cannot be used: there is nothing to keep
      tell((await answer.json()).problem);
      button.focus();
    } else if (answer.status === 503 && answer.headers.get("Content-Type")?.includes("json")) {
      tell((await answer.json()).problem); // too much at once: the same may be taken in a moment
      offer(made);
    } else {
      tell(answer.status === 401 ? recorder.dataset.out : recorder.dataset.lost);
      offer(made);
    }
  }

  button.addEventListener("click", () => (running ? stop() : start()));
  again.addEventListener("click", () => send(unsent));
  away.addEventListener("click", async () => {
    await forgetSound(place);
    offer(null);
    tell(recorder.dataset.ready);
    button.focus();
  });
  keptSound(place).then((found) => {
    if (!found) return;
    offer(found);
    tell(recorder.dataset.left);
  });
}

if (recorder && window.MediaRecorder && navigator.mediaDevices) {
  recorder.hidden = false;
  setUp();
}
