import { byId, setText } from './dom.ts';

/** How long a notice stays, ms. */
const STAYS = 4000;

let timer: ReturnType<typeof setTimeout> | undefined;

/** Tells what was done, or why not, where it is seen and read aloud. */
export function notice(text: string): void {
  const place = byId('notice');
  setText(place, text);
  place.dataset.shown = '';
  clearTimeout(timer);
  timer = setTimeout(() => {
    delete place.dataset.shown;
  }, STAYS);
}
