// The steps by which a receipt is checked against the files that everybody can download.
// Each yields what it computed; the first that fails ends the check.

import { fromHex, hash, isHex, toHex } from "./bytes.js";
import {
  commitmentOf,
  hasBit,
  identityOf,
  leafOf,
  leastTicket,
  rewardCommitmentOf,
  rootOf,
  seedOf,
} from "./protocol.js";
import { boundsOf } from "./rewards.js";
import { placeFits, readWinners, winnersFit } from "./winners.js";

const SCHEMA = "pointdraw/2/receipt";
const FIELDS =
  "awards index lot lots manifest_sha256 mask nonces path pid rank rewards schema ticket wester_id".split(
    " ",
  );
const MOST_LOTS = 65_535;
const MOST_PRIZES = 16;

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
    const own = await compute(receipt, draw);
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
  const { ticket, lot } = await leastTicket(
    fromHex(result.seed),
    fromHex(receipt.pid),
    receipt.lots,
  );
  demand(ticket === receipt.ticket && lot === receipt.lot, "ticket", { ticket });
  yield passed("ticket", { ticket });
  const winners = readWinners(await draw.file("winners.csv", "winners"));
  demand(winners && (await winnersFit(winners, result, draw.manifest)), "winners");
  yield passed("winners", { rows: String(winners.rows.length) });
  const { pid, rank, mask } = receipt;
  const lines = winners.rows.filter((row) => row.pid === pid);
  const isThere = placeFits({ key: ticket + pid, pid, rank, mask }, winners.rows, draw.manifest);
  demand(isThere && lines.every((row) => opens(row, receipt, own)), "place");
  yield passed("place", { rank: String(rank), last: winners.rows.at(-1)?.ticket });
  const awards = receipt.rewards.map(
    (_, place) => lines.find((row) => row.prize === place + 1)?.award ?? 0,
  );
  demand(JSON.stringify(awards) === JSON.stringify(receipt.awards), "award");
  yield passed("award", { award: awards.join(" ") });
}

// Whether a line of the list opens the record that the receipt opens.
function opens(row, receipt, own) {
  const others = own.parts.filter((_, place) => place !== row.prize - 1);
  return (
    row.lot === receipt.lot &&
    row.reward === receipt.rewards[row.prize - 1] &&
    row.m === own.identities[row.prize - 1] &&
    row.others === others.join(".")
  );
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
  const { path, pid, manifest_sha256: manifest, ticket } = receipt;
  demand(isHex(pid, 16) && isHex(manifest, 32), "form");
  demand(isList(path, (one) => isHex(one, 32)), "form");
  demand(isList(receipt.nonces, (one) => isHex(one, 32)), "form");
  demand(isList(receipt.rewards, isCount), "form");
  const prizes = receipt.rewards.length;
  demand(prizes >= 1 && prizes <= MOST_PRIZES && receipt.nonces.length === prizes, "form");
  demand(isCount(receipt.index), "form");
  demand(isCount(receipt.lots) && receipt.lots >= 1 && receipt.lots <= MOST_LOTS, "form");
  demand(isCount(receipt.mask) && receipt.mask < 2 ** prizes, "form");
  demand(typeof receipt.wester_id === "string", "form");
  const { lot, rank, awards } = receipt;
  if (ticket === null) {
    demand(lot === null && rank === null && awards === null, "form");
  } else {
    demand(isHex(ticket, 32) && isCount(lot) && isCount(rank) && isList(awards, isCount), "form");
  }
  return receipt;
}

function isList(value, fits) {
  return Array.isArray(value) && value.every(fits);
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

async function compute(receipt, draw) {
  const { rewards, lots, mask } = receipt;
  const pid = fromHex(receipt.pid);
  demand(rewards.length === draw.manifest.prizes.length, "commitment");
  const identities = await Promise.all(
    receipt.nonces.map((nonce) => identityOf(fromHex(nonce), receipt.wester_id)),
  );
  const parts = await Promise.all(
    rewards.map((reward, place) => rewardCommitmentOf(pid, place + 1, reward, identities[place])),
  );
  const commitment = await commitmentOf(pid, lots, mask, parts);
  const leaf = await leafOf(pid, lots, mask, commitment);
  await checkRewards(receipt, draw);
  return {
    identities: identities.map(toHex),
    parts: parts.map(toHex),
    m: identities.map(toHex).join(" "),
    c: toHex(commitment),
    leaf: toHex(leaf),
  };
}

// Each reward must be one that the terms can give, and 0 where the mask has no bit.
async function checkRewards({ rewards, lots, mask }, { file, manifest }) {
  const bytes = await file("terms.json", "commitment");
  demand(toHex(await hash(bytes)) === manifest.terms_sha256, "commitment");
  const { minimum_total_yen: minimum } = readJson(new TextDecoder().decode(bytes), "commitment");
  const fit = manifest.prizes.every((prize, place) => {
    const bounds = hasBit(mask, place + 1)
      ? boundsOf(prize, lots, manifest.lots_total, minimum)
      : [0, 0];
    return bounds[0] <= rewards[place] && rewards[place] <= bounds[1];
  });
  demand(fit, "commitment");
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
