// Checks a receipt in the browser of the person it belongs to and shows every step in words.
// The words stand in the page; here is only which of them are shown.

import { check } from "./proof.js";

const checker = document.querySelector("[data-checker]");
const steps = checker.querySelector("[data-steps]");
const said = checker.querySelector("[data-said]");

let latest = 0; // the check that was asked for last; an earlier one has nothing more to say

// Shows every step in its order, as soon as its outcome is known.
async function show(bytes, isLatest) {
  let outcome = null;
  for await (outcome of check(bytes, openDraw)) {
    if (!isLatest()) {
      return;
    }
    showStep(outcome);
  }
  say(outcome.state);
  if (outcome.state === "bad") {
    said.append(` ${stepOf(outcome.step).querySelector("h3").textContent}`);
  }
}

function showStep({ step, state, values }) {
  const item = stepOf(step);
  item.dataset.state = state;
  for (const place of item.querySelectorAll("[data-value]")) {
    const value = values[place.dataset.value];
    place.hidden = !value;
    place.querySelector("code").textContent = value ?? "";
  }
  const details = item.querySelector("details");
  if (details) {
    details.hidden = !Object.keys(values).length;
  }
}

function stepOf(name) {
  return steps.querySelector(`[data-step="${name}"]`);
}

function say(name) {
  said.dataset.state = name;
  said.textContent = checker.querySelector(`[data-say="${name}"]`).content.textContent.trim();
}

// The files of the draw that a manifest hash names, where this page knows it.
function openDraw(manifestHash) {
  const draw = document.querySelector(`[data-manifest="${manifestHash}"]`);
  return draw && ((name) => fetchBytes(new URL(name, new URL(draw.dataset.files, location.href))));
}

async function fetchBytes(address) {
  const response = await fetch(address, { credentials: "same-origin" });
  return response.ok ? new Uint8Array(await response.arrayBuffer()) : null;
}

async function attempt(read) {
  latest += 1;
  const number = latest;
  steps.querySelectorAll("[data-step]").forEach((step) => step.removeAttribute("data-state"));
  say("running");
  try {
    const bytes = await read();
    if (bytes === null) {
      say("unavailable");
      return;
    }
    await show(bytes, () => number === latest);
  } catch (failure) {
    say("unavailable");
    throw failure;
  }
}

function start() {
  if (!window.crypto?.subtle) {
    say("insecure");
    return;
  }
  const mine = checker.querySelector("[data-check-mine]");
  mine?.addEventListener("click", () => attempt(() => fetchBytes(checker.dataset.receipt)));
  const chosen = checker.querySelector("[data-check-file]");
  chosen.addEventListener("change", () => {
    const file = chosen.files[0];
    if (file) {
      attempt(async () => new Uint8Array(await file.arrayBuffer()));
    }
  });
  checker.querySelector("[data-needs-script]").hidden = true;
  checker.querySelector("[data-tools]").hidden = false;
}

start();
