// Fills a served Harbour Compact with what the pages behind the sign-in show: people
// with posts and roles, a draft, an act that waits for a second person, reports with
// documents, a review on its way, a dispute, corrections, hidden words and an appeal.
import { Person, letter } from './person.mjs';

const file = (name, mimeType, text) => ({ name, mimeType, buffer: Buffer.from(text) });

const photo = Buffer.from('iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==', 'base64');
const last = address => address.split('/').pop();

// furnish returns who is there and the addresses that only they can see, by page.
export async function furnish(site, chromium) {
  const o = { base: site.base };
  const person = () => Person.at(chromium, site.base);
  const signIn = async (mail, ...roles) => {
    site.add(mail, ...roles);
    const p = await person();
    await p.follow(site.link(mail));
    return p;
  };
  const post = async (mail, party, as) => {
    await o.office.send(`/desk/parties/${party}`, { mail, as, lang: 'en' });
    return letter(site.outbox, mail, /http:\S+\/link\/\w+/);
  };
  const take = async link => { const p = await person(); await p.follow(link); return p; };
  o.stranger = await person();
  o.demo = await person();
  await o.demo.follow(site.forms);
  const commitments = JSON.parse(await o.stranger.twin('/commitments')).data.rows;
  const promise = word => {
    const row = commitments.find(r => r.title.en.includes(word));
    return { at: row.href, id: last(row.href), party: last(row.party.href) };
  };
  o.period = JSON.parse(await o.stranger.twin('/reports')).data.kinds.flatMap(kind => kind.reports ?? [])[0].id;
  const waste = promise('ship waste'), training = promise('dock workers'), schools = promise('rural schools'), feed = promise('Tides');

  // A day passes between a post and the letter of a reminder, some sixty days before the report is due.
  o.office = await signIn('office@sea.example', 'operator');
  await take(await post('focal@state.example', schools.party, 'main'));
  site.setClock('2027-02-02T13:00:00Z');
  o.reminder = await letter(site.outbox, 'focal@state.example', /http:\S+\/answer\/\w+/);
  o.stop = await letter(site.outbox, 'focal@state.example', /http:\S+\/reminders\/stop\/\w+/);

  o.office = await signIn('office@sea.example', 'operator', 'moderator', 'steward');
  o.moderator = await signIn('moderator@sea.example', 'moderator');
  const reviewers = [await signIn('first@peer.example', 'reviewer'), await signIn('second@peer.example', 'reviewer')];
  o.reviewer = await signIn('third@peer.example', 'reviewer');
  o.focal = await take(await post('focal@port.example', waste.party, 'main'));
  o.drafter = await take(await post('drafter@port.example', waste.party, 'drafter'));
  o.offered = await post('next@port.example', waste.party, 'alternate');

  await drafts(o, site, waste);
  await reviews(o, reviewers, waste, schools);
  await disputes(o, waste, schools);
  Object.assign(o, { waste, training, schools, feed });
  return o;
}

// drafts: one that asks somebody else a question, a report with a document, an act that
// waits for a second person, a sheet, and a list of pledges as somebody else states them.
async function drafts(o, site, waste) {
  const step = await o.focal.send('/commitments/new', { party: waste.party });
  o.draft = step.replace(/\/[^/]+$/, '');
  await o.focal.send(`${o.draft}/ask?field=problem`, { field: 'problem', mail: 'expert@lab.example', lang: 'en' });
  o.question = await letter(site.outbox, 'expert@lab.example', /http:\S+\/link\/\w+/);
  const report = { from: '2026-04-01', to: '2026-09-30', self_status: 'in_progress', 'values.0.value': '55', 'values.0.on': '2026-09-30', narrative: 'The first line runs.' };
  await o.focal.send(`${waste.at}/report`, { ...report, 'evidence.0.title': 'The new line', 'evidence.0.kind': 'photo_site', 'evidence.0.strength': 'E2', 'evidence.0.file': file('line.png', 'image/png', photo) });
  o.held = await o.drafter.send(`${waste.at}/report`, { ...report, from: '2026-10-01', to: '2026-12-31', 'values.0.on': '2026-12-31' });
  const table = await (await o.focal.context.request.get(`${o.base}/en/desk/sheet.csv?party=${waste.party}`)).text();
  const filled = value => file('port.csv', 'text/csv', table.replace(/,(\d{4}-\d\d-\d\d),,,,,,,,\n/, `,$1,${value},$1,,in_progress,,The second line is being built.,,\n`));
  o.sheet = await o.demo.send('/desk/sheet', { party: waste.party, file: filled('62.5') });
  o.faulty = await o.focal.send('/desk/sheet', { party: waste.party, file: filled('about sixty') });
}

