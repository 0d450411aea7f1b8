// The steps by which a receipt is checked against the files that everybody can download.
// Each yields what it computed; the first that fails ends the check.

import { fromHex, hash, isHex, toHex } from "./bytes.js";
import { commitmentOf, identityOf, leafOf, rootOf, seedOf, ticketOf } from "./protocol.js";
import { awardOf, readWinners, winnersFit } from "./winners.js";

const SCHEMA = "pointdraw/1/receipt";
const FIELDS =
  "award index manifest_sha256 nonce path pid rank reward schema ticket wester_id".split(" ");

class Fails extends Error {
  constructor(step, values = {}) {
    super(step);
    this.step = step;
    this.values = values;
  }
}

// The outcome of every step in its order: {step, state, values}; state is ok, bad or waiting.
// open(manifestHash) returns a function that fetches a file of that draw by name, or null.
export async function* check(bytes, open) {
  try {
    const receipt = readReceipt(bytes);
    yield passed("form");
    const draw = await openDraw(receipt, open);
    yield passed("manifest", { manifest: receipt.manifest_sha256 });
    const own = await compute(receipt);
    yield passed("commitment", { m: own.m, c: own.c, leaf: own.leaf });
    yield passed("path", { root: await climb(receipt, own, draw) });
    if (receipt.ticket === null) {
      yield* ["seed", "ticket", "winners", "place", "award"].map((step) => waiting(step));
      return;
    }
    yield* checkResult(receipt, own, draw);
  } catch (failure) {
    if (!(failure instanceof Fails)) {
      throw failure;
    }
    yield { step: failure.step, state: "bad", values: failure.values };
  }
}

async function* checkResult(receipt, own, draw) {
  const result = await readResult(draw);
  yield passed("seed", { randomness: result.randomness, seed: result.seed });
  const ticket = toHex(await ticketOf(fromHex(result.seed), fromHex(receipt.pid)));
  demand(ticket === receipt.ticket, "ticket", { ticket });
  yield passed("ticket", { ticket });
  const winners = readWinners(await draw.file("winners.csv", "winners"));
  demand(winners && (await winnersFit(winners, result, draw.manifest)), "winners");
  yield passed("winners", { rows: String(winners.rows.length) });
  const row = winners.rows.find((one) => one.pid === receipt.pid);
  const award = row ? awardOf(row, result, draw.manifest) : null;
  demand(placeFits(receipt, own, row, award, winners), "place");
  yield passed("place", { rank: award && String(row.rank), last: winners.rows.at(-1).ticket });
  demand(award === receipt.award, "award");
  yield passed("award", { award: String(award ?? 0) });
}

function passed(step, values = {}) {
  return { step, state: "ok", values };
}

function waiting(step) {
  return { step, state: "waiting", values: {} };
}

function demand(holds, step, values) {
  if (!holds) {
    throw new Fails(step, values);
  }
}

function readReceipt(bytes) {
  const text = new TextDecoder().decode(bytes);
  const receipt = readJson(text, "form");
  demand(receipt !== null && typeof receipt === "object", "form");
  demand(Object.keys(receipt).sort().join(" ") === FIELDS.join(" "), "form");
  demand(JSON.stringify(receipt, FIELDS) === text && receipt.schema === SCHEMA, "form");
  const { path, pid, nonce, manifest_sha256: manifest, ticket } = receipt;
  demand(isHex(pid, 16) && isHex(nonce, 32) && isHex(manifest, 32), "form");
  demand(Array.isArray(path) && path.every((one) => isHex(one, 32)), "form");
  demand(ticket === null || isHex(ticket, 32), "form");
  demand([receipt.index, receipt.reward].every(isCount), "form");
  demand([receipt.rank, receipt.award].every((one) => one === null || isCount(one)), "form");
  demand(ticket !== null || (receipt.rank === null && receipt.award === null), "form");
  demand(typeof receipt.wester_id === "string", "form");
  return receipt;
}

function isCount(value) {
  return Number.isSafeInteger(value) && value >= 0;
}

function readJson(text, step) {
  try {
    return JSON.parse(text);
  } catch {
    throw new Fails(step);
  }
}

async function openDraw(receipt, open) {
  const fetchFile = open(receipt.manifest_sha256);
  demand(fetchFile, "manifest", { manifest: receipt.manifest_sha256 });
  const file = async (name, step) => {
    const bytes = await fetchFile(name);
    demand(bytes, step);
    return bytes;
  };
  const bytes = await file("manifest.json", "manifest");
  const manifestHash = await hash(bytes);
  const manifest = toHex(manifestHash);
  demand(manifest === receipt.manifest_sha256, "manifest", { manifest });
  return {
    file,
    manifestHash,
    manifest: readJson(new TextDecoder().decode(bytes), "manifest"),
  };
}

async function compute(receipt) {
  const pid = fromHex(receipt.pid);
  const identity = await identityOf(fromHex(receipt.nonce), receipt.wester_id);
  const commitment = await commitmentOf(pid, receipt.reward, identity);
  const leaf = await leafOf(pid, commitment);
  return { m: toHex(identity), c: toHex(commitment), leaf: toHex(leaf) };
}

async function climb(receipt, own, { manifest }) {
  demand(receipt.index < manifest.entry_count, "path");
  const path = receipt.path.map(fromHex);
  const root = await rootOf(fromHex(own.leaf), receipt.index, manifest.entry_count, path);
  const computed = root === null ? "" : toHex(root);
  demand(computed === manifest.merkle_root, "path", { root: computed });
  return computed;
}

async function readResult(draw) {
  const texts = await Promise.all(
    ["round.json", "result.json"].map(async (name) =>
      new TextDecoder().decode(await draw.file(name, "seed")),
    ),
  );
  const [round, result] = texts.map((text) => readJson(text, "seed"));
  const { manifest, manifestHash } = draw;
  demand(result.manifest_sha256 === toHex(manifestHash), "seed");
  demand(round.round === manifest.beacon.round && result.round === round.round, "seed");
  demand(isHex(round.signature, 48) && result.signature === round.signature, "seed");
  const randomness = await hash(fromHex(round.signature));
  const seed = toHex(await seedOf(manifestHash, round.round, randomness));
  const values = { randomness: toHex(randomness), seed };
  demand(result.randomness === values.randomness && result.seed === seed, "seed", values);
  return result;
}

function placeFits(receipt, own, row, award, { rows }) {
  if (row) {
    const rank = award === null ? null : row.rank;
    return receipt.rank === rank && row.reward === receipt.reward && row.m === own.m;
  }
  const last = rows.at(-1);
  return receipt.rank === null && last && last.ticket + last.pid < receipt.ticket + receipt.pid;
}
