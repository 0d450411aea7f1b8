// The published list of winners: its rows, their order, and the cut at the budget.

import { fromHex, hash, isHex, toHex } from "./bytes.js";
import { ticketOf } from "./protocol.js";

const HEADER = "rank,pid,reward,m,cumulative";
const NUMBER = /^[1-9][0-9]*$/;

// The rows of winners.csv with the hash of its bytes; null where it is no such file.
export function readWinners(bytes) {
  const lines = new TextDecoder().decode(bytes).split("\n");
  if (lines.shift() !== HEADER || lines.pop() !== "") {
    return null;
  }
  const rows = lines.map((line) => readRow(line.split(",")));
  return rows.every((row) => row !== null) ? { bytes, rows } : null;
}

function readRow([rank, pid, reward, m, cumulative, ...more]) {
  const numbers = [rank, reward, cumulative];
  if (more.length || !numbers.every((one) => NUMBER.test(one)) || !isHex(pid, 16)) {
    return null;
  }
  return { rank: Number(rank), pid, reward: Number(reward), m, cumulative: Number(cumulative) };
}

// Whether the list is the result's, in the order of the tickets, and ends where the budget does.
// Each row gets its ticket.
export async function winnersFit({ bytes, rows }, result, manifest) {
  if (toHex(await hash(bytes)) !== result.winners_sha256) {
    return false;
  }
  const seed = fromHex(result.seed);
  const tickets = await Promise.all(rows.map((row) => ticketOf(seed, fromHex(row.pid))));
  rows.forEach((row, place) => {
    row.ticket = toHex(tickets[place]);
  });
  return rows.every((row, place) => rowFits(row, place, rows)) && cutFits(rows, result, manifest);
}

function rowFits(row, place, rows) {
  const before = rows[place - 1];
  const isInOrder = !before || before.ticket + before.pid < row.ticket + row.pid;
  const sum = (before?.cumulative ?? 0) + row.reward;
  return isInOrder && row.rank === place + 1 && row.cumulative === sum;
}

// The row after the winners, where there is one, is of the entry at which the budget ended.
function cutFits(rows, result, { budget, policy, entry_count: entrants }) {
  const { winners } = result;
  const whole = rows[winners - 1]?.cumulative ?? 0;
  const next = rows[winners];
  const awarded = whole + (next && policy === "partial" ? budget - whole : 0);
  return (
    rows.length === Math.min(winners + 1, entrants) &&
    whole <= budget &&
    (!next || next.cumulative > budget) &&
    awarded === result.total_points &&
    result.leftover_points === budget - awarded
  );
}

// What a row gets: its reward, or what was left for the one at which the budget ended; else null.
export function awardOf(row, result, { budget, policy }) {
  if (row.rank <= result.winners) {
    return row.reward;
  }
  const left = budget - (row.cumulative - row.reward);
  return policy === "partial" && left > 0 ? left : null;
}
