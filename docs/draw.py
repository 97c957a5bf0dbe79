#!/usr/bin/env python3
"""Repeats a draw from its file, by the rules as they are written here in words.

    python3 draw.py draw.json
    python3 draw.py draw.json --chances --gone p12 --gone p7

It ends with 1 when anything differs. It needs Python 3.9 and nothing else, and shares no
code with the program. Two things it cannot check without a library: the signature of the
beacon's round (BLS12-381) and the signature of the checkpoint (Ed25519). It says so; kept draw
check does both.

The rules, in words (fair-selection.md):

  * The file is one JSON object in its canonical spelling (RFC 8785). The digest of the plan is
    SHA-256 of the plan's canonical bytes.
  * Every panel of the plan keeps every quota, panels are in ascending order, their tickets sum to
    the total, and a person's tickets are those of the panels that she is on.
  * Randomness is SHA-256 of the round's signature; of a die, SHA-256 of the line "kept-draw/1 dice"
    and the throws as digits.
  * Number: as many bits as total - 1 has, from the front of
    SHA-256("kept-draw/1 number" line, digest of the plan, randomness, counter of 8 bytes), block by block, the surplus
    bits at the top zero; too large a number is thrown away and the next blocks are taken.
  * Panel: the first whose tickets, added to those of the panels before it, exceed the number.
  * Reserves: all others, in the order of SHA-256("kept-draw/1 reserve" line, digest of the plan,
    randomness, pseudonym), of equal ones the smaller pseudonym first.
  * Who leaves is replaced by the first reserve with whom the panel keeps every quota; where there is
    none, by the first with whom quotas are missed by the fewest people in all.
"""

import argparse
import base64
import hashlib
import json
import sys
from fractions import Fraction


def sha(*parts):
    return hashlib.sha256(b"".join(parts)).digest()


def canonical(value):
    return json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()


class Wrong(Exception):
    pass


def want(true, text):
    if not true:
        raise Wrong(text)


def missed(instance, panel):
    """By how many people a panel misses the quotas; panel holds persons."""
    off = 0
    for n, category in enumerate(instance.get("categories", [])):
        for value in category["values"]:
            has = sum(1 for person in panel if person["values"][n] == value["name"])
            off += max(value["min"] - has, has - value["max"], 0)
    most = instance.get("most_of_group", 0)
    groups = [person["group"] for person in panel if person.get("group")]
    if most:
        off += sum(max(groups.count(g) - most, 0) for g in set(groups))
    return off


def check_plan(plan):
    instance, portfolio = plan["instance"], plan["portfolio"]
    pool, tickets = instance["pool"], [int(t) for t in portfolio["tickets"]]
    want(plan["format"] == "kept-draw/1", "another format")
    want(plan["rules"] == {"pick": "cumulative/1", "reserves": "hash-order/1", "tie": "pseudonym/1"}, "other rules")
    want(len({p["id"] for p in pool}) == len(pool), "a pseudonym stands twice")
    panels = portfolio["panels"]
    want(len(panels) == len(tickets) and min(tickets) > 0, "each panel needs tickets")
    want(all(a < b for a, b in zip(panels, panels[1:])), "panels are not in ascending order")
    want(sum(tickets) == int(portfolio["total"]), "tickets do not sum to the total")
    for n, panel in enumerate(panels, 1):
        want(all(a < b for a, b in zip(panel, panel[1:])) and len(panel) == instance["seats"], f"panel {n} has not its form")
        want(missed(instance, [pool[i] for i in panel]) == 0, f"panel {n} misses a quota")
    sums = [0] * len(pool)
    for panel, t in zip(panels, tickets):
        for i in panel:
            sums[i] += t
    want([str(s) for s in sums] == plan["chances"], "chances are not those that the panels give")


def inclusion(index, size, leaf, proof):
    """The root that a proof gives for a leaf (RFC 6962 section 2.1.1)."""
    def root(lo, hi):
        if hi - lo == 1:
            return leaf
        k = 1
        while 2 * k < hi - lo:
            k *= 2
        want(proof, "the proof is too short")
        other = base64.b64decode(proof.pop())
        if index < lo + k:
            return sha(b"\x01", root(lo, lo + k), other)
        return sha(b"\x01", other, root(lo + k, hi))
    return root(0, size)


def entry_of(receipt, what):
    """The entry of a receipt, once it is shown to be under the receipt's checkpoint."""
    origin, size, root = receipt["checkpoint"].split("\n")[:3]
    proof = list(receipt.get("proof", []))
    got = inclusion(receipt["index"], int(size), sha(b"\x00", receipt["entry"].encode()), proof)
    want(not proof and base64.b64encode(got).decode() == root, f"{what} is not under its checkpoint")
    return json.loads(receipt["entry"]), int(size)


