// Single keys in the inbox: each is a link or a button that stands on the page anyway. They can
// be switched off, and never act while something is being typed.
const line = document.querySelector("[data-keys]");
const on = line?.querySelector("[data-keys-on]");
const kept = "inbox keys off";

if (line && on) {
  line.hidden = false;
  on.checked = sessionStorage.getItem(kept) === null;
  on.addEventListener("change", () => (on.checked ? sessionStorage.removeItem(kept) : sessionStorage.setItem(kept, "yes")));
}

addEventListener("keydown", (e) => {
  if (!on?.checked || e.ctrlKey || e.altKey || e.metaKey || e.isComposing || e.target.closest("input:not([type=checkbox]), textarea, select")) return;
  const words = document.getElementById("words");
  if (words && (e.key === "q" || e.key === "x")) {
    e.preventDefault();
    words.focus();
    return;
  }
  const to = /^[jkao1-5]$/.test(e.key) && document.querySelector(`[data-key="${e.key}"]`);
  if (!to) return;
  e.preventDefault();
  to.click();
});
