// Passkeys: the browser's own ceremony, for the page that signs in and for the one that makes a key. Where the browser
// has none, nothing shows: the password is there.

const bytes = (text) =>
  Uint8Array.from(atob(text.replace(/-/g, "+").replace(/_/g, "/")), (character) => character.charCodeAt(0));
const text = (buffer) =>
  btoa(String.fromCharCode(...new Uint8Array(buffer))).replace(/\+/g, "-").replace(/\//g, "_").replace(/=+$/, "");

async function send(url, token, body) {
  const response = await fetch(url, {
    method: "POST",
    headers: { "Content-Type": "application/json", "X-CSRFToken": token },
    body: JSON.stringify(body ?? {}),
  });
  const isJson = (response.headers.get("Content-Type") ?? "").startsWith("application/json");
  const answer = isJson && !response.redirected ? await response.json() : {};
  if (!response.ok || !isJson || response.redirected) throw new Error(answer.said ?? "");
  return answer;
}

const described = (list) => (list ?? []).map((known) => ({ ...known, id: bytes(known.id) }));

function sent(credential) {
  const answer = {};
  for (const part of ["clientDataJSON", "attestationObject", "authenticatorData", "signature", "userHandle"]) {
    if (credential.response[part]) answer[part] = text(credential.response[part]);
  }
  return { id: credential.id, rawId: text(credential.rawId), type: credential.type, response: answer };
}

async function show({ passkey, enter, token }) {
  const options = await send(passkey, token);
  const credential = await navigator.credentials.get({
    publicKey: {
      ...options,
      challenge: bytes(options.challenge),
      allowCredentials: described(options.allowCredentials),
    },
  });
  location.assign((await send(enter, token, { credential: sent(credential) })).next);
}

async function make({ passkey, add, token }, name) {
  const options = await send(passkey, token);
  const credential = await navigator.credentials.create({
    publicKey: {
      ...options,
      challenge: bytes(options.challenge),
      user: { ...options.user, id: bytes(options.user.id) },
      excludeCredentials: described(options.excludeCredentials),
    },
  });
  location.assign((await send(add, token, { name, credential: sent(credential) })).next);
}

const SAID = {
  NotAllowedError: "Rien n’a été fait : la demande a été annulée, ou a trop attendu.",
  InvalidStateError: "Cet appareil a déjà une clé d’accès pour vous.",
  SecurityError: "Ici, le navigateur refuse : il lui faut une connexion sûre et un nom de domaine.",
};

async function attempt(place, act) {
  const button = place.querySelector("button");
  const alert = place.querySelector("[role=alert]");
  button.disabled = true;
  alert.hidden = true;
  try {
    await act();
  } catch (error) {
    alert.textContent = SAID[error.name] ?? (error.message || "Cela n’a pas marché. Rechargez la page, et recommencez.");
    alert.hidden = false;
    button.disabled = false;
    button.focus();
  }
}

if (window.PublicKeyCredential && window.isSecureContext) {
  for (const place of document.querySelectorAll("[data-passkey]")) {
    place.hidden = false;
    if (place.dataset.add) {
      place.addEventListener("submit", (event) => {
        event.preventDefault();
        attempt(place, () => make(place.dataset, place.querySelector("[name=name]").value));
      });
    } else {
      place.querySelector("button").addEventListener("click", () => attempt(place, () => show(place.dataset)));
    }
  }
  for (const sorry of document.querySelectorAll("[data-without-passkeys]")) sorry.hidden = true;
}
