// A passkey from a virtual authenticator: added at the desk, then used to sign in. The
// page where it is touched may run exactly the one script that stands in it.
import { after, before, test } from 'node:test';
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { browser, startOffice } from './site.mjs';
import { faults } from './look.mjs';

let site, chromium;

before(async () => { site = await startOffice(); chromium = await browser(); });
after(async () => { await chromium?.close(); await site?.stop(); });

// touched checks the page with the script, which is open, and presses its button.
async function touched(page, answer) {
  const scripts = await page.$$eval('script', all => all.map(s => s.textContent));
  assert.equal(scripts.length, 1);
  const allowed = answer.headers()['content-security-policy'].match(/script-src ([^;]*)/)[1];
  assert.equal(allowed, `'sha256-${createHash('sha256').update(scripts[0]).digest('base64')}'`);
  assert.equal(await page.locator('#unable').isVisible(), false);
  assert.deepEqual(await faults(page, 'en'), []);
  await Promise.all([page.waitForURL(url => !/\/(touch|passkey)\/\w+$/.test(url.pathname)), page.click('form[data-passkey] button')]);
}

// toTouch presses the button that leads to the page with the script.
async function toTouch(page) {
  const [answer] = await Promise.all([page.waitForResponse(r => r.request().method() === 'GET' && /\/(touch|passkey)\/\w+$/.test(new URL(r.url()).pathname)), page.click('form[novalidate] button')]);
  await page.waitForLoadState();
  return answer;
}

test('a passkey is added, and signs in', async () => {
  const context = await chromium.newContext({ viewport: { width: 320, height: 800 }, locale: 'en' });
  const page = await context.newPage();
  const devtools = await context.newCDPSession(page);
  await devtools.send('WebAuthn.enable');
  await devtools.send('WebAuthn.addVirtualAuthenticator', { options: { protocol: 'ctap2', transport: 'internal', hasResidentKey: true, hasUserVerification: true, isUserVerified: true } });

  site.add('key@sea.example', 'secretariat');
  await page.goto(site.link('key@sea.example'));
  await page.click('button.btn');
  assert.match(page.url(), /\/en\/desk$/);
  await page.goto(`${site.base}/en/desk/passkeys`);
  await page.fill('#name', 'Blue key');
  await touched(page, await toTouch(page));
  assert.match(page.url(), /\/en\/desk\/passkeys$/);
  assert.match(await page.locator('main').innerText(), /Blue key/);

  await page.goto(`${site.base}/en/desk/sign-out`);
  await page.click('form[novalidate] button');
  await page.goto(`${site.base}/en/desk`);
  assert.match(page.url(), /\/en\/sign-in\?/);
  await page.goto(`${site.base}/en/sign-in/passkey`);
  await touched(page, await toTouch(page));
  assert.match(page.url(), /\/en\/desk$/);
  assert.equal(await page.locator('h1').count(), 1);

  const stranger = await chromium.newContext({ javaScriptEnabled: false });
  const quiet = await stranger.newPage();
  await quiet.goto(`${site.base}/en/sign-in/passkey`);
  await toTouch(quiet);
  assert.equal(await quiet.locator('#unable a').isVisible(), true, 'without script the page leads to the mailed link');
  assert.equal(await quiet.locator('form[data-passkey]').isVisible(), false);
  await stranger.close();
  await context.close();
});
