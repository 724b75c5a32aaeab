// Passkeys: asks the browser for a credential and sends it with the form.
// form[data-passkey="add|signup|authenticate|login"], options in data-options
// (login fetches them from the form's action), answer in input[name=credential].
const toBytes = (text) => {
  const base64 = text.replace(/-/g, "+").replace(/_/g, "/");
  return Uint8Array.from(atob(base64), (letter) => letter.charCodeAt(0));
};

const toText = (buffer) =>
  btoa(String.fromCharCode(...new Uint8Array(buffer)))
    .replace(/\+/g, "-")
    .replace(/\//g, "_")
    .replace(/=+$/, "");

const known = (list) => list?.map((each) => ({ ...each, id: toBytes(each.id) }));

function creation({ publicKey }) {
  return {
    publicKey: {
      ...publicKey,
      challenge: toBytes(publicKey.challenge),
      user: { ...publicKey.user, id: toBytes(publicKey.user.id) },
      excludeCredentials: known(publicKey.excludeCredentials),
    },
  };
}

function request({ publicKey }) {
  return {
    publicKey: {
      ...publicKey,
      challenge: toBytes(publicKey.challenge),
      allowCredentials: known(publicKey.allowCredentials),
    },
  };
}

function written(credential) {
  const response = {};
  for (const name of [
    "clientDataJSON",
    "attestationObject",
    "authenticatorData",
    "signature",
    "userHandle",
  ]) {
    if (credential.response[name]) response[name] = toText(credential.response[name]);
  }
  if (credential.response.getTransports) {
    response.transports = credential.response.getTransports();
  }
  return {
    id: credential.id,
    rawId: toText(credential.rawId),
    type: credential.type,
    authenticatorAttachment: credential.authenticatorAttachment,
    clientExtensionResults: credential.getClientExtensionResults(),
    response,
  };
}

async function create(form) {
  const options = creation(JSON.parse(form.dataset.options).creation_options);
  const passwordless = form.querySelector("[name=passwordless]");
  if (passwordless) {
    const wanted = passwordless.checked;
    const selection = options.publicKey.authenticatorSelection ?? {};
    selection.residentKey = wanted ? "required" : "discouraged";
    selection.requireResidentKey = wanted;
    if (wanted) selection.userVerification = "required";
    options.publicKey.authenticatorSelection = selection;
  }
  return navigator.credentials.create(options);
}

async function get(form) {
  const options = form.dataset.options
    ? JSON.parse(form.dataset.options)
    : await (await fetch(form.action, { headers: { Accept: "application/json" } })).json();
  return navigator.credentials.get(request(options.request_options));
}

const ASK = { add: create, signup: create, authenticate: get, login: get };

async function send(form) {
  const problem = form.querySelector("[data-passkey-problem]");
  problem.hidden = true;
  try {
    const credential = await ASK[form.dataset.passkey](form);
    form.querySelector("[name=credential]").value = JSON.stringify(written(credential));
    form.submit();
  } catch {
    problem.hidden = false;
  }
}

for (const part of document.querySelectorAll("[data-passkey-only]")) {
  part.hidden = !window.PublicKeyCredential;
}

for (const form of document.querySelectorAll("form[data-passkey]")) {
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    send(form);
  });
}
