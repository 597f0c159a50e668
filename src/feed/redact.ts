/** Strips secrets from a text that is going to be shown, in whichever way an address, a log or JSON may write them. */
export function redactSecrets(text: string, secrets: Iterable<string>): string {
  let redacted = text;
  for (const secret of secrets) {
    const inQuery = new URLSearchParams({ '': secret }).toString().slice(1);
    const inJson = JSON.stringify(secret).slice(1, -1);
    const escaped = secret.replaceAll('/', '\\/');
    const forms = new Set([escaped, encodeURIComponent(secret), inQuery, encodeURI(secret), inJson, secret]);
    // The longest first: a shorter one may be a part of it.
    for (const form of [...forms].sort((a, b) => b.length - a.length))
      redacted = redacted.replaceAll(form, '***');
  }
  return redacted;
}