def check_announcement(file, digest):
    if "announced" not in file:
        print("no announcement: nothing shows that the plan was fixed before the randomness was known")
        return
    entry, size = entry_of(file["announced"], "the announcement")
    want(entry["kind"] == "draw.announced" and entry["facts"]["plan_blob"] == digest.hex(), "the announcement is of another plan")
    last = file["announced"]
    if "last" in file:
        last = file["last"]
        want(last["checkpoint"] == file["announced"]["checkpoint"], "the last entry is under another checkpoint")
    at, _ = entry_of(last, "the last entry")
    due = file["plan"]["sources"][0]["at"]
    want(last["index"] == size - 1 and at["at"] < due, "the checkpoint is not from before the first source")
    print(f"announced by entry {file['announced']['index']} at {entry['at']}, before {due}")


def randomness(file):
    r = file["randomness"]
    source = file["plan"]["sources"][r["source"] - 1]
    if "chain" in source:
        want(r["round"] == source["round"] and "throws" not in r, "another round than the plan names")
        print(f"round {r['round']} of {source['chain']['beacon']}; its signature is not checked here")
        return sha(bytes.fromhex(r["signature"]))
    want(len(r["throws"]) == source["throws"] and set(r["throws"]) <= set("123456"), "not the throws that the plan asks for")
    return sha(b"kept-draw/1 dice\n", r["throws"].encode())


def number(digest, seed, total):
    bits = (total - 1).bit_length()
    size, n = (bits + 7) // 8, 0
    while True:
        taken = b""
        while len(taken) < size:
            taken += sha(b"kept-draw/1 number\n", digest, seed, n.to_bytes(8, "big"))
            n += 1
        k = int.from_bytes(taken[:size], "big") & ((1 << bits) - 1)
        if k < total:
            return k


def draw(plan, digest, seed):
    pool, portfolio = plan["instance"]["pool"], plan["portfolio"]
    ticket = number(digest, seed, int(portfolio["total"]))
    up_to = 0
    for panel, tickets in zip(portfolio["panels"], portfolio["tickets"]):
        up_to += int(tickets)
        if up_to > ticket:
            break
    waiting = [p["id"] for i, p in enumerate(pool) if i not in panel]
    waiting.sort(key=lambda i: (sha(b"kept-draw/1 reserve\n", digest, seed, i.encode()), i.encode()))
    outcome = {"plan": digest.hex(), "randomness": seed.hex(), "number": str(ticket), "panel": [pool[i]["id"] for i in panel]}
    if waiting:
        outcome["reserves"] = waiting
    return outcome


def move_up(plan, outcome, gone):
    person = {p["id"]: p for p in plan["instance"]["pool"]}
    seated, waiting = list(outcome["panel"]), list(outcome.get("reserves", []))
    for leaver in gone:
        want(leaver in person, f"{leaver} is not in the pool")
        if leaver not in seated:
            waiting = [w for w in waiting if w != leaver]
            print(f"{leaver} held no seat")
            continue
        seated.remove(leaver)
        want(waiting, "nobody is left")
        best = min(waiting, key=lambda w: missed(plan["instance"], [person[i] for i in seated + [w]]))
        waiting.remove(best)
        seated.append(best)
        print(f"{leaver} leaves, {best} moves up")
    order = [p["id"] for p in plan["instance"]["pool"]]
    print("panel now:", *sorted(seated, key=order.index))


def run(name, chances, gone):
    with open(name, "rb") as f:
        data = f.read()
    file = json.loads(data)
    want(canonical(file) == data, "the file is not in its one spelling")
    plan = file["plan"]
    digest = sha(canonical(plan))
    print(f"plan {digest.hex()}: {plan['drawn']['group']}, {plan['instance']['seats']} seats, a pool of {len(plan['instance']['pool'])}")
    check_plan(plan)
    check_announcement(file, digest)
    outcome = draw(plan, digest, randomness(file))
    want(outcome == file["outcome"], f"the outcome differs: {canonical(outcome).decode()}")
    print("drawn: ticket", outcome["number"])
    print("panel:", *outcome["panel"])
    print("reserves:", *outcome.get("reserves", []))
    if chances:
        for p, c in zip(plan["instance"]["pool"], plan["chances"]):
            print(f"chance of {p['id']}: {Fraction(int(c), int(plan['portfolio']['total']))}")
    if gone:
        move_up(plan, outcome, gone)


def main():
    a = argparse.ArgumentParser(description="Repeats a draw from its file.")
    a.add_argument("file")
    a.add_argument("--chances", action="store_true", help="print the chance of each person")
    a.add_argument("--gone", action="append", default=[], help="who left, in this order")
    o = a.parse_args()
    try:
        run(o.file, o.chances, o.gone)
    except (Wrong, KeyError, IndexError, TypeError, ValueError) as e:
        print(f"DIFFERS: {e}" if isinstance(e, Wrong) else f"DIFFERS: not the file of a draw ({type(e).__name__}: {e})")
        sys.exit(1)


if __name__ == "__main__":
    main()
