// What recording one text and all in a row share. What the microphone gives is kept in the browser, second by
// second, until the console has it: no expired session, reload or lost connection costs a recording.
"use strict";

const LONGEST = 60; // seconds, as many as the console takes
const EVERY = 1000; // milliseconds between two pieces that are kept
const KINDS = ["audio/webm;codecs=opus", "audio/mp4", "audio/webm"];

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

/** Under the address of the page of its text. */
const keepSound = (place, sound) => kept("readwrite", (store) => store.put(sound, place));
const keptSound = (place) => kept("readonly", (store) => store.get(place));
const forgetSound = (place) => kept("readwrite", (store) => store.delete(place));

/** A microphone, or an error where the browser may not use one. */
const microphone = () => navigator.mediaDevices.getUserMedia({ audio: { channelCount: 1, echoCancellation: false } });

/** A recorder of a stream that gives pieces every second. */
function recorderOf(stream) {
  const kind = KINDS.find((each) => MediaRecorder.isTypeSupported(each));
  return new MediaRecorder(stream, kind ? { mimeType: kind } : {});
}

/** Send a recording: the console's answer. */
function sendSound(to, form, made) {
  const body = new FormData(form);
  body.set("words", made.words);
  body.set("file", made.sound, "recording");
  return fetch(to, { method: "POST", body, headers: { Accept: "application/json" }, redirect: "error" });
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
