// Every kind of page, in English, Chinese and Arabic: no accessibility violation
// that axe-core knows, no sideways scroll on a narrow screen, right direction.
import { after, before, test } from 'node:test';
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { browser, firstLink, pageKinds, start } from './site.mjs';

const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
let site, chromium;

before(async () => { site = await start(); chromium = await browser(); });
after(async () => { await chromium?.close(); await site?.stop(); });

// addresses adds the pages whose ids only the record knows.
async function addresses(page) {
  const kinds = { gdc: [...pageKinds.gdc], harbour: [...pageKinds.harbour] };
  for (const [name, list] of [['gdc', '/stakeholders'], ['harbour', '/stakeholders'], ['harbour', '/commitments']]) {
    const found = await firstLink(page, site[name], list, list + '/');
    assert.ok(found, `${name}${list} links no entry`);
    kinds[name].push(found);
  }
  kinds.harbour.push('/support');
  for (const [list, under, more] of [['/support', '/support/', ''], ['/commitments?lifecycle=amended', '/commitments/', '/changes']]) {
    const found = await firstLink(page, site.harbour, list, under);
    assert.ok(found, `harbour${list} links no entry`);
    kinds.harbour.push(found, ...(more ? [found + more] : []));
  }
  return kinds;
}

for (const lang of ['en', 'zh', 'ar']) {
  test(`pages in ${lang}: axe-core, 320 px, direction`, async () => {
    const context = await chromium.newContext({ viewport: { width: 320, height: 800 }, bypassCSP: true });
    const page = await context.newPage();
    const kinds = await addresses(page);
    const wrong = [];
    for (const name of ['gdc', 'harbour']) {
      for (const address of kinds[name]) {
        await page.goto(`${site[name]}/${lang}${address}`);
        const frame = await page.evaluate(() => ({ lang: document.documentElement.lang, dir: document.documentElement.dir, width: document.scrollingElement.scrollWidth, text: document.body.innerText }));
        if (frame.lang !== lang || frame.dir !== (lang === 'ar' ? 'rtl' : 'ltr')) wrong.push(`${name} ${address}: lang ${frame.lang}, dir ${frame.dir}`);
        if (frame.width > 320) wrong.push(`${name} ${address}: ${frame.width} px wide at 320`);
        if (frame.text.includes('⟦')) wrong.push(`${name} ${address}: a message is missing`);
        await page.evaluate(axe);
        const { violations } = await page.evaluate(() => window.axe.run(document, { runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'] }));
        for (const v of violations) wrong.push(`${name} ${address}: ${v.id}: ${v.nodes.slice(0, 2).map(n => n.html.slice(0, 120)).join(' | ')}`);
      }
    }
    await context.close();
    assert.deepEqual(wrong, []);
  });
}
