// Asks the API of this environment whether it is well, and says so.
"use strict";

const PATIENCE = 10000;
const state = document.getElementById("state");
const hint = document.getElementById("hint");
const again = document.getElementById("again");

function show(kind, text, more) {
  state.dataset.state = kind;
  state.textContent = text; // never as HTML: it holds what was answered
  hint.textContent = more || "";
  hint.hidden = !more;
}

async function asked() {
  const answer = await fetch("/api/health", { cache: "no-store", signal: AbortSignal.timeout(PATIENCE) });
  const said = await answer.json().catch(() => ({}));
  if (answer.ok && said.status === "ok") {
    show("well", `Environment ${said.environment} is well.`);
    document.title = `Smart Stream: ${said.environment}`;
  } else {
    const name = answer.headers.get("x-correlation-id");
    show("unwell", `The API answers with status ${answer.status}.`, name ? `Its log says why, under ${name}.` : "Its log says why.");
  }
}

async function ask() {
  again.setAttribute("aria-disabled", "true"); // not disabled: the focus would be lost
  show("asking", "Asking …");
  try {
    await asked();
  } catch {
    show("unwell", "The API does not answer.", "See whether you are connected, and ask again.");
  } finally {
    again.removeAttribute("aria-disabled");
  }
}

again.addEventListener("click", () => {
  if (!again.hasAttribute("aria-disabled")) {
    ask();
  }
});
ask();
