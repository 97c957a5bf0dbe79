// What people see who signed in, and every form, in English and Arabic: no accessibility
// violation, no sideways scroll. The kinds are those that the program registers.
import { after, before, test } from 'node:test';
import assert from 'node:assert/strict';
import { browser, startOffice } from './site.mjs';
import { discover, kindOf, lookAt, lookAtRefused, missed, registered } from './look.mjs';
import { furnish } from './office.mjs';
import { nominations, seats, sessions } from './forum.mjs';

// elsewhere are forms that this compact has nothing for.
const elsewhere = {
  '/stakeholders/{id}/claim': 'needs an endorsement that somebody else stated',
  '/sign-in/passkey/{ceremony}': 'passkey.test.mjs', '/desk/passkeys/touch/{ceremony}': 'passkey.test.mjs',
};

// gaps are forms of which what is written stays, with its gaps.
const gaps = ['/desk/drafts/{id}/{step}'];

let site, chromium, o, looks;
const forms = registered('form'), all = [...registered('page'), ...forms];
const seen = []; // the addresses that were looked at

before(async () => {
  site = await startOffice();
  chromium = await browser();
  o = await furnish(site, chromium);
  await sessions(o, o.waste.party);
  const group = await seats(o);
  const path = link => link.replace(site.base, '').replace(/^\/en/, '');
  const digest = (await o.stranger.read(o.waste.at)).match(/\/evidence\/([0-9a-f]{64})/)[1];
  const cycle = (await o.stranger.read('/forum')).match(/"\/en(\/forum\/\d+)">2026</)[1], room = (await o.stranger.read('/regions')).match(/\/regions\/(\d+)/)[1];
  const session = (await o.stranger.read(`${cycle}/sessions`)).match(/\/sessions\/(\d+)/)[1];
  const theirs = [
    [o.demo, ['/forum/new', ...['amend', 'close', 'agenda/list', 'agenda/propose', 'agenda/rank', 'agenda/decide', 'agenda/amend'].map(step => `${cycle}/${step}`),
      ...['HB.5/confirm', 'HB.5/describe', 'HB.5/release', 'HB.5/relations/end', 'HB.8/settle', 'HB.5/answer'].map(form => `/bodies/${form}`),
      `${o.forum}/sessions/call`, `${o.forum}/sessions/new`, `${cycle}/sessions/${session}/decide`, ...['amend', 'withdraw', 'scorers', 'decide'].map(step => `${o.session}/${step}`), o.amendment, `${o.amendment}/check`,
      ...['', '/terms', '/call', '/extend', '/appoint', '/conflicts/new', '/draw', '/outcome'].map(step => `/desk/advisory-group${step}`), group.place, group.seat, `${group.draw}/witness`,
      '/regions/new', ...['prioritise', 'summarise', 'follow'].map(step => `/regions/${room}/${step}`)]],
    [o.demo, [...(await discover(address => o.demo.read(address), all, all, ['/desk', '/reviews'], 2)).filter(address => forms.includes(kindOf(all, address))), o.sheet, `/stakeholders/${o.group}/members`, `/stakeholders/${o.training.party}/endorse`, `${o.feed.at}/answer`,
      '/desk/reports', '/desk/reports/yearly/2026-12-31', '/desk/reports/yearly/2026-12-31/open', '/desk/reports/yearly/2026-12-31/delivery/en', ...['release', 'erratum', 'invite', 'contribute'].map(step => `/desk/reports/${o.period}/${step}`)]],
    [o.office, ['/desk', '/desk/account', '/desk/account/end', '/desk/account/erase', '/desk/sign-out', '/desk/people', '/desk/people/ungrant', '/desk/log', '/desk/jobs', '/desk/tokens', '/desk/tokens/revoke',
      '/desk/passkeys', '/desk/passkeys/remove/none', '/desk/reminders', '/desk/moderation', '/desk/moderation/hide', `/desk/moderation/hide?entry=${o.training.id}`,
      o.pool, `${o.begun}/seats`, `${o.coded}/publish`, `${o.correction}/answer`, `/words/${o.waste.id}/translate`, `/words/${o.waste.id}/translate?part=promise.en`, `/desk/parties/${o.waste.party}/relieve`]],
    [o.focal, ['/desk', `/desk/parties/${o.waste.party}`, `/desk/parties/${o.waste.party}/hand-over`, ...[1, 2, 3, 4, 'check'].map(n => `${o.draft}/${n}`), `${o.draft}/ask?field=problem`, o.held, o.faulty,
      `${o.coded}/reply`, `${o.coded}/waive`, `${o.dispute}/answer`, `${o.dispute}/close`, o.appeal, `${o.waste.at}/report`, `${o.waste.at}/unchanged`, `/desk/light?party=${o.waste.party}`, `/stakeholders/${o.waste.party}/withdraw`, `/stakeholders/${o.waste.party}/represent`]],
    [o.moderator, ['/desk', o.verdict]],
    [o.drafter, ['/desk', o.held]],
    [o.first, ['/desk', `${o.begun}/code`, `${o.begun}/draft`, `${o.coded}/code`, `${o.coded}/send`]],
    [o.reviewer, ['/desk', `${o.begun}/declare`, `${o.session}/score`]],
    [o.stranger, ['/sign-in', '/sign-in/sent', '/sign-in/passkey', '/link/thanks', path(o.question), path(o.offered), path(o.reminder), path(o.stop), '/receipts', o.receipt, o.appeal, `/wrong?about=commitment:${o.waste.id}`, `/evidence/${digest}/about`,
      o.waste.at, `${o.waste.at}/reviews`, o.correction, o.dispute, o.hidden, `/record/entries/${o.waste.id}`]],
  ];
  looks = lang => theirs.flatMap(([who, list]) => list.map(address => [who.context, site.base, lang, address]));
  seen.push(...theirs.flatMap(([, list]) => list));
});
after(async () => { await chromium?.close(); await site?.stop(); });

