// Focus goes to what came of a form: to what was done, or after an error to the summary, and the fields that it links to are known as wrong, described by what
// the summary says of them, where the page itself has not said so already.
"use strict";

const summary = document.querySelector("main .problem.summary");

/** The field that a link of the summary leads to: by its id, else by its name. */
function fieldOf(link) {
  const name = decodeURIComponent(link.hash.slice(1));
  return document.getElementById(name) ?? document.querySelector(`main form [name="${CSS.escape(name)}"]`);
}

if (summary) {
  for (const [number, link] of [...summary.querySelectorAll("a[href^='#']")].entries()) {
    const field = fieldOf(link);
    if (!field) continue;
    link.addEventListener("click", (event) => {
      event.preventDefault();
      for (let at = field.closest("details"); at; at = at.parentElement.closest("details")) at.open = true;
      field.focus();
    });
    if (field.getAttribute("aria-invalid") === "true") continue;
    link.id ||= `wrong-${number + 1}`;
    field.setAttribute("aria-invalid", "true");
    field.setAttribute("aria-describedby", `${link.id} ${field.getAttribute("aria-describedby") ?? ""}`.trim());
  }
}

// What was done is heard as well: the page that tells it begins there.
(summary ?? document.querySelector("main .done"))?.focus();
