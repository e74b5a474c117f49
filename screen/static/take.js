// Reads back while a report is taken down: when a field has been filled in, the form is read by
// the server and what was heard is shown above it. Without scripts the first button does that.
const form = document.getElementById("take");
const box = document.getElementById("heard");
let turn = 0;

async function read() {
  const mine = ++turn;
  const body = new URLSearchParams(new FormData(form));
  body.set("step", "read");
  const answer = await fetch(form.action, { method: "POST", body, headers: { Accept: "text/html" } }).catch(() => undefined);
  if (!answer || mine !== turn || !(answer.ok || answer.status === 422)) return; // the button still does it
  const page = new DOMParser().parseFromString(await answer.text(), "text/html");
  const fresh = page.getElementById("heard");
  if (!fresh || mine !== turn) return;
  const ticked = document.activeElement && box.contains(document.activeElement) ? document.activeElement : undefined;
  if (ticked) return; // somebody is reading back already
  box.replaceChildren(...fresh.childNodes);
}

form?.addEventListener("change", (e) => {
  if (!box.contains(e.target) && ["act", "means", "place", "when", "going", "who", "against", "killed", "injured"].includes(e.target.name)) void read();
  if (e.target.name === "pick") { // another place must be read back anew
    const back = form.querySelector("[name=read_back]");
    if (back) back.checked = false;
  }
});
