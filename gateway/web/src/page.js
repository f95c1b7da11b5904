// Everything here saves a round trip or adds a nicety: the pages do the whole job without it.
import "htmx.org";
import { announce } from "./announce.js";
import { startCountdowns } from "./countdown.js";
import { keepForms } from "./forms.js";
import { showGuestZone } from "./zone.js";

function enhance() {
  startCountdowns();
  showGuestZone();
  keepForms();
}

function land(target) {
  // After a choice, reading goes on at the next one: the address's fragment names it.
  const next = location.hash && document.getElementById(location.hash.slice(1));
  if (target && next) next.focus({ preventScroll: true });
}

document.addEventListener("htmx:config:request", (event) => {
  // Another day or length changes what stands below; the page stays where it is.
  const { ctx } = event.detail;
  if (ctx.sourceElement.hasAttribute("data-stay")) ctx.request.anchor = null;
});

document.addEventListener("htmx:after:request", (event) => {
  // An answer without the part that was asked for is a page of its own, such as "we cannot reach our calendar".
  const { ctx } = event.detail;
  if (ctx.select === "#choose" && !ctx.text.includes('id="choose"')) {
    event.preventDefault();
    location.assign(ctx.request.action);
  }
});

document.addEventListener("htmx:after:swap", (event) => {
  const { ctx } = event.detail;
  enhance();
  if (ctx.request?.anchor) land(ctx.target);
  announce(document.getElementById("choose")?.dataset.say);
});

document.addEventListener("htmx:error", () => {
  announce(document.getElementById("words").dataset.failed, { visible: true });
});

window.addEventListener("pageshow", enhance);
enhance();
document.querySelector("[data-focus]")?.focus();