// reviews: one of which all have coded and the draft is sent, one that has just begun.
async function reviews(o, [first, second], waste, schools) {
  const pool = await o.office.send('/desk/pools/new', { name: 'Engineers of two harbours', basis: 'independent', appointed_by: 'The harbour assembly', rule: 'Two for each review, by lot.', naming: 'role_only' });
  for (const [mail, role] of [['first', 'Engineer'], ['second', 'Statistician'], ['third', 'Lawyer']]) await o.office.send(pool, { mail: `${mail}@peer.example`, role });
  o.pool = pool;
  const open = async (commitment, ...seated) => {
    const seats = await o.office.send(`/desk/reviews/open?commitment=${commitment.id}`, { commitment: commitment.id, stage: 'periodic', pool: last(pool), reviewers: String(seated.length) });
    const desk = seats.replace(/\/seats$/, '');
    for (const p of seated) await p.send(`${desk}/declare`, { declared: 'none' });
    for (const [, id] of (await o.office.read(seats)).matchAll(/<option value="([^"]+)">/g)) await o.office.send(seats, { account: id });
    return desk;
  };
  o.begun = await open(schools, first);
  o.coded = await open(waste, first, second);
  for (const p of [first, second]) {
    const codes = {};
    for (const [, name, options] of (await p.read(`${o.coded}/code`)).matchAll(/<select id="([^"]+)"[^>]*>([^]*?)<\/select>/g)) codes[name] = options.match(/value="([^"]+)"/)[1];
    await p.send(`${o.coded}/code`, codes);
  }
  const send = await first.send(`${o.coded}/draft`, { verifiable: 'yes', verifiable_reason: 'The weighbridge counts.', potential: 'modest', completion: 'not_started',
    results: 'none', reasoning: 'What runs is less than half.', 'recommendations.0': 'Publish the records.' });
  await first.send(send);
  o.first = first;
}

// disputes: one that is open, corrections of a party and of a stranger, hidden words with an appeal.
async function disputes(o, waste, schools) {
  o.dispute = await o.demo.send(`/disputes/new?entry=${waste.id}`, { as: schools.party, text: 'The port counts what is landed, not what is treated.' });
  const wrong = { category: 'figure', text: 'The total leaves out the second quay.', proposed: '49.2' };
  o.correction = await o.demo.send(`/wrong?about=commitment:${waste.id}`, { ...wrong, as: waste.party });
  o.receipt = await o.stranger.send(`/wrong?about=commitment:${schools.id}`, wrong);
  o.hidden = await o.office.send(`/desk/moderation/hide?entry=${waste.id}`, { parts: 'problem.en', category: 'private_data', basis: 'policy', appeal_until: '2027-03-31' });
  o.appeal = `/appeal?act=${last(o.hidden)}`;
  await o.focal.send(o.appeal, { text: 'Nobody is named there.' });
  o.verdict = (await o.moderator.read('/desk/moderation')).match(/\/desk\/moderation\/appeals\/[^"]+/)[0];
  o.group = last(await o.demo.send('/stakeholders/new', { name: 'States of the inner sea', kind: 'group' }));
}
