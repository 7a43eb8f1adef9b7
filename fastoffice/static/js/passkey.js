// Passkeys: hands what the server asks to the device, and the device's answer to the form.
// <form data-passkey="create|get" data-options="…JSON…"> with <input name="credential">, a button and [data-passkey-error].
(function () {
  "use strict";
  var form = document.querySelector("form[data-passkey]");
  if (!form) return;

  function bytes(text) {
    return Uint8Array.from(atob(text.replace(/-/g, "+").replace(/_/g, "/")), function (c) { return c.charCodeAt(0); });
  }

  function text(buffer) {
    var found = "";
    new Uint8Array(buffer).forEach(function (byte) { found += String.fromCharCode(byte); });
    return btoa(found).replace(/\+/g, "-").replace(/\//g, "_").replace(/=+$/, "");
  }

  function listed(items) {
    return (items || []).map(function (item) { return Object.assign({}, item, { id: bytes(item.id) }); });
  }

  function asked() {
    var options = JSON.parse(form.dataset.options);
    options.challenge = bytes(options.challenge);
    if (options.user) options.user.id = bytes(options.user.id);
    if (options.excludeCredentials) options.excludeCredentials = listed(options.excludeCredentials);
    if (options.allowCredentials) options.allowCredentials = listed(options.allowCredentials);
    return { publicKey: options };
  }

  function answer(found) {
    var given = found.response, told = {};
    ["attestationObject", "clientDataJSON", "authenticatorData", "signature", "userHandle"].forEach(function (name) {
      if (given[name]) told[name] = text(given[name]);
    });
    if (given.getTransports) told.transports = given.getTransports();
    return { id: found.id, rawId: text(found.rawId), type: found.type, response: told,
             extensions: JSON.stringify(found.getClientExtensionResults()) };
  }

  function fail() {
    var place = form.querySelector("[data-passkey-error]");
    if (place) place.hidden = false;
  }

  function start() {
    if (!window.PublicKeyCredential || !navigator.credentials) return fail();
    var place = form.querySelector("[data-passkey-error]");
    if (place) place.hidden = true;
    navigator.credentials[form.dataset.passkey](asked()).then(function (found) {
      form.querySelector("[name=credential]").value = JSON.stringify(answer(found));
      form.submit();
    }).catch(fail);
  }

  form.addEventListener("submit", function (event) {
    event.preventDefault();
    start();
  });
  start();
})();
