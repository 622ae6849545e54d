// Passkeys: the browser is asked for one, and its answer goes into the form. Without this script, or in a browser that
// knows none, forms for passkeys stay hidden, and one signs in another way.
"use strict";

function bytes(text) {
  const plain = atob(text.replace(/-/g, "+").replace(/_/g, "/"));
  return Uint8Array.from(plain, (each) => each.charCodeAt(0)).buffer;
}

function text(buffer) {
  const plain = String.fromCharCode(...new Uint8Array(buffer));
  return btoa(plain).replace(/\+/g, "-").replace(/\//g, "_").replace(/=+$/, "");
}

function asked(options) {
  const told = JSON.parse(options);
  told.challenge = bytes(told.challenge);
  if (told.user) told.user.id = bytes(told.user.id);
  for (const name of ["allowCredentials", "excludeCredentials"]) {
    told[name] = (told[name] ?? []).map((each) => ({ ...each, id: bytes(each.id) }));
  }
  return told;
}

function answered(made) {
  const response = {};
  for (const name of ["clientDataJSON", "attestationObject", "authenticatorData", "signature", "userHandle"]) {
    if (made.response[name]) response[name] = text(made.response[name]);
  }
  return JSON.stringify({
    id: made.id,
    rawId: text(made.rawId),
    type: made.type,
    response,
    clientExtensionResults: made.getClientExtensionResults(),
  });
}

async function ask(form, kind, options) {
  const told = form.querySelector("[data-passkey-told]");
  told.textContent = form.dataset.asking;
  try {
    const made = await navigator.credentials[kind]({ publicKey: asked(options) });
    form.elements.answer.value = answered(made);
    return true;
  } catch (error) {
    told.textContent = error.name === "InvalidStateError" ? form.dataset.there : form.dataset.failed;
    return false;
  }
}

if (window.PublicKeyCredential && navigator.credentials) {
  for (const form of document.querySelectorAll("form[data-passkey]")) {
    form.hidden = false;
    form.addEventListener("submit", async (event) => {
      if (form.elements.answer.value) return;
      event.preventDefault();
      if (await ask(form, form.dataset.passkey, form.dataset.options)) form.submit();
    });
  }
  for (const button of document.querySelectorAll("button[data-beside]")) {
    const form = button.form;
    button.hidden = false;
    button.addEventListener("click", async () => {
      form.elements.code.required = false;
      if (form.reportValidity() && (await ask(form, "get", button.dataset.beside))) form.submit();
      else form.elements.code.required = true;
    });
  }
  for (const hint of document.querySelectorAll("[data-no-passkey]")) hint.hidden = true;
}
