// Recording in the browser. What the microphone gives is kept in the browser, second by second,
// until the console has it: no expired session, reload or lost connection costs a recording.
"use strict";

const LONGEST = 60; // seconds, as many as the console takes
const EVERY = 1000; // milliseconds between two pieces that are kept
const KINDS = ["audio/webm;codecs=opus", "audio/mp4", "audio/webm"];

const recorder = document.getElementById("recorder");

// Keeping ------------------------------------------------------------------------------------

function opened() {
  return new Promise((resolve, reject) => {
    const request = indexedDB.open("recordings", 1);
    request.onupgradeneeded = () => request.result.createObjectStore("sounds");
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
  });
}

// A browser may refuse to keep anything; then a recording lives as long as its page.
async function kept(mode, what) {
  try {
    const database = await opened();
    return await new Promise((resolve, reject) => {
      const request = what(database.transaction("sounds", mode).objectStore("sounds"));
      request.onsuccess = () => resolve(request.result);
      request.onerror = () => reject(request.error);
    });
  } catch {
    return undefined;
  }
}

const keep = (sound) => kept("readwrite", (store) => store.put(sound, location.pathname));
const left = () => kept("readonly", (store) => store.get(location.pathname));
const forget = () => kept("readwrite", (store) => store.delete(location.pathname));

// Recording ----------------------------------------------------------------------------------

function setUp() {
  const [state, button, again, away] = ["recorder-state", "record", "send-again", "forget"].map((id) =>
    document.getElementById(id),
  );
  const level = document.getElementById("level");
  const clock = document.getElementById("clock");
  const form = document.getElementById("record-form");
  const words = form.elements.words.value;
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
      stream = await navigator.mediaDevices.getUserMedia({ audio: { channelCount: 1, echoCancellation: false } });
    } catch {
      tell(recorder.dataset.refused);
      return;
    }
    const kind = KINDS.find((each) => MediaRecorder.isTypeSupported(each));
    const media = new MediaRecorder(stream, kind ? { mimeType: kind } : {});
    const pieces = [];
    running = { media, stream, meter: meter(stream), began: performance.now() };
    media.addEventListener("dataavailable", (event) => {
      pieces.push(event.data);
      keep({ sound: new Blob(pieces, { type: media.mimeType }), words });
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
    const body = new FormData(form);
    body.set("words", made.words);
    body.set("file", made.sound, "recording");
    try {
      const answer = await fetch(recorder.dataset.take, {
        method: "POST",
        body,
        headers: { Accept: "application/json" },
        redirect: "error",
      });
      await settle(answer, made);
    } catch {
      tell(recorder.dataset.lost);
      offer(made);
    }
    button.disabled = false;
  }

  async function settle(answer, made) {
    if (answer.ok) {
      await forget();
      location.reload();
    } else if (answer.status === 409) {
      await forget(); // it was looked at and cannot be used: there is nothing to keep
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
    await forget();
    offer(null);
    tell(recorder.dataset.ready);
    button.focus();
  });
  left().then((found) => {
    if (!found) return;
    offer(found);
    tell(recorder.dataset.left);
  });
}

/** How loud a stream is just now, from 0 to 1. */
function meter(stream) {
  const context = new AudioContext();
  const analyser = context.createAnalyser();
  context.createMediaStreamSource(stream).connect(analyser);
  const samples = new Float32Array(analyser.fftSize);
  stream.getTracks()[0].addEventListener("ended", () => context.close());
  return () => {
    analyser.getFloatTimeDomainData(samples);
    return samples.reduce((most, sample) => Math.max(most, Math.abs(sample)), 0);
  };
}

if (recorder && window.MediaRecorder && navigator.mediaDevices) {
  recorder.hidden = false;
  setUp();
}
