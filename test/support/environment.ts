/** Tests find the same environment everywhere, and so do the processes that they start. */

/** What makes Node write colours where none are expected, none where they are, or warnings about both. */
const COLOURS = ['FORCE_COLOR', 'NO_COLOR', 'NODE_DISABLE_COLORS'];
/** What the commands look at; somebody who tests here may have credentials that are meant for others. */
const READ = /^(TICKRING|KITE|KRAKEN|KALSHI)_|^https?_proxy$/i;

for (const name of Object.keys(process.env)) {
  if (COLOURS.includes(name) || READ.test(name)) delete process.env[name];
}
