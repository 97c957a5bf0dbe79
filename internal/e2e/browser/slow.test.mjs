// A phone on a slow network: 50 kbit/s, 400 ms away, a processor six times slower.
// What counts is bytes and requests, never seconds: one request to a whole page,
// no script, and the weight that docs/weights.md promises.
import { after, before, test } from 'node:test';
import assert from 'node:assert/strict';
import { browser, start } from './site.mjs';

let site, chromium;

before(async () => { site = await start(); chromium = await browser(); });
after(async () => { await chromium?.close(); await site?.stop(); });

for (const [address, limit] of [['/en/items/P11d', 8192], ['/ar/', 8192], ['/zh/areas/KEN', 13500]]) {
  test(`${address} comes in one request of at most ${limit} bytes`, async () => {
    const context = await chromium.newContext({ viewport: { width: 360, height: 640 }, extraHTTPHeaders: { 'Accept-Encoding': 'br' } });
    const page = await context.newPage();
    const devtools = await context.newCDPSession(page);
    await devtools.send('Network.enable');
    await devtools.send('Network.emulateNetworkConditions', { offline: false, latency: 400, downloadThroughput: 6400, uploadThroughput: 6400 });
    await devtools.send('Emulation.setCPUThrottlingRate', { rate: 6 });
    const requests = [];
    let bytes = 0;
    devtools.on('Network.requestWillBeSent', e => { if (!e.request.url.startsWith('data:')) requests.push(`${e.type} ${e.request.url}`); });
    devtools.on('Network.loadingFinished', e => { bytes += e.encodedDataLength; });
    await page.goto(site.gdc + address, { timeout: 120000 });
    assert.equal(await page.locator('h1').count(), 1);
    assert.equal(await page.locator('footer').isVisible(), true);
    await context.close();
    assert.deepEqual(requests, [`Document ${site.gdc}${address}`]);
    assert.ok(bytes > 1000 && bytes <= limit, `${bytes} bytes on the wire`);
  });
}
