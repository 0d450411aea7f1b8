// Counts down to an instant that the page states in words anyway. The language's own units are the
// browser's; a demo tells its own time, for its clock is not the machine's.

const SECOND = 1000;
const UNITS = [
  ["day", 86_400],
  ["hour", 3_600],
  ["minute", 60],
  ["second", 1],
];

function inWords(seconds, language) {
  let rest = seconds;
  const parts = UNITS.map(([unit, size]) => {
    const number = Math.floor(rest / size);
    rest -= number * size;
    return [unit, number];
  });
  const first = parts.findIndex(([, number]) => number > 0);
  const words = parts
    .slice(first < 0 ? -1 : first)
    .map(([unit, number]) =>
      new Intl.NumberFormat(language, { style: "unit", unit, unitDisplay: "long" }).format(number),
    )
    .join(" ");
  return language === "ja" ? words.replaceAll(/\s/g, "") : words;
}

function count(counter) {
  const until = Date.parse(counter.dataset.until);
  const ahead = counter.dataset.now ? Date.parse(counter.dataset.now) - Date.now() : 0;
  const left = counter.querySelector("[data-left]");
  const tick = () => {
    const seconds = Math.ceil((until - Date.now() - ahead) / SECOND);
    counter.dataset.over = String(seconds <= 0);
    left.textContent = inWords(Math.max(0, seconds), document.documentElement.lang);
    if (seconds > 0) {
      setTimeout(tick, SECOND);
    }
  };
  counter.hidden = false;
  tick();
}

document.querySelectorAll("[data-until]").forEach(count);
