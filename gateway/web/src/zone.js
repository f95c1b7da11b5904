import { word } from "./announce.js";

const guest = Intl.DateTimeFormat().resolvedOptions().timeZone;

/** Tell the form where the guest is; where their clock differs from the branch's, show theirs below each time. */
export function showGuestZone() {
  for (const field of document.querySelectorAll("[data-guest-zone]")) field.value = guest ?? "";
  const zone = document.querySelector("[data-zone]");
  if (!zone || !guest || zone.dataset.shown) return;
  const times = [...document.querySelectorAll(".slots time")];
  const differing = times.filter((time) => wall(time, guest) !== wall(time, zone.dataset.zone));
  if (!differing.length) return;
  zone.dataset.shown = "yes";
  const place = guest.split("/").pop().replaceAll("_", " ");
  zone.querySelector("[data-zone-note]").textContent = word("zoneNote", { place });
  for (const time of differing) {
    const own = wall(time, guest, day(time, guest) !== day(time, zone.dataset.zone));
    const small = document.createElement("small");
    small.textContent = own;
    small.ariaHidden = "true"; // a button's name says it
    time.after(small);
    const name = time.closest("button")?.querySelector(".unseen");
    name?.append(`, ${own} ${word("yourTime", { place })}`);
  }
}

function wall(time, timeZone, withDay = false) {
  const how = { hour: "2-digit", minute: "2-digit", hourCycle: "h23", timeZone };
  if (withDay) how.weekday = "short";
  return new Intl.DateTimeFormat(document.documentElement.lang, how).format(new Date(time.dateTime));
}

function day(time, timeZone) {
  return new Intl.DateTimeFormat("en", { timeZone, dateStyle: "short" }).format(new Date(time.dateTime));
}
