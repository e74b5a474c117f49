// Keys for the drafts of an account: j and k go on and back, a accepts, r rejects, l leaves
// open, c goes to the facts. Without it, the same is done by the fields themselves.
const drafts = [...document.querySelectorAll("[data-draft]")];
let here = -1;

function go(to) {
  if (!drafts.length) return;
  drafts[here]?.removeAttribute("data-here");
  here = Math.max(0, Math.min(drafts.length - 1, to));
  drafts[here].setAttribute("data-here", "");
  drafts[here].querySelector("input[type=radio]:checked").focus();
  drafts[here].scrollIntoView({ block: "center" });
}

function choose(what) {
  const radio = drafts[here]?.querySelector(`[data-says="${what}"]`);
  if (radio) radio.checked = true;
}

function correct() {
  const facts = drafts[here]?.querySelector("details");
  if (!facts) return;
  facts.open = true;
  document.addEventListener("keyup", () => facts.querySelector("input").focus(), { once: true }); // or the key itself is typed
}

const typing = (e) => e.target.matches("input:not([type=radio]), textarea, select");

document.addEventListener("keydown", (e) => {
  if (e.ctrlKey || e.altKey || e.metaKey) return;
  if (e.key === "Escape" && typing(e)) return go(here);
  if (typing(e)) return;
  const act = { j: () => go(here + 1), k: () => go(here - 1), a: () => { choose("a"); go(here + 1); }, r: () => { choose("r"); go(here + 1); }, l: () => choose("l"), c: correct }[e.key];
  if (!act) return;
  e.preventDefault();
  if (here < 0 && e.key !== "j") go(0);
  act();
});

document.addEventListener("focusin", (e) => {
  const at = drafts.indexOf(e.target.closest("[data-draft]"));
  if (at >= 0 && at !== here) {
    drafts[here]?.removeAttribute("data-here");
    here = at;
    drafts[here].setAttribute("data-here", "");
  }
});
for (const hint of document.querySelectorAll(".keys")) hint.hidden = false;
