#!/usr/bin/env python3
"""Computes overlaps of bodies and gaps of items anew, from the CSV files of a site.

    python3 overlaps.py https://compact.example.org
    python3 overlaps.py public          # a folder that "kept export site" wrote

The site may be running or a folder of files. This script reads bodies, texts, targets,
indicators and commitments, computes by the rules as they are written here in words and
in Python, and compares with /bodies/overlaps.csv and /gaps.csv, cell by cell. It prints
what differs and how much is the same, and ends with 1 when anything differs.

It needs Python 3.9, and shares no code with the program.

The rules, in words (docs/glossary.md):

  * A body works on the items that it names or that name it. What an item stands under
    is the part that opens its list, then the objective or theme, where it ends.
  * A tag is a part with a function. A body has a tag for each part that it works on
    with each of its functions: 4 where it works on the part by name, 2 where it works on
    something in the part's list, 1 where it works on something under the objective or
    theme; of several the greatest.
  * The overlap of two bodies is the sum of the smaller weights over the sum of the
    greater ones, over all tags of both. By items it is the same without functions. Where
    nobody says which functions one of the two has, only the second is known.
  * Pairs come from the greatest overlap down; those of which only the second is known
    come last; equal ones stand in the order of the list of bodies.
  * An item that asks something has a gap where nothing was found of: bodies on the item
    itself; commitments made here that serve the text in force and were not withdrawn; of
    these, ones that can be checked; ones that name money that is behind them; series
    with values beside the item or its targets; ones whose newest report is not older
    than 24 months. Of an item of an earlier text, commitments that serve earlier texts
    only count too.
"""

import argparse
import csv
import io
import os
import sys
import urllib.parse
import urllib.request
from fractions import Fraction
from functools import cmp_to_key

WEIGHT = {"itself": 4, "list": 2, "heading": 1}
FUNCTIONS = ["dialogue", "norms", "standards", "data", "review", "capacity", "funding", "coordination"]


class Site:
    """The CSV files of a site, running or in a folder."""

    def __init__(self, at):
        self.at, self.running = at.rstrip("/"), at.startswith(("http://", "https://"))

    def rows(self, path, **asked):
        """The rows of a file; None where a folder does not have it."""
        if self.running:
            query = "?" + urllib.parse.urlencode(asked) if asked else ""
            with urllib.request.urlopen(self.at + path + query) as answer:
                text = answer.read().decode("utf-8")
        else:
            name = os.path.join(self.at, *path.strip("/").split("/"))
            if asked or not os.path.exists(name):
                return None
            with open(name, encoding="utf-8", newline="") as f:
                text = f.read()
        return list(csv.DictReader(io.StringIO(text, newline="")))


class Compact:
    """What the texts are made of, and the bodies around them."""

    def __init__(self, site):
        self.texts = [t["id"] for t in site.rows("/texts.csv")]
        self.in_force = next(t["id"] for t in site.rows("/texts.csv") if t["in_force"] == "true")
        self.items, self.of = {}, {}
        for text in self.texts:
            for i in site.rows("/texts/%s.csv" % text):
                self.items[i["id"]], self.of[i["id"]] = i, text
        self.order = {item: n for n, item in enumerate(self.items)}
        self.bodies = site.rows("/bodies.csv")
        for b in self.bodies:
            b["items"], b["functions"] = b["items"].split(), b["functions"].split()

    def heading(self, item):
        return self.items[item]["kind"] in ("objective", "theme")

    def above(self, item):
        found = []
        while item in self.items and not self.heading(item):
            item = self.items[item]["block"] or self.items[item]["under"]
            if item not in self.items or item in found:
                break
            found.append(item)
        return found

    def tags(self, body):
        weights = {item: WEIGHT["itself"] for item in body["items"]}
        for item in body["items"]:
            for part in self.above(item):
                weight = WEIGHT["heading" if self.heading(part) else "list"]
                weights[part] = max(weights.get(part, 0), weight)
        return weights


def jaccard(a, b):
    """The sum of the smaller weights, and the sum of the greater ones."""
    keys = set(a) | set(b)
    return sum(min(a.get(k, 0), b.get(k, 0)) for k in keys), sum(max(a.get(k, 0), b.get(k, 0)) for k in keys)


def decimal(share):
    """Nine digits after the point, halves away from zero."""
    scaled = (2 * share.numerator * 10**9 + share.denominator) // (2 * share.denominator)
    return "%d.%09d" % divmod(scaled, 10**9)


