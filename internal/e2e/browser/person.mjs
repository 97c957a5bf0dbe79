// A person at her browser: what she sends goes through the forms
// that the site serves her, with their hidden fields.
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

const unescape = s => s.replace(/&#(\d+);/g, (_, n) => String.fromCodePoint(n)).replace(/&lt;/g, '<').replace(/&gt;/g, '>').replace(/&quot;/g, '"').replace(/&amp;/g, '&');
const attribute = (tag, name) => unescape(tag.match(new RegExp(`\\s${name}="([^"]*)"`))?.[1] ?? '');

export class Person {
  static async at(chromium, base) {
    const p = new Person();
    p.base = base;
    p.context = await chromium.newContext({ viewport: { width: 320, height: 800 }, locale: 'en' });
    return p;
  }

  // follow opens a link of a letter or of the console and presses its one button.
  follow(link) { return this.send(link.replace(this.base, '').replace(/^\/en/, '')); }

  async read(address) {
    const answer = await this.context.request.get(this.base + (address.startsWith('/enter') ? '' : '/en') + address);
    if (answer.status() !== 200) throw new Error(`${address}: status ${answer.status()}`);
    return answer.text();
  }

  async twin(address) { return (await this.context.request.get(`${this.base}${address}.json`)).text(); }

  // send fills in the form of a page and returns the address that it leads to, if any. A field may be
  // a list, or a file {name, mimeType, buffer}. It fails with what the page says is to be mended.
  async send(address, fields = {}) {
    const html = await this.read(address);
    const form = [...html.matchAll(/<form method="post"[^>]*>[^]*?<\/form>/g)].map(m => m[0]).find(f => f.includes('novalidate')) ?? html.match(/<form method="post"[^>]*>[^]*?<\/form>/)?.[0];
    if (!form) throw new Error(`${address} has no form`);
    const body = new FormData();
    for (const [tag] of form.matchAll(/<input[^>]*type="hidden"[^>]*>/g)) if (!(attribute(tag, 'name') in fields)) body.append(attribute(tag, 'name'), attribute(tag, 'value'));
    for (const [name, value] of Object.entries(fields)) {
      for (const one of [value].flat()) {
        if (one.buffer) body.append(name, new Blob([one.buffer], { type: one.mimeType }), one.name); // Node 18 knows no File
        else body.append(name, one);
      }
    }
    const way = form.includes('multipart/form-data') ? 'multipart' : 'form';
    const answer = await this.context.request.post(this.base + attribute(form, 'action'), { [way]: body, maxRedirects: 0 });
    const to = answer.headers().location;
    if (answer.status() !== 303 && (answer.status() !== 200 || to)) throw new Error(`${address}: status ${answer.status()}: ${(await answer.text()).match(/<main[^]*?<\/main>/)?.[0].replace(/<[^>]+>/g, ' ').replace(/\s+/g, ' ').slice(0, 600)}`);
    return to?.replace(/^\/en/, '');
  }
}

// letter waits for a letter to somebody that holds a link, and returns the link.
export async function letter(outbox, mail, link) {
  for (let n = 0; n < 200; n++) {
    for (const name of readable(outbox)) {
      const text = readFileSync(join(outbox, name), 'utf8').replace(/=\r?\n/g, '').replace(/=([0-9A-F]{2})/g, (_, hex) => String.fromCharCode(parseInt(hex, 16)));
      if (!/^To: .*$/m.exec(text)?.[0].includes(mail)) continue;
      const found = text.match(link);
      if (found) return found[0];
    }
    await new Promise(resolve => setTimeout(resolve, 100));
  }
  throw new Error(`no letter to ${mail} with ${link}`);
}

function readable(outbox) {
  try {
    return readdirSync(outbox).filter(name => name.endsWith('.eml'));
  } catch {
    return []; // the first letter makes the folder
  }
}
