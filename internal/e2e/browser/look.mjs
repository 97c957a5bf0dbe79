// Looks at pages the way that counts for everybody: language and direction, width on a
// narrow screen, and what axe-core finds. Several pages are looked at at once.
import { readFileSync, readdirSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
const rules = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'];
const atOnce = 4;

// faults says what is wrong with the page that is open, for somebody who reads a language.
export async function faults(page, lang) {
  const frame = await page.evaluate(() => ({ lang: document.documentElement.lang, dir: document.documentElement.dir, width: document.scrollingElement.scrollWidth, text: document.body.innerText }));
  const wrong = [];
  if (frame.lang !== lang || frame.dir !== (lang === 'ar' ? 'rtl' : 'ltr')) wrong.push(`lang ${frame.lang}, dir ${frame.dir}`);
  if (frame.width > 320) wrong.push(`${frame.width} px wide at 320: ${await page.evaluate(widest)}`);
  if (frame.text.includes('⟦')) wrong.push('a message is missing');
  await page.evaluate(axe);
  const violations = await page.evaluate(async rules => (await window.axe.run(document, { runOnly: rules, resultTypes: ['violations'] })).violations.map(v => [v.id, v.nodes.slice(0, 2).map(n => n.html.slice(0, 160))]), rules);
  for (const [id, nodes] of violations) wrong.push(`${id}: ${nodes.join(' | ')}`);
  return wrong;
}

// widest names the innermost elements that reach out of the screen, for the report. It runs in the page.
function widest() {
  const out = [...document.body.querySelectorAll('*')].filter(e => { const r = e.getBoundingClientRect(); return r.width && (r.right > 320.5 || r.left < -0.5); });
  return out.filter(e => !out.some(o => o !== e && e.contains(o))).slice(0, 3).map(e => e.outerHTML.slice(0, 120)).join(' | ');
}

// lookAt opens addresses, each as [context, base, language, path, status], and returns what is wrong with them.
export function lookAt(list) {
  return atEach(list, async (page, answer, lang, status = 200) => answer.status() === status ? faults(page, lang) : [`status ${answer.status()}, not ${status}`]);
}

// lookAtRefused sends each form without what it needs, and looks at the page that comes
// back: it says in words what is missing, and is as good as any. Forms that need nothing
// are left alone. It returns what is wrong, and how many came back.
export async function lookAtRefused(list) {
  let refused = 0;
  const wrong = await atEach(list, async (page, answer, lang) => {
    if (!await page.evaluate(emptied)) return [];
    const [back] = await Promise.all([page.waitForNavigation(), page.evaluate(() => HTMLFormElement.prototype.submit.call(document.querySelector('main form[method="post"][novalidate]')))]);
    if (back.status() < 400 || back.status() >= 500) return [`sent without what it needs: status ${back.status()}`];
    refused++;
    const told = await page.evaluate(() => document.querySelectorAll('main .sum').length);
    return [...(told ? [] : [`status ${back.status()}, and the form does not come back with what is missing`]), ...await faults(page, lang)];
  });
  return { wrong, refused };
}

// emptied takes out of the form what it needs in words: fields that are not said to be optional. It runs in the page.
function emptied() {
  const form = document.querySelector('main form[method="post"][novalidate]');
  const needed = [...form?.querySelectorAll('label[for]') ?? []].filter(label => !label.querySelector('.tag')).map(label => document.getElementById(label.htmlFor));
  const words = needed.filter(e => e?.matches('textarea, input:not([type=checkbox], [type=file])'));
  for (const e of words) e.value = '';
  return words.length > 0;
}

// atEach opens addresses, several at once, and gathers what is found wrong at each.
async function atEach(list, look) {
  const queue = [...list];
  const wrong = [];
  const work = async () => {
    const pages = new Map();
    for (let next = queue.shift(); next; next = queue.shift()) {
      const [context, base, lang, path, status] = next;
      if (!pages.has(context)) pages.set(context, await context.newPage());
      const page = pages.get(context);
      const found = await look(page, await page.goto(`${base}/${lang}${path}`), lang, status);
      wrong.push(...found.map(f => `${base}/${lang}${path}: ${f}`));
    }
    for (const page of pages.values()) await page.close();
  };
  await Promise.all(Array.from({ length: atOnce }, work));
  return wrong.sort();
}

// registered are the addresses of pages, or of forms, that the program has, as patterns.
// One that is not written out where it is registered would hide from these tests: it fails.
export function registered(kind) {
  const web = join(dirname(fileURLToPath(import.meta.url)), '..', '..', 'web');
  const sources = readdirSync(web).filter(name => name.endsWith('.go') && !name.endsWith('_test.go')).map(name => readFileSync(join(web, name), 'utf8')).join('\n');
  return [...sources.matchAll(new RegExp(`\\bs\\.${kind}\\(([^,]+),`, 'g'))].map(([call, address]) => {
    if (!/^"[^"]+"$/.test(address)) throw new Error(`${call} names no address: write it out`);
    return address.slice(1, -1);
  });
}

// kindOf finds the pattern that an address belongs to, the one with the fewest open places.
export function kindOf(patterns, address) {
  const path = address.split(/[?#]/)[0];
  return patterns.filter(p => new RegExp('^' + p.replace(/[.]/g, '\\.').replace(/\{[^}]+\}/g, '[^/]+') + '$').test(path)).sort((a, b) => a.split('{').length - b.split('{').length)[0];
}

// missed are the patterns of which no address was looked at.
export function missed(patterns, all, addresses) {
  const seen = new Set(addresses.map(a => kindOf(all, a)));
  return patterns.filter(p => !seen.has(p));
}

// discover follows the links of a site from some addresses and returns the first addresses
// of each pattern that is wanted, so that a kind of page that is new is looked at too.
export async function discover(read, wanted, all, starts, most) {
  const found = new Map();
  const queue = [...starts], seen = new Set(queue);
  while (queue.length) {
    const address = queue.shift();
    const kind = kindOf(all, address);
    const of = found.get(kind) ?? [];
    if (!wanted.includes(kind) || of.length >= most) continue;
    const html = await read(address);
    found.set(kind, [...of, address]);
    for (const [, path] of html.matchAll(/href="\/en(\/[^"#]*)/g)) {
      const next = path.replace(/&amp;/g, '&');
      if (!seen.has(next)) { seen.add(next); queue.push(next); }
    }
  }
  return [...found.values()].flat();
}
