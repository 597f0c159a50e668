import { ApiError, info, setToken } from './api.ts';
import type { Info } from './api-types.ts';
import { byId, setText } from './dom.ts';

/** Asks the server what it serves, and the person before it for a token when the server wants one. */
export async function enter(): Promise<Info> {
  for (;;) {
    try {
      return await info();
    } catch (error) {
      if (!(error instanceof ApiError) || error.status !== 401) throw error;
    }
    setToken(await askForToken());
    setText(byId('token-wrong'), 'That token was not accepted. Check it, and try again.');
  }
}

function askForToken(): Promise<string> {
  const dialog = byId<HTMLDialogElement>('token-dialog');
  const input = byId<HTMLInputElement>('token-input');
  input.value = '';
  if (!dialog.open) dialog.showModal();
  return new Promise((resolve) => {
    const form = dialog.querySelector('form')!;
    // There is nothing behind it to go back to.
    dialog.oncancel = (event) => event.preventDefault();
    form.onsubmit = () => resolve(input.value.trim());
  });
}
