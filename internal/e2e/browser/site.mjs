// Starts the program the way a stranger does, on free ports and in a temporary
// folder, and a browser to look at it with.
import { spawn, execFileSync } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join, dirname } from 'node:path';
import { fileURLToPath } from 'node:url';
import { chromium } from 'playwright-core';

const root = join(dirname(fileURLToPath(import.meta.url)), '..', '..', '..');

// freePair finds two neighbouring ports that nobody listens on.
async function freePair() {
  const free = port => new Promise(resolve => {
    const s = createServer().once('error', () => resolve(false)).once('listening', () => s.close(() => resolve(true)));
    s.listen(port, '127.0.0.1');
  });
  for (let port = 20000 + (process.pid % 20000); ; port += 2) {
    if (await free(port) && await free(port + 1)) return port;
  }
}

// start builds and runs `kept demo`; stop ends it and removes its data.
export async function start() {
  const dir = mkdtempSync(join(tmpdir(), 'kept-browser-'));
  const program = join(dir, 'kept');
  execFileSync('go', ['build', '-o', program, '.'], { cwd: root, stdio: 'inherit' });
  const port = await freePair();
  const child = spawn(program, ['demo', '--data', join(dir, 'data'), '--addr', `127.0.0.1:${port}`], { stdio: ['ignore', 'pipe', 'inherit'] });
  const links = await new Promise((resolve, reject) => {
    let text = '';
    child.stdout.on('data', chunk => {
      text += chunk;
      if (text.includes('Ctrl-C')) resolve([...text.matchAll(/forms: (\S+)/g)].map(m => m[1]));
    });
    child.once('exit', code => reject(new Error(`kept demo ended with ${code}: ${text}`)));
  });
  const ended = new Promise(resolve => child.once('exit', resolve));
  return {
    gdc: `http://127.0.0.1:${port}`, harbour: `http://127.0.0.1:${port + 1}`,
    gdcForms: links[0], harbourForms: links[1], program, data: join(dir, 'data'),
    async stop() { child.kill('SIGTERM'); await ended; rmSync(dir, { recursive: true, force: true }); },
  };
}

// browser launches the system's Chromium.
export function browser() {
  const executablePath = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'].find(existsSync);
  if (!executablePath) throw new Error('missing: chromium; install the Debian package chromium');
  return chromium.launch({
    executablePath, headless: true,
    args: ['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking', '--disable-component-update', '--disable-sync'],
  });
}

// pageKinds is one address of each kind of page, without the language.
export const pageKinds = {
  gdc: ['/', '/texts', '/texts/gdc-2024', '/texts/gdc-2023', '/items', '/items/P11d', '/items/O1', '/items/PR.a', '/items/A.mo.2', '/for', '/for/social-media-platforms',
    '/calendar', '/changes', '/targets', '/targets/N.1', '/bodies', '/bodies/N.12', '/documents', '/mechanisms', '/mechanisms/M02', '/figures', '/timeline', '/initiatives', '/aims',
    '/indicators', '/indicators/internet-users', '/areas', '/areas/KEN', '/stakeholders', '/commitments', '/search?q=school', '/record', '/record/entries', '/record/entries/0',
    '/about/privacy', '/about/terms', '/about/accessibility', '/about/moderation', '/about/methods', '/about/loading', '/nothing-here'],
  harbour: ['/', '/items/H.1', '/items/D.1', '/commitments', '/stakeholders', '/indicators/schools-fibre', '/areas/QM', '/targets/HT.1'],
};

// firstLink finds the first address on a list page that begins with a prefix.
export async function firstLink(page, base, list, prefix) {
  await page.goto(`${base}/en${list}`);
  return page.$$eval('a[href]', (links, prefix) => links.map(a => a.getAttribute('href')).find(h => h.startsWith('/en' + prefix) && /\d+$/.test(h))?.slice(3), prefix);
}
