// Passkeys. A button with data-begin and data-finish asks the server for a ceremony, lets the
// browser hold it, and sends the answer back. Without this script everything else works.

const bytes = (text) => Uint8Array.from(atob(text.replace(/-/g, "+").replace(/_/g, "/")), (c) => c.charCodeAt(0));
const text = (buffer) => btoa(String.fromCharCode(...new Uint8Array(buffer))).replace(/\+/g, "-").replace(/\//g, "_").replace(/=+$/, "");

// options turns the server's JSON into what the browser takes.
function options(o) {
  const key = { ...o, challenge: bytes(o.challenge) };
  if (o.user) key.user = { ...o.user, id: bytes(o.user.id) };
  for (const list of ["allowCredentials", "excludeCredentials"]) {
    if (o[list]) key[list] = o[list].map((c) => ({ ...c, id: bytes(c.id) }));
  }
  return key;
}

// answer turns what the browser made into JSON.
function answer(c) {
  const response = {};
  for (const name of ["clientDataJSON", "attestationObject", "authenticatorData", "signature", "userHandle"]) {
    if (c.response[name]) response[name] = text(c.response[name]);
  }
  if (c.response.getTransports) response.transports = c.response.getTransports();
  return { id: c.id, rawId: text(c.rawId), type: c.type, response, clientExtensionResults: c.getClientExtensionResults() };
}

async function post(url, body) {
  const r = await fetch(url, { method: "POST", headers: { "Content-Type": "application/json", Accept: "application/json" }, body: JSON.stringify(body) });
  if (!r.ok) throw new Error(String(r.status));
  return r.json();
}

async function hold(button) {
  const begun = await post(button.dataset.begin, {});
  const publicKey = options(begun.options.publicKey);
  const made = publicKey.user ? await navigator.credentials.create({ publicKey }) : await navigator.credentials.get({ publicKey });
  const name = document.getElementById("passkey-name")?.value ?? "";
  const done = await post(button.dataset.finish, { token: begun.token, name, answer: answer(made) });
  location.assign(done.next);
}

for (const button of document.querySelectorAll("button[data-begin]")) {
  if (!window.PublicKeyCredential) continue;
  button.closest("[hidden]")?.removeAttribute("hidden");
  button.addEventListener("click", async () => {
    const said = document.getElementById(button.getAttribute("aria-describedby"));
    said.textContent = "";
    button.disabled = true;
    try {
      await hold(button);
    } catch {
      said.textContent = button.dataset.failed;
    } finally {
      button.disabled = false;
    }
  });
}
