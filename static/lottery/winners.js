// The published list of winners: its lines, their order, and where prizes and budget end.

import { fromHex, hash, isHex, toHex } from "./bytes.js";
import { hasBit, ticketOf } from "./protocol.js";

const HEADER = "prize,rank,pid,reward,award,lot,m,others,cumulative";
const NUMBER = /^(?:0|[1-9][0-9]*)$/;

// The lines of winners.csv with its bytes; null where it is no such file.
export function readWinners(bytes) {
  const lines = new TextDecoder().decode(bytes).split("\n");
  if (lines.shift() !== HEADER || lines.pop() !== "") {
    return null;
  }
  const rows = lines.map((line) => readRow(line.split(",")));
  return rows.every((row) => row !== null) ? { bytes, rows } : null;
}

function readRow([prize, rank, pid, reward, award, lot, m, others, cumulative, ...more]) {
  const numbers = [prize, rank, reward, award, lot, cumulative];
  if (more.length || !numbers.every((one) => NUMBER.test(one)) || !isHex(pid, 16)) {
    return null;
  }
  const [prizeNumber, rankNumber, points, awarded, lotNumber, sum] = numbers.map(Number);
  return {
    prize: prizeNumber,
    rank: rankNumber,
    pid,
    reward: points,
    award: awarded,
    lot: lotNumber,
    m,
    others,
    cumulative: sum,
  };
}

// Whether the list is the result's, in the order of the tickets within each prize, gives nobody
// two prizes unless one is beside the others, and ends where prizes and budget do.
// Each row gets its key: ticket and pid in hex, which are in the order of the draw.
export async function winnersFit({ bytes, rows }, result, manifest) {
  if (toHex(await hash(bytes)) !== result.winners_sha256) {
    return false;
  }
  const seed = fromHex(result.seed);
  const tickets = await Promise.all(rows.map((row) => ticketOf(seed, fromHex(row.pid), row.lot)));
  rows.forEach((row, place) => {
    row.ticket = toHex(tickets[place]);
    row.key = row.ticket + row.pid;
  });
  return (
    rows.every((row, place) => rowFits(row, place, rows, manifest)) &&
    nobodyIsTwice(rows, manifest) &&
    sumsFit(rows, result, manifest)
  );
}

function rowFits(row, place, rows, { budget_points: budget, edge, prizes }) {
  const before = rows[place - 1];
  const isInOrder =
    !before ||
    before.prize < row.prize ||
    (before.prize === row.prize && before.key < row.key && before.rank < row.rank);
  const left = budget - (before?.cumulative ?? 0);
  const fits = row.reward <= left;
  const award = fits ? row.reward : edge === "partial" ? left : 0;
  return (
    row.prize >= 1 &&
    row.prize <= prizes.length &&
    row.rank >= 1 &&
    row.reward >= 1 &&
    isInOrder &&
    (fits || place === rows.length - 1) &&
    row.award === award &&
    row.cumulative === budget - left + award
  );
}

function nobodyIsTwice(rows, { prizes }) {
  const known = new Map();
  return rows.every(({ pid, rank, lot, prize }) => {
    const earlier = known.get(pid);
    known.set(pid, earlier ?? { rank, lot });
    return (
      !earlier ||
      (prizes[prize - 1].beside === 1 && earlier.rank === rank && earlier.lot === lot)
    );
  });
}

function sumsFit(rows, result, manifest) {
  const total = rows.at(-1)?.cumulative ?? 0;
  const counts = manifest.prizes.map(
    (_, place) => rows.filter((row) => row.prize === place + 1 && isFull(row)).length,
  );
  return (
    JSON.stringify(counts) === JSON.stringify(result.winners) &&
    counts.every((count, place) => count <= limitOf(place, manifest)) &&
    total === result.total_points &&
    result.leftover_points === manifest.budget_points - total
  );
}

function isFull(row) {
  return row.award === row.reward;
}

// How many can win a prize at most.
function limitOf(place, { eligible, prizes }) {
  const { take } = prizes[place];
  if (take.one_in) {
    return Math.ceil(eligible[place] / take.one_in);
  }
  return take.winners ?? eligible[place];
}

// Whether the lines of an entrant, and those that they have not, are what their place gives them.
// Theirs are the key, the rank, and the mask of the prizes that they may win. Between two winners
// the exact rank is that of the whole list, which verify_draw.py checks.
export function placeFits({ key, pid, rank, mask }, rows, manifest) {
  const isAmong = rows.every((row) =>
    row.pid === pid ? row.rank === rank : row.key < key === row.rank < rank,
  );
  const own = new Set(rows.filter((row) => row.pid === pid).map((row) => row.prize));
  let hasAward = false;
  return (
    isAmong &&
    rank >= 1 &&
    rank <= manifest.entry_count &&
    manifest.prizes.every((prize, place) => {
      const mayWin = hasBit(mask, place + 1) && (prize.beside === 1 || !hasAward);
      const isDue = mayWin && !hasEnded(place, key, rows, manifest);
      hasAward ||= own.has(place + 1);
      return own.has(place + 1) === isDue;
    })
  );
}

// Whether a prize ended before it came to the place of this key: it had all its winners, or the
// budget of the plan ended.
function hasEnded(place, key, rows, manifest) {
  const lines = rows.filter((row) => row.prize === place + 1);
  const last = rows.at(-1);
  if (last && !isFull(last) && last.prize <= place + 1) {
    return last.prize < place + 1 || last.key < key;
  }
  const limit = limitOf(place, manifest);
  return lines.length === limit && (limit === 0 || lines.at(-1).key < key);
}
