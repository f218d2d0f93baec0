"""The store: what is appended, swept, read, checked and set up."""

from tests.faults.fault import faults_in

FAULTS = (
    *faults_in(
        "store/append.py",
        (
            "who expects fewer events than are kept is believed",
            'if new and entry.expected not in {None, row["version"]}:',
            'if new and (entry.expected or 0) > row["version"]:',
        ),
        (
            "known events are a conflict",
            "if new and entry.expected not in",
            "if entry.expected not in",
        ),
        (
            "another content under an id that is taken is passed over",
            "if not (first and event.repeats(first))}",
            "if not first}",
        ),
        (
            "a chain begins anew with each append",
            'rows = _rows(deal_id, row["version"], row["tail"], new.values())',
            'rows = _rows(deal_id, row["version"], BEGINNING, new.values())',
        ),
        (
            "events that are appended together hold on to the same one",
            '        tail = rows[-1]["hash"]\n',
            "",
        ),
        (
            "a clock that is behind turns a deal back when something is appended",
            'at_us = max(now_us, each.row.get("watermark_us") or now_us)',
            "at_us = now_us",
        ),
        (
            "what an append makes due is left until time changes something",
            "if isinstance(outcome, Settlement) and not outcome.due:",
            "if isinstance(outcome, Settlement):",
        ),
        (
            "an append withdraws no promise",
            "            withdrawn += outcome.withdrawn\n",
            "            pass\n",
        ),
        (
            "a deal is opened though it is said to have events",
            "if not entry.processes or entry.expected:",
            "if not entry.processes:",
        ),
        (
            "a deal is kept under an id that its opening does not name",
            "    if deal.id != deal_id:\n",
            "    if not deal.id:\n",
        ),
        (
            "an append may name another process",
            "elif new and entry.processes and not pinned.is_of(entry.processes[0]):",
            "elif new and entry.processes and not entry.processes[0].id:",
        ),
        (
            "what a deal knows is refused since it was migrated",
            "elif new and entry.processes and not",
            "elif entry.processes and not",
        ),
        (
            "a deal that is saved is held against the first process that it ran under",
            "elif new and entry.processes and not pinned.is_of(entry.processes[0]):",
            "elif new and entry.processes and not pinned.is_of(entry.processes[-1]):",
        ),
        (
            "a deal runs under the first process that it was migrated to",
            "[-1].to_process",
            "[0].to_process",
        ),
        (
            "a migration that is told late brings a deal back under an earlier process",
            "migrations_of(new | {event.id: event for event in deal.events})",
            "migrations_of(new)",
        ),
        (
            "the row of a migrated deal names its old process",
            'value |= {"process": each.process, "version": each.version, "tail": each.tail}',
            """value |= {"version": each.version, "tail": each.tail}
        value |= {"process": each.process} if each.is_new else {}""",
        ),
        (
            "who appends what is known touches the deal",
            "[each for each in grown if each.rows]",
            "grown",
        ),
        (
            "a deal is opened without the processes that it ran under before",
            "earlier=[other.process for other in others])",
            "earlier=())",
        ),
        (
            "an id that a database cannot keep is tried",
            'check_id("deal", deal_id, LONGEST_DEAL_ID)',
            'check_id("deal", deal_id, 10 * LONGEST_DEAL_ID)',
        ),
        (
            "a deal is not migrated back to a process of the store",
            "pinned = found or next(",
            "pinned = next(",
        ),
        (
            "an id that cannot be kept stops the deals of others",
            "error:\n            refused[deal_id] = error\n    deal_ids",
            "error:\n            raise\n    deal_ids",
        ),
    ),
    *faults_in(
        "store/recording.py",
        (
            "who opens a deal is given it with the holidays of the file",
            "if recorded_at is None else recorded_at)\n        return self.deal(id)",
            "if recorded_at is None else recorded_at)\n        return deal",
        ),
        (
            "a deal that was saved counts as changed",
            "        deal.saved()\n",
            "",
        ),
        (
            "a deal is saved over what others have recorded",
            "Entry(events=new, processes=processes, expected=expected)",
            "Entry(events=new, processes=processes)",
        ),
        (
            "what is known in bulk is not counted",
            "len(entries[each.deal_id].events) - each.added for each",
            "not each.added for each",
        ),
        (
            "of what is refused in bulk the last page is told",
            "refused |= kept.refused",
            "refused = dict(kept.refused)",
        ),
        (
            "a deal that was changed meanwhile is not loaded again",
            "        while True:\n            deal = self.deal(deal_id)\n",
            "        deal = self.deal(deal_id)\n        while True:\n",
        ),
        (
            "who changes a deal gives up once too late",
            "if tries == _TRIES:",
            "if tries > _TRIES:",
        ),
        (
            "a clock that is years ahead may append",
            "            self._clock.check(connection, now_us)\n            return append(",
            "            return append(",
        ),
        (
            "anything is taken for several events",
            'tuple(several("events", events, Event))',
            "tuple(events)",
        ),
    ),
    *faults_in(
        "store/rows.py",
        (
            "the hash of an event does not cover those before it",
            'f"{tail}\\n{canonical(deal_id)}\\n{seq}\\n{body}"',
            'f"\\n{canonical(deal_id)}\\n{seq}\\n{body}"',
        ),
        (
            "the hash of an event does not cover its deal",
            'f"{tail}\\n{canonical(deal_id)}\\n{seq}\\n{body}"',
            'f"{tail}\\n\\n{seq}\\n{body}"',
        ),
        (
            "the hash of an event does not cover its number",
            'f"{tail}\\n{canonical(deal_id)}\\n{seq}\\n{body}"',
            'f"{tail}\\n{canonical(deal_id)}\\n\\n{body}"',
        ),
        (
            "what is kept depends on the order of the fields",
            "json.JSONEncoder(sort_keys=True, ",
            "json.JSONEncoder(",
        ),
        (
            "an event is kept though it is read as another one",
            "    if not is_same:\n",
            "    if is_same is None:\n",
        ),
        (
            "verify believes the columns of an event",
            "        if other:\n",
            "        if len(other) > len(columns):\n",
        ),
        (
            "verify believes the hashes",
            '        if row["hash"] != tail:\n',
            "        if not tail:\n",
        ),
        (
            "verify does not miss an event in the middle",
            'if row["seq"] != expected:',
            'if row["seq"] < expected:',
        ),
    ),
    *faults_in(
        "store/pages.py",
        (
            "a deal of which events are gone is loaded",
            'if len(bodies) != row["version"]:',
            'if len(bodies) > row["version"]:',
        ),
        (
            "a deal of which events were changed is loaded",
            'elif tail_of(deal_id, bodies) != row["tail"]:',
            'elif not tail_of(deal_id, bodies) and row["tail"]:',
        ),
        (
            "nobody counts as told after one try",
            "Promise(number, key, tries > 0)",
            "Promise(number, key, tries > 1)",
        ),
        (
            "what is withdrawn in the moment it is sent is not noticed",
            "        if deleted.rowcount != len(page):\n            raise Again\n",
            "",
        ),
        (
            "a deal that has recovered still counts its failures",
            '{"error": None, "failures": 0}',
            '{"error": None}',
        ),
        (
            "the processes that a deal ran under are not loaded",
            "            keys.update(_pins_in(body))\n",
            "            pass\n",
        ),
        (
            "a migration that cannot be read stops the deals of others",
            "    except EventError:\n        return []\n",
            "    except KeyError:\n        return []\n",
        ),
        (
            "a process that cannot be read stops the deals of others",
            "    except StoreError as error:\n        return str(error)\n",
            "    except KeyError as error:\n        return str(error)\n",
        ),
    ),
    *faults_in(
        "store/processes.py",
        (
            "a process of a transaction that was undone counts as kept",
            "here = self._here.setdefault(connection, {})",
            "here = self._known",
        ),
        (
            "a process that is not in a restored backup counts as kept",
            "None if connection.scalar(is_it) is None else self.find",
            "self.find",
        ),
        (
            "a frozen process is not known by its own hash",
            "return (PROCESSES.c.hash == key) | (PROCESSES.c.frozen_hash == key)",
            "return PROCESSES.c.hash == key",
        ),
        (
            "a process whose holidays were changed is believed",
            "if (given.hash, process.hash) != (key, frozen_hash):",
            "if given.hash != key:",
        ),
        (
            "a process is kept though it is read as another one",
            '    _read(values["text"], values["calendars"], pinned.key, pinned.process.hash)\n',
            "",
        ),
    ),
    *faults_in(
        "store/settle.py",
        (
            "what waits already is promised again",
            "if key not in waiting)",
            "if key not in told)",
        ),
        (
            "what is not due any more is sent all the same",
            "withdrawn=tuple(each for key, each in waiting.items() if key not in due),",
            "withdrawn=(),",
        ),
        (
            "what was told is told again",
            "effects = deal.effects(at, told)",
            "effects = deal.effects(at)",
        ),
        (
            "a deal is not open yet in the instant it opens",
            "if at < deal.opened_at:",
            "if at <= deal.opened_at:",
        ),
        (
            "a promise stays though the deal opens later",
            "withdrawn=tuple(each for each in promises if not each.is_told),",
            "withdrawn=(),",
        ),
        (
            "a deal that opens later is never looked at",
            "changes_us=opens_us,",
            "changes_us=None,",
        ),
        (
            "a deal that opens later is not found by then",
            '            "ahead_us": opens_us,\n',
            '            "ahead_us": None,\n',
        ),
    ),
    *faults_in(
        "store/sweep.py",
        (
            "deals are swept in the order of their ids",
            ".order_by(DEALS.c.wake_us, DEALS.c.deal)",
            ".order_by(DEALS.c.deal)",
        ),
        (
            "a deal is swept an instant late",
            "        .where(DEALS.c.wake_us <= now_us)\n        .order_by",
            "        .where(DEALS.c.wake_us < now_us)\n        .order_by",
        ),
        (
            "an effect is promised to whose the deal was before",
            'work.due.append((outcome.columns["owner"], now_us, outcome.due))',
            'work.due.append((row["owner"], now_us, outcome.due))',
        ),
        (
            "a sweep withdraws no promise",
            "    work.withdrawn += outcome.withdrawn\n",
            "",
        ),
        (
            "a deal that fails is tried every minute",
            '_FIRST_PAUSE * 2 ** min(row["failures"], 20)',
            "_FIRST_PAUSE",
        ),
        (
            "a deal that fails is left alone for ever longer",
            'min(_FIRST_PAUSE * 2 ** min(row["failures"], 20), _LONGEST_PAUSE)',
            '_FIRST_PAUSE * 2 ** min(row["failures"], 20)',
        ),
        (
            "a deal that fails counts as told of the instant",
            'return values_of(row, error, row["watermark_us"], again_us)',
            "return values_of(row, error, now_us, again_us)",
        ),
        (
            "a sweep misses what is left over in that instant",
            "sa.func.min(DEALS.c.wake_us)).where(DEALS.c.wake_us <= now_us)",
            "sa.func.min(DEALS.c.wake_us)).where(DEALS.c.wake_us < now_us - DAY)",
        ),
    ),
    *faults_in(
        "store/store.py",
        (
            "the last batch of a sweep goes beyond its limit",
            "min(batch, limit - deals)",
            "batch",
        ),
        (
            "a sweep of several batches tells of the last one",
            "promised += done.promised",
            "promised = done.promised",
        ),
        (
            "a sweep does not stop when it is told to",
            "while not is_stopped() and (limit is None or deals < limit):",
            "while limit is None or deals < limit:",
        ),
        (
            "messages that a wrong clock has put off wait on",
            "        self.database.write(lambda connection: wait_no_longer(connection, now_us))\n",
            "",
        ),
        (
            "a clock that was ahead is remembered after it was turned back",
            "        self._clock.forget()\n",
            "",
        ),
    ),
    *faults_in(
        "store/clock.py",
        (
            "a clock that is just within its leap is refused",
            "return now_us - self._known_us <= self._leap",
            "return now_us - self._known_us < self._leap",
        ),
        (
            "a clock is wrong though nothing could be due meanwhile",
            """if wake_us is None:
            return
        self._known_us = max(told_us, wake_us)""",
            """if told_us is None:
            return
        self._known_us = max(told_us, wake_us or told_us)""",
        ),
        (
            "a clock is held against what was told, not against what is due since",
            "self._known_us = max(told_us, wake_us)",
            "self._known_us = told_us",
        ),
        (
            "a clock is held against what is due last",
            "sa.select(sa.func.min(DEALS.c.wake_us))",
            "sa.select(sa.func.max(DEALS.c.wake_us))",
        ),
        (
            "a clock that was ahead leaves its promises",
            "            withdrawn += outcome.withdrawn\n",
            "            pass\n",
        ),
        (
            "who turns back does not leave receivers alone for as long as they asked",
            "(OUTBOX.c.try_us > now_us + _LONGEST_WAIT)",
            "(OUTBOX.c.try_us > now_us)",
        ),
    ),
    *faults_in(
        "store/deal_cache.py",
        (
            "a deal that others have changed is taken from memory",
            "return deal if held == tail else None",
            "return deal",
        ),
        (
            "a deal is given out that somebody works with",
            'held, deal = self._deals.pop(deal_id, ("", None))',
            'held, deal = self._deals.get(deal_id, ("", None))',
        ),
        (
            "of too many deals in memory the newest goes",
            "self._deals.popitem(last=False)",
            "self._deals.popitem()",
        ),
        (
            "there is no end of deals in memory",
            "if len(self._deals) > self._room:",
            "if not self._deals:",
        ),
        (
            "a deal that was used just now is the first to go",
            "            self._deals.move_to_end(deal.id)\n",
            "",
        ),
    ),
    *faults_in(
        "store/queries.py",
        (
            "a state is by what is known today",
            "return self.deal(deal_id).state(now, known_at)",
            "return self.deal(deal_id).state(now)",
        ),
        (
            "verify looks at the first page",
            "            yield page\n            last = page[-1]",
            "            yield page\n            return",
        ),
        (
            "verify misses deals of which the row is gone",
            "return self.database.read(stray)",
            "return None",
        ),
        (
            "one deal that cannot answer spoils the pulse",
            """pulse([deal], now, days=days)
            except Exception as""",
            """pulse([deal], now, days=days)
            except KeyError as""",
        ),
        (
            "rows end with the first page",
            '            last = page[-1]["deal"]\n',
            "            break\n",
        ),
        (
            "a pulse counts minutes over a week whatever was asked",
            "pulse([deal], now, days=days)",
            "pulse([deal], now)",
        ),
    ),
    *faults_in(
        "store/reading.py",
        (
            "what is dated ahead is missed when it happens",
            "ids.where(DEALS.c.ahead_us <= now_us)",
            "ids.where(DEALS.c.ahead_us < now_us)",
        ),
        (
            "a question about the past goes by the columns of today",
            "ids.where(DEALS.c.watermark_us > now_us)",
            "ids.where(DEALS.c.watermark_us > now_us + 400 * DAY)",
        ),
        (
            "minutes of the first day of a pulse are missed",
            "now_us - (days + 2) * DAY",
            "now_us - days * DAY",
        ),
        (
            "an agenda is only of what is to be done later",
            "wanted = sa.select(DEALS.c.deal).where(DEALS.c.wanted_us <= now_us)",
            "wanted = sa.select(DEALS.c.deal).where(DEALS.c.wanted_us > now_us)",
        ),
        (
            "a pulse misses the moves to take back of closed deals",
            "        ids.where(DEALS.c.wanted_us <= now_us),\n",
            "",
        ),
    ),
    *faults_in(
        "store/integrity.py",
        (
            "verify does not miss the last event",
            'if len(events) != row["version"]:',
            'if len(events) > row["version"]:',
        ),
        (
            "verify does not hold the end of a chain against the deal",
            'if found != row["tail"]:',
            'if not row["tail"]:',
        ),
        (
            "verify tells of what the sweep has told",
            'if row["failures"]:',
            'if row["failures"] < 0:',
        ),
        (
            "rebuild writes nothing",
            "    write_back(connection, changed)\n    return len(changed)",
            "    return len(changed)",
        ),
        (
            "rebuild writes what did not change",
            "if isinstance(said, dict) and any(row[name] != value for name, value in said.items())",
            "if isinstance(said, dict)",
        ),
    ),
    *faults_in(
        "store/effect_rows.py",
        (
            "an effect forgets what must be known for a move",
            "for name, value in said.items() if isinstance(value, list)",
            'for name, value in said.items() if isinstance(value, list) and name != "unknown"',
        ),
        (
            "an effect is kept without what stands against it",
            '    said["obstacles"] = tuple(map(_obstacle, said.get("obstacles", ())))\n',
            '    said["obstacles"] = ()\n',
        ),
    ),
    *faults_in(
        "store/schema.py",
        (
            "a store of a newer release is opened",
            "if version is not None and version > current:",
            "if version is not None and version > current + 10:",
        ),
        (
            "a store that a newer release writes meanwhile is taken back",
            "    _refuse_newer(version, current)\n    if version is None:",
            "    if version is None:",
        ),
        (
            "the first step of a migration is left out",
            "migrations[version - 1 :]",
            "migrations[version:]",
        ),
        (
            "a store that was brought up to date does not say so",
            "    connection.execute(sa.update(SCHEMA).values(version=current))\n",
            "",
        ),
        (
            "half a store is filled up",
            "if found and version is None:",
            "if found and not found:",
        ),
        (
            "a store that has to be there is made",
            "    if version is None and not create:\n",
            "    if version == 0 and not create:\n",
        ),
        (
            "who asks for a file that is not there makes an empty one",
            "if create or database.is_there else None",
            "",
        ),
        (
            "nobody keeps others from editing events",
            "for statement in guards(connection.dialect.name):",
            "for statement in guards(connection.dialect.name)[2:]:",
        ),
        (
            "of many who make the tables all but one fail",
            "    version, current = _version(connection), len(migrations) + 1\n",
            "    version, current = None, len(migrations) + 1\n",
        ),
    ),
    *faults_in(
        "store/line.py",
        (
            "the last of many in line waits as many times as long",
            "if has_waited and since <= self._in_vain_at:",
            "if False:",
        ),
        (
            "who has just come goes away because others waited for nothing",
            "if has_waited and since <= self._in_vain_at:",
            "if since <= self._in_vain_at:",
        ),
        (
            "who was always in line behind others that got on goes away",
            "if has_waited and since <= self._in_vain_at:",
            "if has_waited:",
        ),
    ),
    *faults_in(
        "store/database.py",
        (
            "who writes to SQLite says so when it is too late",
            'options.get("salesflow_begin", "BEGIN IMMEDIATE")',
            'options.get("salesflow_begin", "BEGIN")',
        ),
        (
            "threads do not stand in line for SQLite",
            "Line(self._seconds, failures.is_busy) if self.is_sqlite else",
            "Line(self._seconds, failures.is_busy) if not self.is_sqlite else",
        ),
        (
            "a folder that may not be looked into is said to have no store",
            "            return True  # whoever",
            "            return False  # whoever",
        ),
        (
            "who reads in memory reads what somebody else is writing",
            "self._line if self._is_memory else None)",
            "None)",
        ),
        (
            "in memory each thread has a database of its own",
            'self.url.database in {None, "", ":memory:"}',
            'self.url.database in {None, ""}',
        ),
        (
            "a closed store opens itself again",
            "            if self._is_closed:\n",
            "            if self._is_closed and number > 1:\n",
        ),
        (
            "a transaction that somebody got in the way of is not done again",
            "            except Again:\n                continue\n",
            "            except Again:\n                break\n",
        ),
        (
            "a password in a query is shown",
            '"***" if "password" in name else value',
            "value",
        ),
        (
            "why SQLite is slow is told for each connection",
            "            self._is_told = True\n            sqlite.tell_journal(journal)",
            "            sqlite.tell_journal(journal)",
        ),
    ),
    *faults_in(
        "store/sqlite.py",
        (
            "a rollback journal may be back after a power failure",
            "_EXTRA = 3",
            "_EXTRA = 2",
        ),
        (
            "keys of other tables are not checked",
            '    "foreign_keys": 1,\n',
            "",
        ),
        (
            "a disk may keep data to itself on macOS",
            '    "fullfsync": 1,\n',
            "",
        ),
        (
            "a disk may keep a checkpoint to itself on macOS",
            '    "checkpoint_fullfsync": 1,\n',
            "",
        ),
        (
            "nobody waits for others on SQLite",
            "int(timeout_seconds * 1000)",
            "int(timeout_seconds)",
        ),
        (
            "a journal that is only cut off is good enough",
            'if got in {"off", "persist", "truncate"}:',
            'if got in {"off"}:',
        ),
        (
            "a log is used that can lose data",
            'if got == "wal" and wanted != "wal":',
            'if got == "wal" and wanted == "wal!":',
        ),
    ),
    *faults_in(
        "store/database.py",
        (
            "a forked process talks over the connections of the other",
            "return os.getpid() == self._process",
            "return True",
        ),
        (
            "a forked process closes the connections of the other",
            "self.engine.dispose(close=self._is_ours)",
            "self.engine.dispose()",
        ),
    ),
    *faults_in(
        "store/failures.py",
        (
            "a busy database is an error for good",
            "if is_busy(error) or state in _BUSY:",
            "if state in _BUSY:",
        ),
    ),
)