for (const lang of ['en', 'ar']) {
  test(`forms and pages behind the sign-in in ${lang}: axe-core, 320 px, direction`, async t => {
    const list = looks(lang);
    t.diagnostic(`${list.length} pages`);
    assert.deepEqual(await lookAt(list), []);
  });
}

// Nothing is kept of a form that lacks what it needs, so this changes nothing for the others.
test('forms that come back because something is missing: axe-core, 320 px, direction', async t => {
  const { wrong, refused } = await lookAtRefused(looks('ar').filter(([, , , address]) => forms.includes(kindOf(all, address)) && !gaps.includes(kindOf(all, address))));
  t.diagnostic(`${refused} forms came back`);
  assert.deepEqual(wrong, []);
  assert.ok(refused > 40, `${refused} forms came back`);
});

// A call for seats takes the place of the draw before it on the desk, so it comes after them.
test('forms while a call for seats takes nominations: axe-core, 320 px, direction', async () => {
  const { own, agreed, named } = await nominations(o, site, o.waste.party);
  const theirs = [
    [o.demo, ['', '/pool', '/extend', '/call'].map(step => `/desk/advisory-group${step}`)],
    [o.demo, [agreed, named, `${named}/link`, '/advisory-group/nominations/new']],
    [o.stranger, ['/advisory-group', '/advisory-group/nominations/new', '/advisory-group/nominations/sent', own, ...['answer', 'withdraw', 'erase'].map(step => `${own}/${step}`)]],
  ];
  seen.push(...theirs.flatMap(([, list]) => list));
  assert.deepEqual(await lookAt(['en', 'ar'].flatMap(lang => theirs.flatMap(([who, list]) => list.map(address => [who.context, site.base, lang, address])))), []);
});

test('every form is looked at', () => {
  assert.deepEqual(missed(forms, all, seen).sort(), Object.keys(elsewhere).sort());
});
