#!/usr/bin/env python3
"""Recomputes from a copy of a record whether the reports that were promised came.

    kept verify https://compact.example.org --save copy
    python3 states.py copy 2027-03-01
    python3 states.py copy 2027-03-01 --reminders 2026-01-01

The first form prints, as CSV, the reporting currency of every commitment made in
the record, as of the end of that date: what the site says in the column
"reporting" of /commitments.csv. The second prints which reminders fell due on
which day, from a date to the other, if nothing was ever missed.

It needs Python 3.9 and nothing else, and shares no code with the program: whoever
doubts a state can read these pages and run them. The copy is what "kept verify
--save" writes, which has checked it; only tile/entries is read here.

The rules, in words (docs/glossary.md: "reporting currency"):

  * Reports fall due every so many months after the day on which a commitment was
    made or began, whichever is later. The last date is the first that is not before its end.
  * A report is due from 60 days before its date; with a short rhythm from half the
    rhythm before it, a month being 30 days.
  * A report answers the date that is awaited. Next is awaited the first date whose
    notice had not begun when it came. Dates between the two that passed without a
    report were missed, save those that an excuse covers.
  * A report of "completed" or "discontinued" ends it, and so do withdrawal and conclusion.
  * An amendment changes the dates, unless a report is late already: then that one
    stays awaited.
  * Late counts from the date, or from the end of an excuse where that is later:
    overdue from the day after, silent from 12 months on, lapsed from 24.
"""

import argparse
import calendar
import csv
import json
import os
import sys
from datetime import date, timedelta

NOTICE = 60
REMINDERS = (-60, -30, 0, 30)
REMINDED_FOR = 30  # days for which a reminder may be sent when its day was missed


