#!/usr/bin/env python3
"""Follows figures of a report of a period to the entries that they were counted from.

    kept verify https://compact.example.org --save copy
    python3 figures.py copy figures.json

figures.json is what a release is kept as, or what "kept report draft" wrote. This
script computes figures of it anew from the copy of the record alone, by the rules
as they are written here in words and in Python, compares value and list of entries,
and prints a line for each. It ends with 1 when one differs.

It needs Python 3.9 and states.py beside it, and shares no code with the program.

The rules, in words (docs/glossary.md):

  * What a report rests on are the first entries of the record, as many as it says.
  * A commitment made here counts once; when its party withdrew it, with those
    withdrawn and nowhere else; when it names no item of the text in force, with
    those of earlier texts. It can be checked when it has an end and says what will
    be done, and has an indicator with name, unit, target, its date and a source, or a
    milestone with text and date; else it is a statement of intent.
  * Delivery speaks of those that can be checked. Reporting currency is that of
    states.py; the self-assessed status is that of the latest report.
  * Money of one stage and currency is added up, never across stages; what is sought,
    and what was pledged and withdrawn, is in no sum; what is in kind stands apart. An
    amendment replaces what was pledged.
  * Towards a target adds what a commitment that can be checked will add to its
    baseline in the target's unit; under one key the largest counts.
  * A session was held when it was accepted, stands on the programme, and ended before
    the report's day. A message has come as far as the furthest of those whom it
    addresses, each by the last that was said of it.
  * A figure of data is read again from the bytes that came from the source. Of each
    area the newest period counts that had begun when the bytes were retrieved.
"""

import argparse
import csv
import hashlib
import io
import json
import os
import sys
from datetime import date, datetime, timedelta
from fractions import Fraction

import states


def text(number):
    """A number as the record writes it: at most nine digits after the point."""
    scaled = round(number * 10**9)
    whole, rest = divmod(abs(scaled), 10**9)
    sign = "-" if scaled < 0 else ""
    return sign + str(whole) + (".%09d" % rest).rstrip("0").rstrip(".")


def blob(copy, digest):
    """Bytes of a digest, which they must have."""
    with open(os.path.join(copy, "blobs", digest), "rb") as f:
        data = f.read()
    if hashlib.sha256(data).hexdigest() != digest:
        raise ValueError("the bytes of %s have another digest" % digest)
    return data


