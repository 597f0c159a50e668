// Installs the packed package in an empty folder, as a user would, imports (and, where Node can, requires) every entry, and has
// `tickring serve` serve with nothing but the optional packages that it needs.
import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';

const { name, exports, peerDependencies } = JSON.parse(readFileSync('package.json', 'utf8'));
const entries = Object.keys(exports)
  .filter((entry) => entry !== './package.json')
  .map((entry) => name + entry.slice(1));

/** Serves all simulators, asks for the page and what it is made of, and ends it. */
async function checkServed(command) {
  const server = spawn(command, ['serve', '--port', '0', '--log-level', 'silent'], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const ended = once(server, 'exit');
  try {
    const [text] = await Promise.race([once(server.stdout.setEncoding('utf8'), 'data'), ended]);
    const [url] = /http:\S+/.exec(text) ?? [];
    if (!url) throw new Error(`tickring serve does not say where it serves: ${text}`);
    for (const path of ['', 'main.js', 'vendor/uplot.js', 'modules/kalshi/view.js', 'info', 'metrics']) {
      const { status } = await fetch(url + path);
      if (status !== 200) throw new Error(`tickring serve answers ${status} for /${path}`);
    }
    server.kill('SIGTERM');
    const [code] = await ended;
    if (code !== 0) throw new Error(`tickring serve ended with ${code}`);
  } finally {
    server.kill('SIGKILL');
  }
}

const folder = mkdtempSync(join(tmpdir(), 'tickring-package-'));
const run = (command, args) =>
  execFileSync(command, args, { cwd: folder, encoding: 'utf8', stdio: ['ignore', 'pipe', 'inherit'] });

try {
  const [packed] = JSON.parse(
    execFileSync('npm', ['pack', '--json', '--ignore-scripts', '--pack-destination', folder], {
      encoding: 'utf8',
    }),
  );
  writeFileSync(
    join(folder, 'package.json'),
    JSON.stringify({ name: 'consumer', private: true, type: 'module' }),
  );
  run('npm', ['install', '--no-audit', '--no-fund', '--silent', join(folder, packed.filename)]);

  const imports = entries.map((entry) => `await import('${entry}');`).join(' ');
  run('node', ['--input-type=module', '-e', imports]);
  const [major, minor] = process.versions.node.split('.').map(Number);
  const canRequire = major > 22 || (major === 22 && minor >= 12) || (major === 20 && minor >= 19);
  if (canRequire) {
    const requires = entries.map((entry) => `require('${entry}');`).join(' ');
    run('node', ['--no-warnings', '--input-type=commonjs', '-e', requires]);
  }

  const needed = ['fastify', 'prom-client'].map((peer) => `${peer}@${peerDependencies[peer]}`);
  run('npm', ['install', '--no-audit', '--no-fund', '--silent', ...needed]);
  await checkServed(join(folder, 'node_modules/.bin/tickring'));

  // The types of every entry, read by a strict program that skips no library check.
  const names = entries.map(
    (entry, index) => `import * as entry${index} from '${entry}'; export { entry${index} };`,
  );
  writeFileSync(join(folder, 'consumer.ts'), names.join('\n'));
  run('npm', ['install', '--no-audit', '--no-fund', '--silent', '--save-dev', '@types/node@20']);
  run('node', [
    resolve('node_modules/typescript/bin/tsc'),
    ...['--strict', '--noEmit', '--module', 'nodenext', '--target', 'es2022', '--lib', 'es2024'],
    ...['--types', 'node', '--ignoreConfig', 'consumer.ts'],
  ]);
  const what = canRequire ? 'imported and required' : 'imported';
  console.log(
    `${packed.filename}: ${packed.files.length} files, ${(packed.size / 1024).toFixed(0)} KiB; ${what} ${entries.join(', ')}`,
  );
} finally {
  rmSync(folder, { recursive: true, force: true });
}
