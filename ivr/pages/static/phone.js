// The browser's telephone. The call itself is conducted by the server's handset: this file plays
// what the handset heard, shows the words, and tells the handset what the caller does and when.

const page = document.getElementById("telephone");
const strings = JSON.parse(page.dataset.strings);
const find = (id) => document.getElementById(id);
const [log, moment, progress] = [find("log"), find("moment"), find("progress")];
const keys = [...document.querySelectorAll("[data-key]")];
const outcomes = [...document.querySelectorAll("[data-outcome]")];

const KEYPAD = "0123456789*#";
const ROWS = { 1: 697, 2: 697, 3: 697, 4: 770, 5: 770, 6: 770, 7: 852, 8: 852, 9: 852, "*": 941, 0: 941, "#": 941 };
const COLUMNS = { 1: 1209, 4: 1209, 7: 1209, "*": 1209, 2: 1336, 5: 1336, 8: 1336, 0: 1336, 3: 1477, 6: 1477, 9: 1477, "#": 1477 };
const TONE_SECONDS = 0.08;
const TONE_LEVEL = 0.04;
const AHEAD_SECONDS = 0.3; // a recording is handed to the sound card so long before it begins
const LONG_WAIT_SECONDS = 5; // a shorter one lets the line go on by itself
const KEPT_RECORDINGS = 200;

const seconds = () => performance.now() / 1000;
const sleep = (time) => new Promise((resolve) => setTimeout(resolve, Math.max(0, time * 1000)));
const fill = (text, values) => text.replace(/%\((\w+)\)s/g, (_, name) => values[name]);

// Sound -------------------------------------------------------------------------------------

/** Plays recordings one after another without gaps; where there is none, lets its time pass. */
class Speaker {
  #context = null;
  #volume = null;
  #kept = new Map();
  #nodes = [];
  #parts = [];
  #turn = 0;

  /** Browsers let sound begin only after a click or a key. */
  wake() {
    if (!this.#context && window.AudioContext) {
      this.#context = new AudioContext();
      this.#volume = this.#context.createGain();
      this.#volume.connect(this.#context.destination);
    }
    this.#context?.resume();
  }

