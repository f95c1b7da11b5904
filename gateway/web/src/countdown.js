import { announce, word } from "./announce.js";

// Seconds left at which a screen reader is told; in between the figure moves in silence.
const MILESTONES = [300, 120, 60];

/** Count every hold on the page down, from the seconds that the server says are left. */
export function startCountdowns() {
  for (const hold of document.querySelectorAll("#hold[data-seconds]:not([data-counting])")) count(hold);
}

function count(hold) {
  hold.setAttribute("data-counting", "");
  const end = Date.now() + Number(hold.dataset.seconds) * 1000;
  let before = Number(hold.dataset.seconds);
  const tick = () => {
    if (!hold.isConnected) return clearInterval(timer);
    const left = Math.max(0, Math.round((end - Date.now()) / 1000));
    const passed = MILESTONES.find((mark) => before > mark && left <= mark && left > 0);
    before = left;
    if (passed) announce(passed === 60 ? word("minuteLeft") : word("minutesLeft", { count: passed / 60 }));
    hold.classList.toggle("soon", left <= 60);
    if (left === 0) return over(hold, timer);
    const clock = `${Math.floor(left / 60)}:${String(left % 60).padStart(2, "0")}`;
    hold.querySelector("[data-left]").textContent = word("left", { time: clock });
  };
  const timer = setInterval(tick, 1000);
  tick();
}

function over(hold, timer) {
  clearInterval(timer);
  hold.classList.add("over");
  hold.querySelector("#extend")?.remove();
  hold.querySelector("[data-left]").textContent = "";
  const said = hold.dataset.over ?? word("holdOver");
  hold.querySelector("[data-until]").textContent = said;
  announce(said);
}
