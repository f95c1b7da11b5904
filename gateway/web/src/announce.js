const words = () => document.getElementById("words").dataset;

/** The page's own words for `name`, `{key}`s filled in. */
export function word(name, values = {}) {
  return Object.entries(values).reduce(
    (text, [key, value]) => text.replace(`{${key}}`, value),
    words()[name],
  );
}

/** Say `text` to screen readers; `visible` also shows it for a while. */
export function announce(text, { visible = false } = {}) {
  const status = document.getElementById("status");
  if (!text || !status) return;
  status.className = visible ? "toast" : "unseen";
  status.textContent = "";
  // A live region speaks when it changes; the same text twice needs a moment of silence between.
  setTimeout(() => {
    status.textContent = text;
  }, 50);
  if (visible) {
    setTimeout(() => {
      status.className = "unseen";
    }, 8000);
  }
}
