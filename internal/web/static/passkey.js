// Touches a passkey for the one form on the page that asks for it: the form holds
// the question, the key answers, and the form is sent as any other. Without this
// script, or without a key, the mailed link signs in.
(() => {
  const form = document.querySelector('form[data-passkey]');
  const failed = document.getElementById('failed');
  if (!form || !window.PublicKeyCredential) return;
  document.getElementById('unable').hidden = true;
  form.hidden = false;
  const bytes = s => Uint8Array.from(atob(s.replace(/-/g, '+').replace(/_/g, '/')), c => c.charCodeAt(0));
  const text = b => b && btoa(String.fromCharCode(...new Uint8Array(b))).replace(/\+/g, '-').replace(/\//g, '_').replace(/=+$/, '');
  const keys = list => (list || []).map(k => ({ ...k, id: bytes(k.id) }));
  form.addEventListener('submit', async event => {
    if (form.elements.answer.value) return;
    event.preventDefault();
    failed.hidden = true;
    const asked = JSON.parse(form.dataset.options).publicKey;
    asked.challenge = bytes(asked.challenge);
    asked.allowCredentials = keys(asked.allowCredentials);
    asked.excludeCredentials = keys(asked.excludeCredentials);
    if (asked.user) asked.user.id = bytes(asked.user.id);
    try {
      const key = await navigator.credentials[form.dataset.passkey]({ publicKey: asked });
      const r = key.response;
      form.elements.answer.value = JSON.stringify({
        id: key.id, rawId: text(key.rawId), type: key.type,
        response: {
          clientDataJSON: text(r.clientDataJSON), attestationObject: text(r.attestationObject),
          authenticatorData: text(r.authenticatorData), signature: text(r.signature), userHandle: text(r.userHandle),
        },
      });
      form.submit();
    } catch {
      failed.hidden = false;
      failed.focus();
    }
  });
})();
