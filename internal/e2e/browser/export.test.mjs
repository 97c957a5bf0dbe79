// The site as files, opened from a folder without any server: languages, lists, pages
// and twins are reached by links, nothing is asked of a network.
import { after, before, test } from 'node:test';
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { faults } from './look.mjs';
import { browser, start } from './site.mjs';

let site, chromium, folder;

before(async () => {
  site = await start();
  chromium = await browser();
  folder = join(site.data, 'public');
  execFileSync(site.program, ['export', 'site', '-o', folder, join(site.data, 'harbour')], { stdio: 'pipe' }); // beside the site that runs
});
after(async () => { await chromium?.close(); await site?.stop(); });

test('an export is read from a folder, in every direction', async () => {
  const context = await chromium.newContext({ javaScriptEnabled: false, viewport: { width: 320, height: 640 } });
  const page = await context.newPage();
  const requests = [], complaints = [];
  page.on('request', r => { if (!r.url().startsWith('file:') && !r.url().startsWith('data:')) requests.push(r.url()); });
  page.on('console', m => { if (m.type() === 'error') complaints.push(m.text()); });
  await page.goto(pathToFileURL(join(folder, 'index.html')).href);
  await page.locator('a[hreflang=ar]').click();
  assert.equal(await page.locator('html').getAttribute('dir'), 'rtl');
  await page.locator('.langs a[hreflang=en]').click();
  assert.equal(await page.locator('html').getAttribute('lang'), 'en');
  await page.locator('footer #menu a').nth(2).click(); // commitments
  await page.locator('main table a').first().click();
  assert.match(page.url(), /en\/commitments\/\d+\/index\.html$/);
  assert.equal(await page.locator('h1').count(), 1);
  const width = await page.evaluate(() => document.documentElement.scrollWidth);
  assert.ok(width <= 320, `${width} px wide`);
  const background = await page.evaluate(() => getComputedStyle(document.querySelector('main')).maxWidth);
  assert.notEqual(background, 'none'); // the style is applied under the page's own policy
  await page.locator('.langs a[hreflang=zh]').click();
  assert.match(page.url(), /zh\/commitments\/\d+\/index\.html$/);
  assert.equal(await page.locator('form').count(), 0);
  const json = await page.locator('link[type="application/json"]').getAttribute('href');
  await page.goto(new URL(json, page.url()).href);
  assert.match(page.url(), /commitments\/\d+\.json$/);
  assert.deepEqual([requests, complaints], [[], []]);
  await context.close();
});

test('what only an export has: axe-core, 320 px, direction', async () => {
  const context = await chromium.newContext({ viewport: { width: 320, height: 800 } });
  const page = await context.newPage();
  const wrong = [];
  for (const [file, lang] of [['index.html', 'en'], ['404.html', 'en'], ...['en', 'zh', 'ar'].flatMap(l => [[`${l}/404.html`, l], [`${l}/copy/index.html`, l]])]) {
    await page.goto(pathToFileURL(join(folder, file)).href);
    wrong.push(...(await faults(page, lang)).map(f => `${file}: ${f}`));
  }
  await context.close();
  assert.deepEqual(wrong, []);
});
