// The main job, without script and by keyboard alone: a party endorses, makes a
// measurable commitment, reports; the item page sets the promise beside an
// indicator; a stranger takes the receipt and checks the record with one command.
import { after, before, test } from 'node:test';
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { browser, start } from './site.mjs';

let site, chromium, context, page;

before(async () => {
  site = await start();
  chromium = await browser();
  context = await chromium.newContext({ javaScriptEnabled: false, viewport: { width: 360, height: 740 }, locale: 'en' });
  page = await context.newPage();
});
after(async () => { await chromium?.close(); await site?.stop(); });

// reach presses Tab until the element has the focus; it fails when the keyboard cannot get there.
async function reach(selector) {
  const wanted = page.locator(selector).first();
  await wanted.waitFor({ state: 'attached' });
  for (let i = 0; i < 400; i++) {
    await page.keyboard.press('Tab');
    if (await wanted.evaluate(e => e === document.activeElement)) return wanted;
  }
  throw new Error(`the keyboard does not reach ${selector} on ${page.url()}`);
}

async function press(selector) {
  await reach(selector);
  await Promise.all([page.waitForEvent('load'), page.keyboard.press('Enter')]);
}

async function type(selector, text) {
  await reach(selector);
  await page.keyboard.type(text);
}

// choose selects an option by typing the beginning of its name, as a person does.
async function choose(selector, name) {
  await reach(selector);
  await page.keyboard.type(name);
}

const heading = () => page.locator('h1').first().innerText();

