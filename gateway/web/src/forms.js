import { announce, word } from "./announce.js";

/** One press is enough, and none is lost to a missing connection. */
export function keepForms() {
  for (const form of document.querySelectorAll("form[method=post]")) {
    form.removeAttribute("aria-busy");
    for (const button of form.querySelectorAll(".pressed")) button.classList.remove("pressed");
    if (form.dataset.watched) continue;
    form.dataset.watched = "yes";
    form.addEventListener("submit", once);
  }
  for (const button of document.querySelectorAll("[data-copy][hidden]")) offerCopy(button);
}

function once(event) {
  const form = event.currentTarget;
  if (!navigator.onLine) {
    event.preventDefault();
    announce(word("offline"), { visible: true });
  } else if (form.getAttribute("aria-busy") === "true") {
    event.preventDefault();
  } else {
    form.setAttribute("aria-busy", "true");
    event.submitter?.classList.add("pressed");
    // If no answer came, the guest may press again: repeating is safe.
    setTimeout(() => form.removeAttribute("aria-busy"), 8000);
  }
}

function offerCopy(button) {
  if (!navigator.clipboard) return;
  button.hidden = false;
  button.addEventListener("click", async () => {
    await navigator.clipboard.writeText(document.querySelector(button.dataset.copy).href);
    announce(word("copied"), { visible: true });
  });
}
