const SMALL = new Intl.NumberFormat('en', { maximumSignificantDigits: 3 });
const COMPACT = new Intl.NumberFormat('en', { notation: 'compact', maximumSignificantDigits: 3 });
const CLOCK = new Intl.DateTimeFormat('en-GB', { hour: '2-digit', minute: '2-digit', second: '2-digit' });

/** Letters of a name that are always shown whole; and of the end of a longer one. */
const SHORT_NAME = 12;
const LONGEST_TAIL = 10;

/** With commas between thousands. */
export function grouped(text: string): string {
  const point = text.indexOf('.');
  const whole = point < 0 ? text : text.slice(0, point);
  if (whole.length <= 3) return text;
  const rest = point < 0 ? '' : text.slice(point);
  return whole.replace(/\B(?=(?:\d{3})+$)/g, ',') + rest;
}

/** A number with so many decimals. */
export function fixed(value: number, decimals: number): string {
  return grouped(value.toFixed(decimals));
}

export function whole(value: number): string {
  return grouped(Math.round(value).toString());
}

export function compact(value: number): string {
  return COMPACT.format(value);
}

/** A long name in two: what may be cut short, and the end, which tells it from others of its kind. */
export function splitName(name: string): readonly [head: string, tail: string] {
  if (name.length <= SHORT_NAME) return [name, ''];
  const dash = name.lastIndexOf('-');
  const at = name.length - dash <= LONGEST_TAIL ? dash : name.length - LONGEST_TAIL;
  return [name.slice(0, at), name.slice(at)];
}

/** A change in percent, with its sign. */
export function percent(value: number): string {
  const text = Math.abs(value).toFixed(2);
  const sign = Number(text) === 0 ? '' : value > 0 ? '+' : '−';
  return `${sign}${text}%`;
}

export function microseconds(value: number): string {
  if (value >= 1e6) return `${SMALL.format(value / 1e6)} s`;
  if (value >= 1000) return `${SMALL.format(value / 1000)} ms`;
  return `${SMALL.format(value)} µs`;
}

/** How long ms are, in two words. */
export function duration(ms: number): string {
  if (ms < 1000) return `${Math.round(ms)} ms`;
  if (ms < 60_000) return `${(ms / 1000).toFixed(ms < 10_000 ? 1 : 0)} s`;
  if (ms < 3_600_000) return `${Math.floor(ms / 60_000)} min`;
  return `${Math.floor(ms / 3_600_000)} h ${Math.floor((ms % 3_600_000) / 60_000)} min`;
}

/** Time of day of ms since the epoch. */
export function clock(at: number): string {
  return CLOCK.format(at);
}