def raw_entries(copy, size):
    """The first entries as bytes, in their order."""
    index = 0
    with open(os.path.join(copy, "checkpoint"), encoding="utf-8") as f:
        whole = int(f.read().split("\n")[1])
    while index < size:
        with open(states.bundle(copy, index // 256, min(256, whole - index)), "rb") as f:
            data = f.read()
        at = 0
        while at < len(data) and index < size:
            length = int.from_bytes(data[at:at + 2], "big")
            yield data[at + 2:at + 2 + length]
            at += 2 + length
            index += 1


def root(leaves):
    """The root of a Merkle tree (RFC 6962, section 2.1)."""
    if len(leaves) == 1:
        return leaves[0]
    half = 1
    while half * 2 < len(leaves):
        half *= 2
    return hashlib.sha256(b"\x01" + root(leaves[:half]) + root(leaves[half:])).digest()


class Promise:
    """A commitment as it stands: facts, which texts are filled, how it ended."""

    def __init__(self, index, entry):
        self.index, self.facts = index, entry["facts"]
        self.filled = {base(p) for p in entry.get("words", {})}
        self.made, self.party = entry["at"][:10], entry["facts"]["lead"]
        self.closed, self.outcome, self.reports, self.status, self.values = "", "", [], "", {}
        self.later = []  # money at later stages
        self.confirmed = set()

    def amend(self, entry):
        brought = {base(p) for p in entry.get("words", {})} - {"reason"}
        self.filled = (self.filled - set(entry["facts"].get("dropped", []))) | brought
        self.facts = dict(entry["facts"], lead=self.party)

    def report(self, index, entry):
        f = entry["facts"]
        self.reports.append((index, entry["at"][:10]))
        self.status = f["self_status"]
        for v in f.get("values", []):
            if "value" in v:
                self.values[v["indicator"]] = v["value"]
        self.later += f.get("money", [])

    def verifiable(self):
        f = self.facts
        if not f.get("end") or "will_do" not in self.filled:
            return False
        for n, i in enumerate(f.get("indicators", [])):
            if all(i.get(k) for k in ("unit", "target", "target_on")) and {"indicators.%d.name" % n, "indicators.%d.source" % n} <= self.filled:
                return True
        return any(m.get("due") and "milestones.%d.text" % n in self.filled for n, m in enumerate(f.get("milestones", [])))

    def counted(self, items):
        """What it is counted as."""
        if self.closed == "withdrawn":
            return "withdrawn"
        if not set(self.facts["items"]) & items:
            return "earlier"
        return "delivery" if self.verifiable() else "intent"

    def money(self):
        pledged = [] if self.closed == "withdrawn" else [dict(m, stage="pledged") for m in self.facts.get("money", [])]
        return [m for m in pledged + self.later if m.get("role") != "sought"]


class Forum:
    """Sessions and messages of the forum, as the entries say."""

    fates = ["no_response", "noted", "taken_up", "done"]  # from the least to the furthest

    def __init__(self):
        self.sessions, self.messages, self.days = {}, {}, {}

    def take(self, index, entry):
        kind, f, day = entry["kind"], entry.get("facts", {}), entry["at"][:10]
        session = self.sessions.get(f.get("session"))
        if kind == "session.proposed":
            self.sessions[index] = {"on": day, "organisers": f["organisers"], "minutes": f["minutes"]}
        elif kind == "session.amended":
            session.update(organisers=f["organisers"], minutes=f["minutes"])
        elif kind in ("session.withdrawn", "session.scored", "session.reported", "session.excused"):
            session[kind] = True
        elif kind == "session.decided":
            session["outcome"] = f["outcome"]
        elif kind == "programme.set":
            self.days[f["cycle"], f["day"]] = {slot["session"]: slot["starts"] for slot in f.get("slots", [])}
        elif kind == "message.issued":
            to = ["addressee " + a for a in f.get("addressees", [])] + ["party %d" % p for p in f.get("parties", [])]
            self.messages[index] = {"on": day, "to": dict.fromkeys(to, "no_response")}
        elif kind == "message.followed":
            by = f.get("party") or entry["by"]
            self.messages[f["message"]]["to"]["addressee " + f["addressee"] if f.get("addressee") else "party %s" % by] = f["state"]

    def held_on(self, index):
        """The day on which a session ends by the programme, "" for none."""
        if self.sessions[index].get("session.withdrawn"):
            return ""
        starts = [slots[index] for slots in self.days.values() if index in slots]
        ends = [datetime.strptime(at, "%Y-%m-%dT%H:%MZ") + timedelta(minutes=self.sessions[index]["minutes"]) for at in starts]
        return max(ends).date().isoformat() if ends else ""

    def state(self, index, date):
        s, held = self.sessions[index], self.held_on(index)
        if s.get("session.withdrawn"):
            return "withdrawn"
        if s.get("outcome") == "accepted" and held and held < date:
            return "held"
        return s.get("outcome") or ("scored" if s.get("session.scored") else "proposed")

    def fate(self, index):
        return max(self.messages[index]["to"].values(), key=self.fates.index)


def base(part):
    """The field of a part of words, without its language."""
    return part.rsplit(".", 1)[0]


class Record:
    """What the first entries of a copy say."""

    def __init__(self, copy, size):
        self.copy = copy
        self.raw = list(raw_entries(copy, size))
        self.entries = [json.loads(line) for line in self.raw]
        self.promises, self.stated, self.parties, self.currency = {}, {}, {}, {}
        self.snapshots, self.pack, self.standing, self.claimed = {}, None, {}, set()
        self.forum = Forum()
        for index, entry in enumerate(self.entries):
            self.take(index, entry)

    def take(self, index, entry):
        states.take(self.currency, index, entry)
        self.forum.take(index, entry)
        kind, f = entry["kind"], entry.get("facts", {})
        promise = self.promises.get(f.get("commitment"))
        if kind == "pack.adopted":
            self.pack = json.loads(blob(self.copy, f["pack_blob"]))
            self.digest = f["pack_blob"]
        elif kind == "party.registered":
            self.parties[index] = f
        elif kind == "snapshot.taken":
            self.snapshots[f["indicator"]] = (index, f)
        elif kind in ("commitment.made", "commitment.claimed"):
            self.promises[index] = Promise(index, entry)
            self.claimed.add(f.get("claims"))
        elif kind == "commitment.stated":
            self.stated[index] = f
        elif kind == "commitment.amended":
            promise.amend(entry)
        elif kind == "commitment.withdrawn":
            promise.closed = "withdrawn"
        elif kind == "commitment.concluded":
            promise.closed, promise.outcome = "concluded", f["outcome"]
        elif kind == "commitment.confirmed":
            promise.confirmed.add(int(entry["by"]) if entry["by"].isdigit() else f["party"])
        elif kind == "report.made":
            promise.report(index, entry)

    def part(self, name, key):
        return self.pack.get(name, {}).get(key, [])

    def in_force(self):
        """Every part of the text in force, by id."""
        text_id = self.pack["pack.yaml"]["in_force"]
        return {i["id"]: i for i in self.pack["texts/%s.yaml" % text_id]["items"]}


class Follower:
    """Computes figures one after another and compares."""

    def __init__(self, record, figures):
        self.r, self.f = record, figures
        self.by_id = {g["id"]: g for c in figures["chapters"] for g in c.get("figures", [])}
        self.items = record.in_force()
        self.counted = {i: p.counted(set(self.items)) for i, p in record.promises.items()}
        self.same = self.differ = 0

    def say(self, name, ok, released, computed):
        self.same, self.differ = self.same + ok, self.differ + (not ok)
        print("%s  %s: released %s, computed %s" % ("same  " if ok else "DIFFER", name, released, computed))

    def value(self, name, computed, records=None):
        """Compares a figure; one that the report does not have is passed over."""
        g = self.by_id.get(name)
        if g is None:
            return
        released = g.get("value", g.get("why"))
        ok = released == computed
        if records is not None:
            ok = ok and self.list(g, sorted(set(records)))
        self.say(name, ok, released, computed)

    @staticmethod
    def list(g, records):
        if "records_sha256" not in g:
            return g.get("records", []) == records
        line = json.dumps({"records": records}, separators=(",", ":")).encode()
        return (g["records_count"], g["records_sha256"]) == (len(records), hashlib.sha256(line).hexdigest())

    def count(self, name, records):
        self.value(name, str(len(set(records))), records)

    def within(self, day):
        return self.f["from"] <= day <= self.f["to"]

    def acts(self, *kinds):
        return [i for i, e in enumerate(self.r.entries) if e["kind"].split("/")[0] in kinds and self.within(e["at"][:10])]

    def among(self, *classes):
        return {i: p for i, p in self.r.promises.items() if self.counted[i] in classes}

    def follow(self):
        self.basis()
        self.numbers()
        self.promised()
        self.delivered()
        self.money()
        self.targets()
        self.forum()
        self.annex()
        self.data()

    def basis(self):
        leaves = [hashlib.sha256(b"\x00" + line).digest() for line in self.r.raw]
        self.say("root", root(leaves).hex() == self.f["root"], self.f["root"][:16], root(leaves).hex()[:16])
        self.say("pack", self.r.digest == self.f["pack"], self.f["pack"][:16], self.r.digest[:16])
        self.value("scope.entries", str(len(self.r.raw)))
        self.value("scope.entries_in_period", str(sum(self.within(e["at"][:10]) for e in self.r.entries)))

    def numbers(self):
        self.count("numbers.parties_registered", self.acts("party.registered"))
        self.count("numbers.reports_received", self.acts("report.made"))
        self.count("numbers.commitments_made", self.acts("commitment.made", "commitment.claimed"))
        self.count("numbers.commitments_withdrawn", self.acts("commitment.withdrawn"))
        self.count("parties.total", self.r.parties)
        for kind in self.r.pack["pack.yaml"]["party_kinds"]:
            self.count("parties.kind." + kind, [i for i, f in self.r.parties.items() if f["kind"] == kind])

    def promised(self):
        here = self.among("delivery", "intent")
        self.count("promises.total", here)
        self.count("promises.verifiable", self.among("delivery"))
        self.count("promises.intent", self.among("intent"))
        self.count("promises.withdrawn", self.among("withdrawn"))
        self.count("promises.earlier", self.among("earlier"))
        self.count("promises.elsewhere", [i for i in self.r.stated if i not in self.r.claimed])
        self.count("promises.leads", [p.party for p in here.values()])
        self.count("promises.made_in_period", [i for i, p in here.items() if self.within(p.made)])
        for kind in sorted({p.facts["type"] for p in here.values()}):
            self.count("promises.type." + kind, [i for i, p in here.items() if p.facts["type"] == kind])
        for new in sorted({p.facts["newness"] for p in here.values()}):
            self.count("promises.newness." + new, [i for i, p in here.items() if p.facts["newness"] == new])

    def delivered(self):
        checked, day = self.among("delivery"), date.fromisoformat(self.f["date"])
        for state in ("not_due", "current", "due", "overdue", "silent", "lapsed"):
            self.count("delivery.reporting." + state, [i for i in checked if self.r.currency[i].state(day) == state])
        for status in ("in_preparation", "in_progress", "completed", "delayed"):
            self.count("delivery.status." + status, [i for i, p in checked.items() if p.status == status])
        self.count("delivery.reports_in_period", [i for p in checked.values() for i, on in p.reports if self.within(on)])
        self.count("delivery.unreported", [i for i, p in checked.items() if not p.reports])
        self.value("delivery.reports_missed", str(sum(self.r.currency[i].missed for i in checked)))

    def money(self):
        sums, behind = {}, {}
        for i, p in self.r.promises.items():
            for m in p.money():
                key = m["stage"] + "." + m["currency"] + (".in_kind" if m["kind"] == "in_kind" else "")
                sums[key] = sums.get(key, 0) + Fraction(m["amount"])
                behind.setdefault(key, []).append(i)
        for key in sorted(sums):
            self.value("money." + key, text(sums[key]), behind[key])

    def targets(self):
        for t in self.r.part("targets.yaml", "targets"):
            if t["text"] != self.r.pack["pack.yaml"]["in_force"] or t["kind"] != "quantity":
                continue
            largest, delivered, behind = {}, {}, []
            for i, p in self.among("delivery").items():
                if not set(p.facts["items"]) & set(t["items"]):
                    continue
                for n, one in enumerate(p.facts.get("indicators", [])):
                    fits = one["unit"] == t["unit"] and "baseline" in one and one["direction"] == "up" and one["measure_kind"] != "binary"
                    if not fits or one.get("pledges"):
                        continue
                    behind.append(i)
                    size, key = Fraction(one["target"]) - Fraction(one["baseline"]), one.get("dedup_key") or (i, n)
                    if key not in largest or size > largest[key]:
                        largest[key] = size
                        delivered[key] = Fraction(p.values[n]) - Fraction(one["baseline"]) if n in p.values else None
            if not behind:
                self.value("target.%s.high" % t["id"], "none", [])
                continue
            self.value("target.%s.high" % t["id"], text(sum(largest.values())), behind)
            known = [v for v in delivered.values() if v is not None]
            self.value("target.%s.delivered" % t["id"], text(sum(known)) if known else "no_data", behind)

    def forum(self):
        forum, date = self.r.forum, self.f["date"]
        proposed = [i for i, s in forum.sessions.items() if self.within(s["on"])]
        self.count("forum.sessions_proposed", proposed)
        for state in ("proposed", "scored", "accepted", "held", "merged", "refused", "withdrawn"):
            self.count("forum.proposed." + state, [i for i in proposed if forum.state(i, date) == state])
        held = [i for i in forum.sessions if forum.state(i, date) == "held" and self.within(forum.held_on(i))]
        self.count("forum.sessions_held", held)
        self.count("forum.report.given", [i for i in held if forum.sessions[i].get("session.reported")])
        self.count("forum.report.excused", [i for i in held if forum.sessions[i].get("session.excused") and not forum.sessions[i].get("session.reported")])
        self.count("forum.organisers", [p for i in held for p in forum.sessions[i]["organisers"]])
        self.count("forum.messages_issued", [i for i, m in forum.messages.items() if self.within(m["on"])])
        for fate in forum.fates:
            self.count("forum.fate." + fate, [i for i in forum.messages if forum.fate(i) == fate])

    def annex(self):
        for row in self.f.get("items", []):
            on = {i: p for i, p in self.among("delivery", "intent").items() if row["item"] in p.facts["items"]}
            if not on and not row.get("commitments"):
                continue
            checked = sorted(i for i in on if self.counted[i] == "delivery")
            self.count("item.%s.commitments" % row["item"], checked)
            parties = sorted({p.party for p in on.values()} | {c for p in on.values() for c in p.confirmed})
            self.say("annex, parties of " + row["item"], row.get("parties", []) == parties, row.get("parties", []), parties)
            reports = sorted(i for p in on.values() for i, day in p.reports if self.within(day))
            self.say("annex, reports on " + row["item"], row.get("reports", []) == reports, row.get("reports", []), reports)

    def data(self):
        known = {i["id"]: i for i in self.r.part("indicators.yaml", "indicators")}
        for name, (entry, f) in sorted(self.r.snapshots.items()):
            if name not in known or f["format"] != "csv/1":
                continue
            latest = self.latest(f)
            world = latest.pop("WLD", None)
            prefix = "series.%s." % name
            self.value(prefix + "world", world[1] if world else "no_data")
            g = self.by_id.get(prefix + "world", {})
            if world and g:
                self.say(prefix + "world, its line", g["year"] == world[0] and g["snapshot"] == f["bytes_blob"] and g["entry"] == entry, g["year"], world)
            self.value(prefix + "areas", str(len(latest)) if latest else "no_data")
            values = sorted(Fraction(v) for _, v in latest.values())
            if values:
                middle = (values[(len(values) - 1) // 2] + values[len(values) // 2]) / 2
                g = self.by_id.get(prefix + "median", {})
                near = "value" in g and abs(Fraction(g["value"]) - middle) <= abs(middle) / 10**8  # nine significant digits
                self.say(prefix + "median", near, g.get("value"), text(middle))

    def latest(self, f):
        """Of each area the newest period with a value, and that value as it stands in the file."""
        mapping = json.loads(blob(self.r.copy, f["mapping_blob"]))
        lines = csv.DictReader(io.StringIO(blob(self.r.copy, f["bytes_blob"]).decode("utf-8-sig")), delimiter=mapping.get("delimiter", ","))
        newest = {}
        for row in lines:
            if any(row[w["column"]] != w["value"] for w in mapping.get("where", [])):
                continue
            area, period, value = row[mapping["area"]].strip(), row[mapping["period"]].strip(), row[mapping["value"]].strip()
            begins = (period + "-01-01")[:10] if len(period) == 4 else (period + "-01")[:10]
            if begins > f["retrieved"]:
                continue
            if value and value not in mapping.get("na", []) and (area not in newest or period > newest[area][0]):
                newest[area] = (period, text(Fraction(value)))
        return newest


def main():
    arguments = argparse.ArgumentParser(description="Follows figures of a report to the entries of a copy of the record.")
    arguments.add_argument("copy", help="the folder that kept verify --save wrote")
    arguments.add_argument("figures", help="figures.json of a release or a draft")
    given = arguments.parse_args()
    with open(given.figures, encoding="utf-8") as f:
        figures = json.load(f)
    follower = Follower(Record(given.copy, figures["size"]), figures)
    follower.follow()
    print("%d the same, %d differ" % (follower.same, follower.differ))
    return 1 if follower.differ or follower.same < 20 else 0


if __name__ == "__main__":
    sys.exit(main())
