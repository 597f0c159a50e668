import { byId, setText } from './dom.ts';
import { choose, onTheme, theme } from './theme.ts';

/** Light or dark. */
export function themeButton(): void {
  const button = byId('theme');
  const other = () => (theme() === 'dark' ? 'light' : 'dark');
  const show = () => {
    setText(button, other() === 'dark' ? 'Dark' : 'Light');
    button.setAttribute('aria-label', `Use the ${other()} theme`);
  };
  button.addEventListener('click', () => choose(other()));
  onTheme(show);
  show();
}

/** The watch list alone on the page, in as many columns as there is room for. */
export function wallButton(onChange: () => void): void {
  const button = byId('wall');
  button.addEventListener('click', () => {
    const wall = document.documentElement.toggleAttribute('data-wall');
    button.setAttribute('aria-pressed', String(wall));
    onChange();
  });
}
