// Starts the program the way a stranger does, on free ports and in a temporary
// folder, and a browser to look at it with.
import { spawn, execFileSync } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
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

// build makes the program in a temporary folder.
function build() {
  const dir = mkdtempSync(join(tmpdir(), 'kept-browser-'));
  const program = join(dir, 'kept');
  execFileSync('go', ['build', '-o', program, '.'], { cwd: root, stdio: 'inherit' });
  return { dir, program, data: join(dir, 'data') };
}

// run starts the program and waits until it has printed as many links to its forms as it has sites.
async function run(program, args, sites) {
  const child = spawn(program, args, { stdio: ['ignore', 'pipe', 'inherit'] });
  const ended = new Promise(resolve => child.once('exit', resolve));
  const links = await new Promise((resolve, reject) => {
    let text = '';
    child.stdout.on('data', chunk => {
      text += chunk;
      const found = [...text.matchAll(/forms: (\S+)\n/g)].map(m => m[1]);
      if (found.length === sites) resolve(found);
    });
    child.once('exit', code => reject(new Error(`kept ${args[0]} ended with ${code}: ${text}`)));
  });
  return { links, async stop() { child.kill('SIGTERM'); await ended; } };
}

// start builds and runs `kept demo`; stop ends it and removes its data.
export async function start() {
  const { dir, program, data } = build();
  const port = await freePair();
  const demo = await run(program, ['demo', '--data', data, '--addr', `127.0.0.1:${port}`], 2);
  return {
    gdc: `http://127.0.0.1:${port}`, harbour: `http://127.0.0.1:${port + 1}`, gdcForms: demo.links[0], harbourForms: demo.links[1], program, data,
    async stop() { await demo.stop(); rmSync(dir, { recursive: true, force: true }); },
  };
}

// startOffice serves the demonstration's Harbour Compact the way an operator does, with
// sign-in and letters in a folder, under the name localhost, without which a browser has
// no passkeys, and with a clock that the test turns.
export async function startOffice() {
  const { dir, program, data } = build();
  const port = await freePair();
  await (await run(program, ['demo', '--data', data, '--addr', `127.0.0.1:${port}`], 2)).stop();
  const at = join(data, 'harbour');
  const clock = join(dir, 'clock');
  const setClock = time => writeFileSync(clock, time + '\n');
  setClock('2027-02-01T13:00:00Z');
  const base = `http://localhost:${port}`;
  const site = await run(program, ['serve', '--data', at, '--sample-clock', clock, '--base', base, '--addr', `127.0.0.1:${port}`], 1);
  const account = (...args) => execFileSync(program, ['account', ...args, '--data', at, '--sample-clock', clock], { encoding: 'utf8' }).trim();
  return {
    base, forms: site.links[0], outbox: join(at, 'outbox'), setClock,
    add: (mail, ...roles) => { for (const role of roles.length ? roles : ['']) account('add', mail, '--role', role); },
    link: mail => account('link', mail, '--base', base),
    async stop() { await site.stop(); rmSync(dir, { recursive: true, force: true }); },
  };
}

// browser launches the system's Chromium.
export function browser() {
  const executablePath = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'].find(existsSync);
  if (!executablePath) throw new Error('missing: chromium; install the Debian package chromium');
  return chromium.launch({
    executablePath, headless: true,
    args: ['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking', '--disable-component-update', '--disable-sync', '--host-resolver-rules=MAP localhost 127.0.0.1'],
  });
}
