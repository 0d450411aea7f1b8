// Shows the figures of the prize law for the amounts that are being typed. The server computes them
// from the form as it stands, and saves nothing; without this script they are shown when one saves.
"use strict";

const form = document.querySelector("form[data-law]");
const box = document.getElementById("law");
const PAUSE_MS = 400; // after the last key
let waiting = 0;
let asked = 0;

async function show() {
  const number = ++asked;
  const answer = await fetch(form.dataset.law, { method: "POST", body: new FormData(form) });
  if (!answer.ok || answer.redirected) return;
  const page = new DOMParser().parseFromString(await answer.text(), "text/html");
  if (number === asked) box.replaceChildren(...page.body.childNodes); // the newest only
}

form.addEventListener("input", () => {
  clearTimeout(waiting);
  waiting = setTimeout(() => show().catch(() => {}), PAUSE_MS);
});
