// Every kind of public page, in English, Chinese and Arabic: no accessibility violation
// that axe-core knows, no sideways scroll on a narrow screen, right direction. The kinds
// are those that the program registers: one that no link leads to is a fault too.
import { after, before, test } from 'node:test';
import assert from 'node:assert/strict';
import { browser, start } from './site.mjs';
import { discover, lookAt, missed, registered } from './look.mjs';

// special are addresses whose kind has been seen, but whose content no other page has.
const special = {
  gdc: ['/items/P11d', '/items/P11d/brief', '/items/PR.a', '/items/A.mo.2', '/for/social-media-platforms', '/targets/N.1', '/bodies/N.12', '/areas/KEN', '/search?q=school',
    '/about/accessibility', '/about/moderation', '/about/methods', '/about/loading', '/commitments?which=stated', '/record/entries/0', '/map?under=O1', '/crosswalk/wsis'],
  harbour: ['/items/H.1', '/bodies/HB.2', '/bodies?stale=yes', '/items/H.1/brief', '/items/D.1', '/areas/QM', '/search?q=fibre', '/commitments?lifecycle=amended', '/commitments?lifecycle=withdrawn', '/commitments?lifecycle=concluded', '/support?side=offered', '/map?kind=state', '/crosswalk/sdg?from=item', '/stakeholders/balance?of=commitments',
    '/cite?of=page%3A%2Fcommitments', '/cite?of=page%3A%2Fcommitments%3Acommitments', '/cite?of=item%3AH.1%3Acommitments', '/commitments?as-of=2026-03-01', '/?as-of=2026-03-01.40', '/changed?page=/commitments&since=2026-03-01'],
};

// elsewhere are kinds that the two demonstrations have no page of.
const elsewhere = {
  '/copy': 'export.test.mjs',
  '/evidence/{digest}/about': 'desk.test.mjs',
  '/corrections/{id}': 'desk.test.mjs', '/disputes/{id}': 'desk.test.mjs',
  '/indicators/{id}/compare/{other}': 'needs figures of two publishers for one indicator; the demonstrations have them of one',
};

let site, chromium, addresses;

before(async () => {
  site = await start();
  chromium = await browser();
  const patterns = registered('page');
  const all = [...patterns, ...registered('form')];
  const read = base => async address => {
    const answer = await fetch(`${base}/en${address}`);
    assert.equal(answer.status, 200, address);
    return answer.text();
  };
  addresses = {};
  for (const name of ['gdc', 'harbour']) {
    addresses[name] = [...new Set([...await discover(read(site[name]), patterns, all, ['/', '/api', '/reviews', '/disputes'], name === 'gdc' ? 1 : 2), ...special[name]])];
  }
  const lifecycles = await Promise.all(['amended', 'withdrawn', 'concluded'].map(async state => (await (await fetch(`${site.harbour}/commitments.json?lifecycle=${state}`)).json()).data.rows[0].href));
  const room = (await (await fetch(`${site.harbour}/regions.json`)).json()).data.rooms[0].id;
  addresses.harbour = [...new Set([...addresses.harbour, ...lifecycles, `${lifecycles[0]}/changes`, `/regions/${room}`])];
  assert.deepEqual(missed(patterns, all, Object.values(addresses).flat()).sort(), Object.keys(elsewhere).sort(), 'kinds of page that no test looks at');
});
after(async () => { await chromium?.close(); await site?.stop(); });

for (const lang of ['en', 'zh', 'ar']) {
  test(`pages in ${lang}: axe-core, 320 px, direction`, async t => {
    const context = await chromium.newContext({ viewport: { width: 320, height: 800 } });
    const list = ['gdc', 'harbour'].flatMap(name => addresses[name].map(path => [context, site[name], lang, path]));
    list.push([context, site.gdc, lang, '/nothing-here', 404]);
    const wrong = await lookAt(list);
    await context.close();
    t.diagnostic(`${list.length} pages`);
    assert.deepEqual(wrong, []);
  });
}
