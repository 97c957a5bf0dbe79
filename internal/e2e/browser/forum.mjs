// What the sample's forum and advisory group are between on the day of these tests: a
// cycle whose call for sessions runs, and a call for seats that takes nominations.
import { letter } from './person.mjs';

const last = address => address.split('/').pop();
const found = (html, pattern) => html.match(pattern)?.[1] ?? (() => { throw new Error(`no ${pattern}`); })();

// sessions opens the cycle of 2027 and calls for sessions. A party proposes one, which
// readers are asked to score, and begins to amend it.
export async function sessions(o, party) {
  await o.demo.send('/forum/new', { year: '2027', topics_until: '2027-02-28', rank_until: '2027-03-31', agenda_until: '2027-04-30', call_until: '2027-06-30', from: '2027-11-09', to: '2027-11-11',
    report_days: '14', most_sessions: '2', most_minutes: '90', place: 'The old customs house at Northquay' });
  const cycle = found(await o.stranger.read('/forum'), /href="\/en(\/forum\/\d+)">2027</);
  await o.demo.send(`${cycle}/sessions/call`, { formats: ['panel', 'workshop'], durations: '60, 90', scale: '5',
    'criterion.0': 'Does it answer a gap?', 'weight.0': '60', 'criterion.1': 'Who is heard?', 'weight.1': '40' });
  const proposal = { title: 'Who pays for the quay?', problem: 'Nobody has said who pays.', format: 'panel', minutes: '60', partners: party, items: ['H.1'], gaps: 'H.1:money', serves: ['F1', 'F5'],
    serving: 'It reviews what was agreed.', consent: 'yes', 'people.0.name': 'Ada Quay', 'people.0.role': 'speaker', 'people.0.group': 'civil-society', 'people.0.area': 'QM', 'people.0.gender': 'woman' };
  const check = await o.demo.send(await o.demo.send(`${cycle}/sessions/new`, { party }), proposal);
  o.session = await o.demo.send(check);
  o.amendment = await o.demo.send(`${o.session}/amend`);
  await o.demo.send(o.amendment, { ...proposal, title: 'Who pays?' });
  await o.demo.send(`${o.session}/scorers`, { mail: 'third@peer.example' });
  o.forum = cycle;
}

// seats are the draw, a place in it and a seat of the sample's advisory group, by their addresses.
export async function seats(o) {
  const draw = found(await o.stranger.read('/advisory-group'), /href="\/en(\/advisory-group\/draws\/\d+)"/);
  const person = JSON.parse(await o.stranger.twin(draw)).data.places[0].pseudonym;
  return { draw, place: `/desk/advisory-group/draws/${last(draw)}/${person}`, seat: found(await o.demo.read('/desk/advisory-group'), /href="\/en(\/desk\/advisory-group\/seats\/\d+)"/) };
}

// nominations calls for the seats whose terms end in 2027. Two people are nominated, of
// whom one agrees: she can be decided on, and the other's letter can be sent once more.
export async function nominations(o, site, party) {
  await o.demo.send('/desk/advisory-group/call', { until: '2027-03-31', term_from: '2027-07-01', 'seats.state': '1', 'seats.non_state': '1', criteria: 'Whoever knows a harbour from inside.' });
  const person = { lang: 'en', segment: 'non_state', area: 'QM', expertise: 'Pilotage\nTides' };
  for (const name of ['Ada', 'Bela']) await o.demo.send('/advisory-group/nominations/new', { ...person, as: party, name: `${name} Quaymaster`, mail: `${name.toLowerCase()}@quay.example` });
  const link = mail => letter(site.outbox, mail, /http:\S+\/nominee\/\w+/);
  const own = (await link('ada@quay.example')).replace(site.base, '').replace(/^\/en/, '');
  await o.stranger.send(own, { ...person, name: 'Ada Quaymaster', gender: 'women', age: 'under_30', bio: 'Twenty years at sea.', statement: 'Plain rules.', affiliations: 'A pilot since 2020',
    conflicts: 'None', availability: 'Two days a month', reserve: 'yes', consent: 'yes' });
  const desk = await o.demo.read('/desk/advisory-group');
  const at = name => found(desk, new RegExp(`href="/en(/desk/advisory-group/nominees/\\w+)"><bdi>${name}`));
  return { own, agreed: at('Ada'), named: at('Bela') };
}
