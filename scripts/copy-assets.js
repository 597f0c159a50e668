// Copies what the server serves and tsc does not compile: the dashboard's pages, styles, scripts and pictures.
import { cpSync, existsSync } from 'node:fs';

const SOURCE = 'src/serve/dashboard';
const TARGET = 'dist/src/serve/dashboard';

if (existsSync(SOURCE)) cpSync(SOURCE, TARGET, { recursive: true, filter: (path) => !path.endsWith('.ts') });

// What the dashboard has from others, with their licences, so that a page needs nothing but its own server.
const VENDOR = {
  'uplot.js': 'uplot/dist/uPlot.esm.js',
  'uplot.css': 'uplot/dist/uPlot.min.css',
  'uplot-license.txt': 'uplot/LICENSE',
  'plex-sans.woff2': '@fontsource-variable/ibm-plex-sans/files/ibm-plex-sans-latin-standard-normal.woff2',
  'plex-sans-license.txt': '@fontsource-variable/ibm-plex-sans/LICENSE',
};

for (const [name, source] of Object.entries(VENDOR))
  cpSync(`node_modules/${source}`, `${TARGET}/vendor/${name}`);