def entries(copy):
    """Yields (index, entry) of the record in its order."""
    with open(os.path.join(copy, "checkpoint"), encoding="utf-8") as f:
        size = int(f.read().split("\n")[1])
    index = 0
    while index < size:
        with open(bundle(copy, index // 256, min(256, size - index)), "rb") as f:
            data = f.read()
        at = 0
        while at < len(data) and index < size:
            length = int.from_bytes(data[at:at + 2], "big")
            yield index, json.loads(data[at + 2:at + 2 + length])
            at += 2 + length
            index += 1


def bundle(copy, number, width):
    """The file of a bundle of entries: whole, or the part that the checkpoint covers."""
    name = "%03d" % (number % 1000)
    number //= 1000
    while number:
        name = "x%03d/%s" % (number % 1000, name)
        number //= 1000
    whole = os.path.join(copy, "tile", "entries", name)
    return whole if os.path.isfile(whole) else "%s.p/%d" % (whole, width)


def months_after(day, months):
    """The same day so many months later; the last of the month where it has no such day."""
    years, month = divmod(day.month - 1 + months, 12)
    year, month = day.year + years, month + 1
    return date(year, month, min(day.day, calendar.monthrange(year, month)[1]))


class Commitment:
    def __init__(self, index, party, on, facts):
        self.index, self.party, self.made = index, party, on
        self.reports, self.missed = 0, 0
        self.last_report = self.excused = None
        self.ended = False
        self.plan(facts)
        self.awaited = self.dates[0]

    def plan(self, facts):
        """Lists every date on which a report falls due."""
        self.every = facts["report_every_months"]
        start, end = date.fromisoformat(facts["start"]), date.fromisoformat(facts["end"])
        first = max(self.made, start)
        self.dates = [months_after(first, self.every)]
        while self.dates[-1] < end:
            self.dates.append(months_after(first, self.every * (len(self.dates) + 1)))

    def notice(self, day):
        """The day from which the report of a date is due."""
        return day - timedelta(days=min(NOTICE, 15 * self.every))

    def report(self, on, status):
        if self.awaited:
            counted = max(filter(None, (self.awaited, self.excused)))
            self.missed += sum(counted < day < on for day in self.dates)
        self.reports += 1
        self.last_report = on
        if status in ("completed", "discontinued"):
            self.end()
        if not self.ended:
            self.awaited = next((day for day in self.dates if self.notice(day) > on), None)

    def amend(self, on, facts):
        self.plan(facts)
        if self.ended or self.awaited and self.awaited < on:
            return
        open_dates = [day for day in self.dates if not self.last_report or self.notice(day) > self.last_report]
        coming = [day for day in open_dates if day >= on]
        self.awaited = coming[0] if coming else open_dates[-1] if open_dates else None

    def excuse(self, until):
        self.excused = until

    def end(self):
        self.ended, self.awaited = True, None

    def in_time(self):
        """The last day on which the awaited report is in time."""
        return max(filter(None, (self.awaited, self.excused)))

    def turning(self):
        """The days from which the report is overdue, silent and lapsed."""
        last = self.in_time()
        return last + timedelta(days=1), months_after(last, 12), months_after(last, 24)

    def state(self, day):
        if self.awaited:
            overdue, silent, lapsed = self.turning()
            for since, state in ((lapsed, "lapsed"), (silent, "silent"), (overdue, "overdue"), (self.notice(self.awaited), "due")):
                if day >= since:
                    return state
        return "current" if self.reports else "not_due"

    def reminder(self, day):
        """The reminder that applies on a day, or None."""
        if not self.awaited or day < self.notice(self.awaited):
            return None
        last = self.in_time()
        for offset in reversed(REMINDERS if last == self.awaited else REMINDERS[-1:]):
            since = last + timedelta(days=offset)
            if since <= day:
                fits = since >= self.notice(self.awaited) and day < since + timedelta(days=REMINDED_FOR)
                return offset if fits else None
        return None


def take(commitments, index, entry):
    """Lets an entry act on the commitments."""
    facts, on = entry.get("facts", {}), date.fromisoformat(entry["at"][:10])
    kind = entry["kind"]
    if kind in ("commitment.made", "commitment.claimed"):
        commitments[index] = Commitment(index, facts["lead"], on, facts)
        return
    c = commitments.get(facts.get("commitment"))
    if c is None:
        return
    if kind == "report.made":
        c.report(on, facts["self_status"])
    elif kind == "commitment.amended":
        c.amend(on, facts)
    elif kind == "commitment.excused":
        c.excuse(date.fromisoformat(facts["until"]))
    elif kind in ("commitment.withdrawn", "commitment.concluded"):
        c.end()


def states(copy, day):
    commitments = {}
    for index, entry in entries(copy):
        if date.fromisoformat(entry["at"][:10]) <= day:
            take(commitments, index, entry)
    for c in commitments.values():
        turning = [d.isoformat() for d in c.turning()] if c.awaited else ["", "", ""]
        yield [c.index, c.state(day), c.awaited.isoformat() if c.awaited else "", *turning, c.reports, c.missed]


def reminders(copy, first, last):
    """Walks day by day; what is done on a day is known to the reminders of the next."""
    commitments, sent = {}, set()
    waiting = list(entries(copy))
    waiting.reverse()
    day = first
    while day <= last:
        while waiting and date.fromisoformat(waiting[-1][1]["at"][:10]) < day:
            take(commitments, *waiting.pop())
        for c in commitments.values():
            offset = c.reminder(day)
            if offset is not None and (c.index, c.awaited, offset) not in sent:
                sent.add((c.index, c.awaited, offset))
                yield [day.isoformat(), c.index, c.party, c.awaited.isoformat(), offset]
        day += timedelta(days=1)


def main():
    arguments = argparse.ArgumentParser(description="Recomputes reporting currency, or reminders, from a copy of a record.")
    arguments.add_argument("copy", help="the folder that kept verify --save wrote")
    arguments.add_argument("date", type=date.fromisoformat)
    arguments.add_argument("--reminders", metavar="FROM", type=date.fromisoformat, help="list reminders from this date on")
    given = arguments.parse_args()
    out = csv.writer(sys.stdout, lineterminator="\n")
    if given.reminders:
        out.writerow(["day", "commitment", "party", "due", "offset"])
        out.writerows(reminders(given.copy, given.reminders, given.date))
    else:
        out.writerow(["commitment", "reporting", "due", "overdue_from", "silent_from", "lapsed_from", "reports", "missed"])
        out.writerows(states(given.copy, given.date))


if __name__ == "__main__":
    main()