  loud(on) {
    this.wake();
    if (this.#volume) this.#volume.gain.value = on ? 1 : 0;
  }

  /** Play utterances; calls `begins` with each as it begins. True at the end, false if stopped. */
  async play(utterances, begins) {
    const turn = ++this.#turn;
    this.#parts = [];
    const sounds = utterances.flatMap((said) => said.sounds.map((sound, index) => ({ ...sound, said, first: index === 0 })));
    sounds.forEach((sound) => sound.audio && this.#recording(sound.audio));
    let at = seconds();
    for (const sound of sounds) {
      const recording = sound.audio && (await this.#recording(sound.audio));
      if (turn !== this.#turn) return false;
      at = Math.max(at, seconds());
      if (recording) this.#start(recording, at);
      const length = recording ? recording.duration : sound.seconds;
      this.#parts.push({ at, length, stoppable: sound.said.stoppable });
      if (sound.first) sleep(at - seconds()).then(() => turn === this.#turn && begins(sound.said));
      at += length;
      await sleep(at - AHEAD_SECONDS - seconds());
      if (turn !== this.#turn) return false;
    }
    await sleep(at - seconds());
    return turn === this.#turn;
  }

  /** Fall silent. */
  stop() {
    this.#turn++;
    this.#nodes.forEach((node) => node.stop());
    this.#nodes = [];
  }

  /** Seconds that have been heard since the last `play`; of what a key may stop, if so asked. */
  heard(stoppable = false) {
    return this.#parts
      .filter((part) => part.stoppable || !stoppable)
      .reduce((sum, part) => sum + Math.min(Math.max(seconds() - part.at, 0), part.length), 0);
  }

  /** The two tones of a key, ITU-T Q.23. */
  tone(key) {
    if (!this.#context) return;
    const volume = this.#context.createGain();
    volume.gain.value = TONE_LEVEL;
    volume.connect(this.#volume);
    for (const frequency of [ROWS[key], COLUMNS[key]]) {
      const tone = new OscillatorNode(this.#context, { frequency });
      tone.connect(volume);
      tone.start();
      tone.stop(this.#context.currentTime + TONE_SECONDS);
    }
  }

  #start(recording, at) {
    const node = new AudioBufferSourceNode(this.#context, { buffer: recording });
    node.connect(this.#volume);
    node.start(this.#context.currentTime + Math.max(0, at - seconds()));
    this.#nodes.push(node);
  }

  /** A recording, or null where it cannot be had: then its words are still shown in its time. */
  #recording(address) {
    if (!this.#kept.has(address)) {
      if (this.#kept.size >= KEPT_RECORDINGS) this.#kept.delete(this.#kept.keys().next().value);
      this.#kept.set(address, this.#load(address).catch(() => null));
    }
    return this.#kept.get(address);
  }

  async #load(address) {
    if (!this.#context) return null;
    const response = await fetch(address);
    return response.ok ? this.#context.decodeAudioData(await response.arrayBuffer()) : null;
  }
}

// The call ----------------------------------------------------------------------------------

const speaker = new Speaker();
let call = null; // {token: the handset as the server froze and signed it, alive: not hung up}
let length = 0; // seconds of what is being said
let waiting = 0; // the timer of the line's patience
let queue = Promise.resolve(); // what the caller does reaches the line in order

function begin() {
  call = { token: null, alive: true, acts: 0 };
  speaker.loud(find("sound").checked);
  log.replaceChildren();
  tell("calling");
  note(strings.you_called);
  show({ inCall: true });
  send(page.dataset.ring, { language: page.dataset.language, at: find("at").value });
}

/** Do something in the call, at this moment of what is being said. */
function act(what) {
  if (!call?.alive) return;
  const after = speaker.heard(true);
  speaker.stop();
  clearTimeout(waiting);
  send(page.dataset.act, { ...what, after });
}

function send(address, what) {
  const current = call;
  current.acts++;
  queue = queue.then(() => deliver(current, address, what)).finally(() => current.acts--);
}

/** Tell the line, and hear its answer unless the caller has gone on meanwhile. */
async function deliver(current, address, what) {
  const answer = await ask(current, address, what);
  if (!answer) return;
  current.token = answer.call;
  if (current.alive && current.acts === 1) carryOn(answer);
}

/** The line's answer; null, with the reason shown, where there is none. */
async function ask(current, address, what) {
  let response;
  try {
    response = await fetch(address, {
      method: "POST",
      headers: { "Content-Type": "application/json", "X-CSRFToken": page.dataset.token ?? "" },
      body: JSON.stringify({ ...what, call: current.token }),
    });
  } catch {
    return fail(current, "offline");
  }
  if (response.ok) return response.json();
  if (response.status === 409) return null; // too late: the call has gone on
  return fail(current, { 400: "lost", 401: "lost", 429: "refused" }[response.status] ?? "fault");
}

/** Without a connection the call still stands where it stood: the caller may try again. */
function fail(current, reason) {
  if (current.alive) reason === "offline" && current.token ? tell(reason) : over(reason);
  return null;
}

async function carryOn(answer) {
  show({ inCall: true, words: answer.listening?.words });
  find("clock").textContent = answer.clock?.replace("T", " ").slice(0, 16) ?? "";
  find("clock").hidden = !answer.clock;
  length = answer.speech.flatMap((said) => said.sounds).reduce((sum, sound) => sum + sound.seconds, 0);
  for (const told of answer.whispered ?? []) noteWhisper(told);
  if (length) tell("speaking");
  if (await speaker.play(answer.speech, (said) => said.text && write(said.text, "line", said.language))) settle(answer);
}

/** What follows when the line has said all it had to say. */
function settle(answer) {
  if (answer.over) {
    over("over");
  } else if (answer.ringing) {
    show({ inCall: true, ringing: true });
    tell("ringing", { number: answer.ringing.number });
  } else {
    const patience = answer.listening?.seconds ?? 1;
    if (patience >= LONG_WAIT_SECONDS) tell(answer.listening.words ? "listening_words" : "listening");
    waiting = setTimeout(() => act({ do: "wait" }), patience * 1000);
  }
}

function hangUp() {
  note(strings.you_hung_up);
  act({ do: "hang up" });
  over("over");
}

function over(reason) {
  speaker.stop();
  clearTimeout(waiting);
  call.alive = false;
  const within = document.activeElement === find("hang-up");
  show({ inCall: false });
  if (within) find("call").focus();
  tell(reason);
}

function press(key) {
  const button = keys.find((each) => each.dataset.key === key);
  if (button.getAttribute("aria-disabled") === "true") return;
  button.classList.add("pressed");
  setTimeout(() => button.classList.remove("pressed"), 150);
  speaker.tone(key);
  note(fill(strings.you_pressed, { key }));
  act({ do: "press", key });
}

function say(event) {
  event.preventDefault();
  const words = find("said").value.trim();
  if (!words || find("said").readOnly) return;
  find("said").value = "";
  note(fill(strings.you_said, { words }));
  act({ do: "say", words });
}

function choose(outcome) {
  show({ inCall: true });
  note(strings[`outcome_${outcome}`]);
  act({ do: "transfer", outcome });
}

// What is shown -----------------------------------------------------------------------------

function tell(which, values = {}) {
  moment.textContent = fill(strings[which], values);
}

function note(text) {
  write(text, "you", page.dataset.language);
}

/** What the desk was told, in the language that it was told in. */
function noteWhisper(told) {
  const [before, after] = strings.whispered.split("%(words)s");
  const words = document.createElement("span");
  words.lang = told.language;
  words.textContent = told.text;
  write([before, words, after], "you", page.dataset.language);
}

function write(text, who, language) {
  const entry = document.createElement("p");
  entry.className = who;
  entry.lang = language;
  entry.dir = "auto";
  entry.append(...[text].flat());
  log.append(entry);
  log.scrollTop = log.scrollHeight;
}

function show({ inCall, ringing = false, words = false }) {
  find("call").hidden = inCall;
  find("hang-up").hidden = !inCall;
  if (inCall && document.activeElement === document.body) find("hang-up").focus();
  find("outcomes").hidden = !ringing;
  for (const button of keys) button.setAttribute("aria-disabled", String(!inCall || ringing));
  find("said").readOnly = !words;
  find("say").setAttribute("aria-disabled", String(!words));
  find("words-hint").textContent = words ? strings.words_on : inCall ? strings.words_off : strings.words_idle;
  if (!inCall) progress.value = 0;
}

function showProgress() {
  progress.value = length ? Math.min(speaker.heard() / length, 1) : 0;
}

function typed(event) {
  const free = !event.target.closest("input:not([type=checkbox]), textarea, select");
  const plain = !event.ctrlKey && !event.metaKey && !event.altKey && !event.repeat;
  if (free && plain && find("keyboard").checked && KEYPAD.includes(event.key)) press(event.key);
}

for (const button of keys) button.addEventListener("click", () => press(button.dataset.key));
for (const button of outcomes) button.addEventListener("click", () => choose(button.dataset.outcome));
find("call").addEventListener("click", begin);
find("hang-up").addEventListener("click", hangUp);
find("words").addEventListener("submit", say);
find("sound").addEventListener("change", (event) => speaker.loud(event.target.checked));
find("announce").addEventListener("change", (event) => log.setAttribute("aria-live", event.target.checked ? "polite" : "off"));
document.addEventListener("keydown", typed);
setInterval(showProgress, 250);
page.classList.add("ready");
