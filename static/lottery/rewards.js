// What a reward in a prize can be, by the published terms.

// The least and the greatest reward of an entrant who may win the prize. Numbers of points and yen
// are so large that products of two need BigInt.
export function boundsOf(prize, lots, lotsTotal, campaignMinimum) {
  const { reward } = prize;
  if (reward.kind === "fixed") {
    return [reward.points, reward.points];
  }
  if (reward.kind === "pool") {
    const share = BigInt(lots) * (BigInt(reward.points) / BigInt(Math.max(lotsTotal, 1)));
    const points = Number(share);
    const capped = reward.cap === null ? points : Math.min(points, reward.cap);
    return [capped, capped];
  }
  const minimum = prize.minimum_total_yen ?? campaignMinimum;
  const least = Number((BigInt(minimum) * BigInt(reward.percent)) / 100n);
  const caps = [reward.cap, ...reward.cap_if.map((item) => item.cap)];
  return [Math.max(1, Math.min(least, ...caps)), Math.max(...caps)];
}
