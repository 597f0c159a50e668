/** How a connection's state looks. */
export type Tone = 'up' | 'busy' | 'down' | 'none';

const TONES: Readonly<Record<string, Tone>> = {
  subscribed: 'up',
  connecting: 'busy',
  authenticating: 'busy',
  subscribing: 'busy',
  resyncing: 'busy',
  degraded: 'down',
  closed: 'down',
};

export function toneOf(state: string): Tone {
  return TONES[state] ?? 'none';
}
