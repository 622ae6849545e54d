// All texts of a language recorded one after another. A key ends one recording and begins the next; what was
// recorded is sent beside that, in order, and stays in the browser (microphone.js) until the console has it.
"use strict";

const AGAIN_AFTER = 3000; // milliseconds until something is sent again that could not be

const room = document.getElementById("sitting");

/** Sends recordings one by one; `tell` hears of each how it went. */
class Outbox {
  #waiting = [];
  #busy = false;
  #timer = 0;

  constructor(form, tell) {
    this.form = form;
    this.tell = tell;
  }

  get empty() {
    return !this.#busy && !this.#waiting.length;
  }

  /** What waits of a text. */
  of(item) {
    return this.#waiting.find((each) => each.item === item)?.made;
  }

  add(item, made) {
    this.#waiting = this.#waiting.filter((each) => each.item !== item); // a later reading of a text takes its place
    this.#waiting.push({ item, made });
    this.tell(item, "sending");
    this.go();
  }

  async go() {
    clearTimeout(this.#timer);
    if (this.#busy || !this.#waiting.length) return;
    this.#busy = true;
    const sent = this.#waiting[0];
    const goneThrough = await this.#send(sent);
    this.#busy = false;
    if (goneThrough) this.#waiting = this.#waiting.filter((each) => each !== sent);
    if (!goneThrough) this.#timer = setTimeout(() => this.go(), AGAIN_AFTER);
    else if (this.#waiting.length) this.go();
    else this.tell(null, "done");
  }

  /** Whether it need not be sent again. */
  async #send({ item, made }) {
    let answer;
    try {
      answer = await sendSound(item.dataset.take, this.form, made);
    } catch {
      this.tell(item, "kept", room.dataset.lost);
      return false;
    }
    const told = answer.headers.get("Content-Type")?.includes("json") ? await answer.json() : {};
    const busy = answer.status === 503 || answer.status === 429;
    if (answer.ok || answer.status === 409) {
      await this.#forget(item, made);
      this.tell(item, answer.ok ? (told.doubts ? "doubtful" : "held") : "again", told.problem);
      return true;
    }
    if (!busy) this.tell(item, "kept", answer.status === 401 ? room.dataset.out : room.dataset.lost);
    return false;
  }

  /** Out of the browser, where no later reading of it has been kept meanwhile. */
  async #forget(item, made) {
    const standing = await keptSound(item.dataset.place);
    if (standing && standing.at === made.at) await forgetSound(item.dataset.place);
  }
}

function setUpSitting() {
  const find = (id) => document.getElementById(id);
  const items = [...find("readings").children];
  const [words, said, where, state, trouble, level, clock] = [
    "words", "said", "where", "sitting-state", "trouble", "level", "clock",
  ].map(find);
  const [begin, good, again, back, pause, send] = ["begin", "good", "again", "back", "pause", "send"].map(find);
  const outbox = new Outbox(find("sitting-form"), note);
  let at = next(-1);
  let stream = null;
  let running = null; // the recording of this text: {media, pieces, began, timer}
  let loudness = null;

  /** The next text after that which is not done, from the beginning again behind the last; -1: none. */
  function next(after) {
    const order = [...items.keys()].map((number) => (after + 1 + number) % items.length);
    return order.find((number) => !items[number].dataset.done) ?? -1;
  }

  function show() {
    items.forEach((item, number) => (number === at ? item.setAttribute("aria-current", "step") : item.removeAttribute("aria-current")));
    const item = items[at];
    const text = item ? item.querySelector("a").textContent : "";
    words.textContent = text;
    said.hidden = !item || item.dataset.spoken === text;
    said.querySelector("span").textContent = item ? item.dataset.spoken : "";
    where.textContent = item ? room.dataset.number.replace("{number}", at + 1).replace("{all}", items.length) : "";
  }

  function count() {
    const done = items.filter((item) => item.dataset.done).length;
    find("progress").value = done;
    find("count").textContent = find("count").dataset.of.replace("{done}", done);
  }

  /** How a recording went; nothing is left to be sent where it is "done". */
  function note(item, how, why) {
    if (how === "done") {
      if (!running) settle();
      return;
    }
    item.querySelector(".state").textContent = room.dataset[`state${how[0].toUpperCase()}${how.slice(1)}`];
    mark(item, "done", how !== "again");
    mark(item, "kept", how === "kept");
    send.hidden = !items.some((each) => each.dataset.kept);
    count();
    if (how === "again") complain(`${room.dataset.unusable} ${item.value}. ${why}`);
    if (how === "kept") complain(why);
  }

  function mark(item, name, on) {
    if (on) item.dataset[name] = "yes";
    else delete item.dataset[name];
  }

  function complain(text) {
    trouble.hidden = !text;
    trouble.textContent = text;
  }

  function settle() {
    if (at === -1 || items[at].dataset.done) at = next(at);
    show();
    if (at === -1 && outbox.empty) state.textContent = room.dataset.finished;
    begin.hidden = at === -1;
  }

  function buttons(recording) {
    [good, again, back, pause].forEach((each) => (each.hidden = !recording));
    begin.hidden = recording;
  }

  async function start() {
    complain("");
    try {
      stream = stream ?? (await microphone());
    } catch {
      complain(room.dataset.refused);
      return;
    }
    loudness = loudness ?? meter(stream);
    if (at === -1) at = next(-1);
    if (at === -1) return finish();
    buttons(true);
    take();
  }

  /** Begin to record the text that is shown. */
  function take() {
    show();
    const item = items[at];
    const media = recorderOf(stream);
    const made = { sound: null, words: item.dataset.spoken, at: Date.now() };
    const pieces = [];
    running = { media, made, began: performance.now() };
    media.addEventListener("dataavailable", (event) => {
      pieces.push(event.data);
      made.sound = new Blob(pieces, { type: media.mimeType });
      if (!made.dropped) keepSound(item.dataset.place, made);
    });
    media.addEventListener("stop", () => {
      if (!made.dropped) outbox.add(item, made);
      else if (outbox.of(item)) keepSound(item.dataset.place, outbox.of(item)); // an earlier reading still waits
      else forgetSound(item.dataset.place);
    });
    media.start(EVERY);
    running.timer = setInterval(tick, 100);
    state.textContent = room.dataset.recording;
    words.focus({ preventScroll: true });
  }

  function tick() {
    const seconds = (performance.now() - running.began) / 1000;
    clock.textContent = seconds.toFixed(0);
    level.value = loudness();
    if (seconds < LONGEST) return;
    stop(false);
    rest();
    complain(room.dataset.full);
  }

  /** End the recording of this text; `dropped`: it is of no use. */
  function stop(dropped) {
    if (!running) return;
    clearInterval(running.timer);
    running.made.dropped = dropped;
    if (running.media.state !== "inactive") running.media.stop();
    running = null;
  }

  function onward() {
    const item = items[at];
    stop(false);
    mark(item, "done", true);
    at = next(at);
    if (at === -1) finish();
    else take();
  }

  function onceMore() {
    stop(true);
    take();
  }

  function backward() {
    if (at === 0) return onceMore();
    stop(true);
    at -= 1;
    take();
  }

  function rest() {
    stop(true);
    release();
    buttons(false);
    begin.textContent = room.dataset.goOn;
    state.textContent = room.dataset.paused;
    begin.focus();
  }

  function finish() {
    release();
    buttons(false);
    begin.textContent = room.dataset.goOn;
    settle();
  }

  function release() {
    stream?.getTracks().forEach((track) => track.stop());
    stream = loudness = null;
    level.value = 0;
  }

  const keys = { 1: onward, 2: onceMore, 3: backward, 4: rest };
  document.addEventListener("keydown", (event) => {
    if (!running || event.repeat || event.ctrlKey || event.altKey || event.metaKey || !keys[event.key]) return;
    event.preventDefault();
    keys[event.key]();
  });
  begin.addEventListener("click", start);
  good.addEventListener("click", onward);
  again.addEventListener("click", onceMore);
  back.addEventListener("click", backward);
  pause.addEventListener("click", rest);
  send.addEventListener("click", () => outbox.go());
  window.addEventListener("beforeunload", (event) => {
    if (!outbox.empty) event.preventDefault();
  });

  /** What this browser had kept is sent now. */
  async function sendLeft() {
    for (const item of items) {
      const left = await keptSound(item.dataset.place);
      if (!left?.sound) continue;
      mark(item, "done", true);
      outbox.add(item, left);
    }
    count();
    settle();
  }

  state.textContent = room.dataset.ready;
  settle();
  sendLeft();
}

if (room && window.MediaRecorder && navigator.mediaDevices) {
  room.hidden = false;
  setUpSitting();
}