def overlaps(compact):
    """The rows of /bodies/overlaps.csv, in their order."""
    tags = [compact.tags(b) for b in compact.bodies]
    full = [{(part, f): w for part, w in t.items() for f in b["functions"]} for b, t in zip(compact.bodies, tags)]
    rows = []
    for x, a in enumerate(compact.bodies):
        for y in range(x + 1, len(compact.bodies)):
            b = compact.bodies[y]
            shared, of = jaccard(tags[x], tags[y])
            if shared == 0:
                continue
            by_tags = None
            if a["functions"] and b["functions"]:
                by_tags = jaccard(full[x], full[y])
            parts = sorted((p for p in tags[x] if p in tags[y]), key=compact.order.get)
            functions = [f for f in FUNCTIONS if f in a["functions"] and f in b["functions"]]
            rows.append((x, y, by_tags, (shared, of), {
                "a": a["id"], "b": b["id"], "functions_shared": " ".join(functions), "parts_shared": " ".join(parts), "weight_shared": str(shared),
                "tags_numerator": str(by_tags[0]) if by_tags else "", "tags_denominator": str(by_tags[1]) if by_tags else "",
                "tags_share": decimal(Fraction(*by_tags)) if by_tags else "",
                "items_numerator": str(shared), "items_denominator": str(of), "items_share": decimal(Fraction(shared, of))}))

    def order(p, q):
        if (p[2] is None) != (q[2] is None):
            return 1 if p[2] is None else -1
        for s, t in ((p[2], q[2]), (p[3], q[3])):
            if s is not None and Fraction(*s) != Fraction(*t):
                return -1 if Fraction(*s) > Fraction(*t) else 1
        return -1 if p[:2] < q[:2] else 1

    return [row[4] for row in sorted(rows, key=cmp_to_key(order))]


def since(today):
    """The same day 24 months before; the last of February where that has no 29th."""
    year, month, day = today.split("-")
    year = int(year) - 2
    if (month, day) == ("02", "29"):
        day = "28"
    return "%04d-%s-%s" % (year, month, day)


def gaps(compact, site, text, today):
    """The rows of /gaps.csv for one text."""
    made = site.rows("/commitments.csv")
    stated = site.rows("/commitments.csv", which="stated")
    indicators, targets = site.rows("/indicators.csv"), site.rows("/targets.csv")
    for row in made + (stated or []) + indicators + targets:
        row["items"] = row["items"].split()
    rows = []
    for item, facts in compact.items.items():
        if compact.of[item] != text or facts["asks"] != "true":
            continue
        earlier = text != compact.in_force
        on = [c for c in made if item in c["items"]]
        here = [c for c in on if c["counted"] in ("delivery", "intent")]
        before = [c for c in on if c["counted"] == "earlier"] if earlier else []
        first = since(today)

        def having(commitments, wanted):
            return sum(1 for c in commitments if wanted(c))

        money, recent = (lambda c: c["money"] == "true"), (lambda c: c["reported_on"] >= first and c["reported_on"] != "")
        works = [b["id"] for b in compact.bodies if item in b["items"]]
        above = set(compact.above(item))
        higher = [b["id"] for b in compact.bodies if above & set(b["items"]) and b["id"] not in works]
        of_item = {t["id"] for t in targets if item in t["items"]} | set(facts["targets"].split())
        beside = [i for i in indicators if item in i["items"] or of_item & set(i["targets"].split())]
        found = {
            "bodies": len(works), "bodies_above": len(higher),
            "delivery": having(here, lambda c: c["counted"] == "delivery"), "intents": having(here, lambda c: c["counted"] == "intent"),
            "withdrawn": having(on, lambda c: c["counted"] == "withdrawn"),
            "earlier_checked": having(before, lambda c: c["can_be_checked"] == "true"), "earlier_intents": having(before, lambda c: c["can_be_checked"] != "true"),
            "money": having(here, money), "earlier_money": having(before, money),
            "series": sum(1 for i in beside if int(i["values"]) > 0), "indicators": len(beside),
            "reported": having(here, recent), "earlier_reported": having(before, recent)}
        if stated is not None:
            found["elsewhere"] = sum(1 for c in stated if item in c["items"])
        none = {
            "no_body": found["bodies"] == 0, "no_commitment": not here and not before,
            "no_verifiable_commitment": found["delivery"] + found["earlier_checked"] == 0,
            "no_money": found["money"] + found["earlier_money"] == 0, "no_series": found["series"] == 0,
            "no_report": found["reported"] + found["earlier_reported"] == 0}
        row = {"item": item, "text": text, "reports_since": first}
        row.update({k: "true" if v else "false" for k, v in none.items()})
        row.update({k: str(v) for k, v in found.items()})
        rows.append(row)
    return rows


def compare(what, name, ours, theirs):
    """Prints what differs, and how much is the same."""
    same = differ = 0
    for n in range(max(len(ours), len(theirs))):
        mine = ours[n] if n < len(ours) else {}
        other = theirs[n] if n < len(theirs) else {}
        wrong = {k: (mine.get(k), other.get(k)) for k in (mine or other) if mine.get(k) != other.get(k)}
        if wrong:
            differ += 1
            print("%s %s: %s" % (what, " ".join(filter(None, ((mine or other).get(k) for k in name))), wrong))
        else:
            same += 1
    print("%s: %d the same, %d differ" % (what, same, differ))
    return differ


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("site", help="address of a site, or a folder that an export wrote")
    site = Site(parser.parse_args().site)
    compact = Compact(site)
    differ = compare("overlaps", ("a", "b"), overlaps(compact), site.rows("/bodies/overlaps.csv"))
    for text in compact.texts:
        theirs = site.rows("/gaps.csv") if text == compact.in_force else site.rows("/gaps.csv", text=text)
        if theirs is None:
            continue
        differ += compare("gaps of " + text, ("item",), gaps(compact, site, text, theirs[0]["on"]) if theirs else [], theirs)
    sys.exit(1 if differ else 0)


if __name__ == "__main__":
    main()
