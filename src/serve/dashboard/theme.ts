/** The theme that was chosen on this machine; until one is, that of the system. */
const KEY = 'tickring-theme';

export type Theme = 'light' | 'dark';

const system = matchMedia('(prefers-color-scheme: dark)');
const listeners = new Set<() => void>();

function chosen(): Theme | undefined {
  const theme = localStorage.getItem(KEY);
  return theme === 'light' || theme === 'dark' ? theme : undefined;
}

export function theme(): Theme {
  return chosen() ?? (system.matches ? 'dark' : 'light');
}

export function choose(next: Theme): void {
  localStorage.setItem(KEY, next);
  apply();
}

/** What draws on a canvas has to draw it anew. */
export function onTheme(listener: () => void): void {
  listeners.add(listener);
}

/** A colour of the style sheet, as it is in this theme. */
export function ink(name: string): string {
  const probe = document.createElement('i');
  probe.style.color = `var(--${name})`;
  document.body.append(probe);
  const { color } = getComputedStyle(probe);
  probe.remove();
  return color;
}

function apply(): void {
  const theme = chosen();
  if (theme) document.documentElement.dataset.theme = theme;
  for (const listener of listeners) listener();
}

system.addEventListener('change', apply);
apply();