test('a party registers, endorses, commits, reports; a stranger checks', async () => {
  await page.goto(site.harbourForms);
  await press('button.btn');
  assert.match(page.url(), /\/en\/desk$/);

  await page.goto(`${site.harbour}/en/stakeholders/new`);
  await press('button.btn'); // sent empty: it comes back with what is to be mended
  assert.match(await page.locator('.sum').innerText(), /to mend/);
  await type('#name', 'Beacon Cable Cooperative');
  await choose('#kind', 'civil society');
  await press('button.btn');
  assert.equal(await heading(), 'Beacon Cable Cooperative');

  await press('a[href$="/endorse"]');
  await reach('#endorses_vision'); await page.keyboard.press('Space');
  await reach('#endorses_principles'); await page.keyboard.press('Space');
  await type('[id="activities.0.title"]', 'Open ducts for island schools');
  await choose('[id="activities.0.state"]', 'under way');
  await type('#role', 'Chair of the board');
  await press('button.btn');
  assert.match(await page.locator('main').innerText(), /Open ducts for island schools/);

  await press('a[href*="/commitments/new?party="]');
  await press('button.btn');
  assert.match(await heading(), /step 1 of 4/);
  await type('#title', 'Forty island schools on open fibre');
  await type('#promise', 'The cooperative will connect 40 island schools of Palmarine with open fibre by the end of 2029.');
  await reach('[id="items-H.1"]'); await page.keyboard.press('Space');
  await choose('#type', 'Infra');
  await type('#problem', 'Island schools share one radio link.');
  await type('#will_do', 'Ducts are laid with the water pipes and opened to all carriers.');
  await choose('#newness', 'New');
  await reach('[id="areas-QP"]'); await page.keyboard.press('Space');
  await press('button.btn');
  assert.match(await heading(), /step 2 of 4/, await page.locator('main').innerText());

  const indicator = name => `[id="indicators.0.${name}"]`;
  await type(indicator('name'), 'Island schools with fibre');
  await type(indicator('unit'), 'schools');
  await choose(indicator('direction'), 'up');
  await choose(indicator('measure_kind'), 'stock');
  await type(indicator('baseline'), '40');
  await type(indicator('baseline_on'), '2026-10-01');
  await type(indicator('target'), '40');
  await type(indicator('target_on'), '2029-12-31');
  await type(indicator('source'), 'Register of the regulator, yearly');
  await choose(indicator('frequency'), 'yearly');
  await press('button.btn');
  assert.match(await page.locator('.sum').innerText(), /baseline/i, 'a target that equals its baseline is refused');
  await page.locator(indicator('baseline')).fill('0');
  await press('button.btn');
  assert.match(await heading(), /step 3 of 4/, await page.locator('main').innerText());
  await press('button.btn');
  assert.match(await heading(), /step 4 of 4/, await page.locator('main').innerText());
  await type('#responsible_unit', 'Works office');
  await choose('#report_every_months', 'every month');
  await type('#start', '2026-11-01');
  await type('#end', '2029-12-31');
  await press('button.btn');
  assert.match(await heading(), /publish/i, await page.locator('main').innerText());
  await press('button.btn');
  assert.equal(await heading(), 'Forty island schools on open fibre');
  const commitment = page.url();
  for (const fact of ['Lifecycle', 'Reporting', 'Own account', 'Pace, computed', 'Independent review']) {
    assert.match(await page.locator('dl.facts').first().innerText(), new RegExp(fact));
  }

  await press('a[href$="/report"]');
  await choose('#self_status', 'in progress');
  await type('[id="values.0.value"]', '3');
  await type('[id="values.0.on"]', '2026-11-20');
  await page.locator('#from').fill('2026-11-01');
  await page.locator('#to').fill('2026-11-20');
  await type('#narrative', 'Three schools are connected.');
  await press('button.btn');
  assert.equal(page.url(), commitment, await page.locator('main').innerText());
  assert.match(await page.locator('main').innerText(), /Three schools are connected/);

  await page.goto(`${site.harbour}/en/items/H.1`);
  const item = await page.locator('main').innerText();
  assert.match(item, /Forty island schools on open fibre/);
  assert.match(item, /Schools in port towns with fibre/, 'the promise stands beside an indicator');

  const dir = mkdtempSync(join(tmpdir(), 'kept-stranger-'));
  try {
    await new Promise(resolve => setTimeout(resolve, 3000)); // the next checkpoint covers the act
    const index = commitment.split('/').pop();
    const receipt = await context.request.get(`${site.harbour}/record/receipts/${index}`);
    assert.equal(receipt.status(), 200);
    writeFileSync(join(dir, 'receipt.json'), await receipt.body());
    const out = execFileSync(site.program, ['verify', site.harbour, '--save', join(dir, 'copy'), '--receipt', join(dir, 'receipt.json')], { encoding: 'utf8' });
    assert.match(out, /no fault/);
    const again = execFileSync(site.program, ['verify', join(dir, 'copy'), '--checkpoint', join(dir, 'copy', 'checkpoint')], { encoding: 'utf8' });
    assert.match(again, /no fault/);
    const entry = join(dir, 'copy', 'words', `${index}.json`);
    writeFileSync(entry, readFileSync(entry, 'utf8').replace('Forty', 'Fifty'));
    assert.throws(() => execFileSync(site.program, ['verify', join(dir, 'copy')], { encoding: 'utf8', stdio: 'pipe' }), /words\/\d+\.json|Command failed/);
  } finally {
    rmSync(dir, { recursive: true, force: true });
  }
});

test('a form sent twice is one act, and a forged one is refused', async () => {
  await page.goto(`${site.harbour}/en/stakeholders/new`);
  const form = await page.$$eval('form[method=post] input[type=hidden]', all => Object.fromEntries(all.map(e => [e.name, e.value])));
  const fields = { ...form, name: 'Lighthouse Keepers’ Guild', kind: 'civil-society' };
  const first = await context.request.post(`${site.harbour}/en/stakeholders/new`, { form: fields, maxRedirects: 0 });
  const second = await context.request.post(`${site.harbour}/en/stakeholders/new`, { form: fields, maxRedirects: 0 });
  assert.equal(first.status(), 303);
  assert.equal(second.headers().location, first.headers().location);
  const forged = await context.request.post(`${site.harbour}/en/stakeholders/new`, { form: { ...fields, token: 'no' }, maxRedirects: 0 });
  assert.equal(forged.status(), 403);
  const crossed = await context.request.post(`${site.harbour}/en/stakeholders/new`, { form: fields, maxRedirects: 0, headers: { 'Sec-Fetch-Site': 'cross-site' } });
  assert.equal(crossed.status(), 403);
  const stranger = await chromium.newContext();
  const closed = await stranger.request.get(`${site.harbour}/en/stakeholders/new`);
  assert.equal(closed.status(), 403);
  await stranger.close();
});
