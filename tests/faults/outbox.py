"""The outbox of a store: what is claimed, sent, put off and given up, and what goes out."""

from tests.faults.fault import faults_in

FAULTS = (
    *faults_in(
        "store/outbox.py",
        (
            "what is sent of a deal overtakes what waits before it",
            "_EARLIER.c.id < OUTBOX.c.id,",
            "_EARLIER.c.id < 0,",
        ),
        (
            "what has failed holds up what comes after it",
            "    _EARLIER.c.status == _WAITS,\n",
            "",
        ),
        (
            "who was put off for longest is not the first",
            ".order_by(OUTBOX.c.try_us, OUTBOX.c.id)",
            ".order_by(OUTBOX.c.id)",
        ),
        (
            "a message is sent before its time",
            'OUTBOX.c.try_us <= sa.bindparam("now_us"), ~_HAS_EARLIER',
            'OUTBOX.c.try_us <= sa.bindparam("now_us") + 10**13, ~_HAS_EARLIER',
        ),
        (
            "a claim is no lease",
            '"try_us": now_us + lease_us}',
            '"try_us": now_us}',
        ),
        (
            "a claim is no try",
            '{"tries": row["tries"] + 1,',
            '{"tries": max(row["tries"], 1),',
        ),
        (
            "what was sent twice was sent at the later instant",
            "_NOT_SENT = _WRITTEN.where(OUTBOX.c.status != SENT)",
            "_NOT_SENT = _WRITTEN",
        ),
        (
            "what was sent in the end still has an error",
            '"sent_us": now_us, "error": None}',
            '"sent_us": now_us}',
        ),
        (
            "a failure that is told late undoes what was sent",
            "        & (OUTBOX.c.status == WAITING)\n",
            "",
        ),
        (
            "a failure that is told late spoils the try of somebody else",
            "        & (OUTBOX.c.tries == message.tries)\n",
            "",
        ),
        (
            "a failure that is told late puts off what comes after it",
            "if was_ours and again_us is not None:",
            "if again_us is not None:",
        ),
        (
            "what was put off for long is tried sooner because of another message",
            "_waiting(message.deal_id).where(OUTBOX.c.try_us < again_us)",
            "_waiting(message.deal_id)",
        ),
        (
            "what is put off puts off the deals of others",
            ".where(OUTBOX.c.deal == deal_id, OUTBOX.c.status == _WAITS)",
            ".where(OUTBOX.c.status == _WAITS)",
        ),
        (
            "what is tried after all may be withdrawn in silence",
            '{"status": WAITING, "tries": 1, "try_us": now_us}',
            '{"status": WAITING, "tries": 0, "try_us": now_us}',
        ),
        (
            "what is tried after all has one try",
            '{"status": WAITING, "tries": 1, "try_us": now_us}',
            '{"status": WAITING, "try_us": now_us}',
        ),
        (
            "what is tried after all waits on",
            '{"status": WAITING, "tries": 1, "try_us": now_us}',
            '{"status": WAITING, "tries": 1}',
        ),
        (
            "what was sent is tried after all",
            "wanted = [OUTBOX.c.status == FAILED]",
            "wanted = [OUTBOX.c.status != WAITING]",
        ),
        (
            "all keys are tried after all, whichever are named",
            "if keys is not None:",
            "if not keys and keys is not None:",
        ),
        (
            "what stands behind another message counts as left over",
            "(OUTBOX.c.try_us <= now_us) & ~_HAS_EARLIER",
            "(OUTBOX.c.try_us <= now_us)",
        ),
        (
            "what is put off counts as left over",
            "is_due = (OUTBOX.c.status == _WAITS) & (OUTBOX.c.try_us <= now_us) &",
            "is_due = (OUTBOX.c.status == _WAITS) &",
        ),
        (
            "an error has no end",
            "[:_LONGEST_ERROR]",
            "",
        ),
        (
            "who asks to try none again has all tried",
            "if keys is not None:\n",
            "if keys:\n",
        ),
        (
            "what was put off is as old as its try",
            "sa.func.min(OUTBOX.c.promised_us)).where(is_due)",
            "sa.func.min(OUTBOX.c.try_us)).where(is_due)",
        ),
    ),
    *faults_in(
        "store/delivery.py",
        (
            "the first pause is as long as the second",
            "2 ** min(tried - 1, 30)",
            "2 ** min(tried, 30)",
        ),
        (
            "pauses grow for ever",
            "min(self.longest, self.first * 2 ** min(tried - 1, 30))",
            "self.first * 2 ** min(tried - 1, 30)",
        ),
        (
            "a pause may be none",
            "return max(_SHORTEST, bound * share)",
            "return bound * share",
        ),
        (
            "messages that failed together come back together",
            'f"{self.seed} {tried} {key}"',
            'f"{self.seed} {tried}"',
        ),
        (
            "a message is tried once too often",
            "if message.tries >= self.retries.tries or",
            "if message.tries > self.retries.tries or",
        ),
        (
            "what will never be taken is tried again",
            " or (said and said.is_final):",
            ":",
        ),
        (
            "a receiver may want to be left alone for ever",
            "min((said and said.retry_after) or dt.timedelta(), _LONGEST_WISH)",
            "(said and said.retry_after) or dt.timedelta()",
        ),
        (
            "a receiver that wants a second is tried each second",
            "max(wish, self.retries.pause(message.key, message.tries))",
            "wish or self.retries.pause(message.key, message.tries)",
        ),
        (
            "what a receiver wants is not heard",
            "max(wish, self.retries.pause(message.key, message.tries))",
            "self.retries.pause(message.key, message.tries)",
        ),
        (
            "others go on sending when one cannot note what was sent",
            "                self._stop()\n                raise",
            "                raise",
        ),
        (
            "who finds nothing takes from the limit",
            "            self.left += 1\n",
            "            pass\n",
        ),
        (
            "who is told to stop sends on",
            "if self.left < 1 or self.is_stopped():",
            "if self.left < 1:",
        ),
        (
            "an interrupt is a failure of the receiver",
            "        except Exception as error:  # noqa: BLE001 - whatever a receiver does",
            "        except BaseException as error:  # noqa: BLE001 - whatever a receiver does",
        ),
        (
            "what failed in an earlier part of a round is not counted",
            "failed=self.failed + later.failed,",
            "failed=later.failed,",
        ),
    ),
    *faults_in(
        "store/checks.py",
        (
            "a round of nothing is no mistake",
            "if count < 1:",
            "if count < 0:",
        ),
        (
            "a pause of nothing is no mistake",
            "if found <= dt.timedelta():",
            "if found < dt.timedelta():",
        ),
    ),
    *faults_in(
        "store/sending.py",
        (
            "a clock that is years ahead may send",
            "self.database.read(lambda connection: self._clock.check(connection, now_us))",
            "self._clock.forget()",
        ),
        (
            "a clock that is years ahead may have messages tried again",
            "            self._clock.check(connection, now_us)\n            return retry(",
            "            return retry(",
        ),
        (
            "messages end with the first page",
            "            number = page[-1].number\n",
            "            break\n",
        ),
    ),
    *faults_in(
        "store/worker.py",
        (
            "a worker whose store was closed goes on for ever",
            "            except StoreClosed:\n                raise\n",
            "",
        ),
        (
            "a worker is well though it has missed many rounds",
            "_MISSED * self._every + _GRACE",
            "2 * _MISSED * self._every + _GRACE",
        ),
        (
            "a worker that finishes its rounds is not well",
            "        self._well_at = time.monotonic()\n        report",
            "        report",
        ),
        (
            "a worker sends one part of what is due",
            "if part.is_done or not (part.sent or part.put_off or part.failed):",
            "if part.sent or part.is_done or not (part.put_off or part.failed):",
        ),
        (
            "a worker tells of the last part of what it sent",
            "done = part if done is None else done + part",
            "done = part",
        ),
        (
            "a round with failing deals is clean",
            "return is_sent and self.sweep.is_done and not self.sweep.failing",
            "return is_sent and self.sweep.is_done",
        ),
        (
            "a round that left deals is clean",
            "return is_sent and self.sweep.is_done and not self.sweep.failing",
            "return is_sent and not self.sweep.failing",
        ),
        (
            "a batch that is done does not count before its round is over",
            "        if next(asked):\n            self._well_at = time.monotonic()\n",
            "",
        ),
        (
            "a message that is sent does not count before its round is over",
            "        finally:\n            self._well_at = time.monotonic()\n",
            "        finally:\n            pass\n",
        ),
        (
            "who asks whether to go on has done something",
            "        if next(asked):\n",
            "        if next(asked) >= 0:\n",
        ),
        (
            "a worker that is told to stop waits on",
            "self._stop.wait(self._every.total_seconds())",
            "time.sleep(self._every.total_seconds())",
        ),
    ),
    *faults_in(
        "store/adapters/signatures.py",
        (
            "a signature does not cover the id",
            'f"{id}.{seconds}."',
            'f".{seconds}."',
        ),
        (
            "a signature does not cover the time",
            'f"{id}.{seconds}."',
            'f"{id}.."',
        ),
        (
            "a signature does not cover the body",
            '.encode(errors="surrogatepass") + body',
            '.encode(errors="surrogatepass")',
        ),
        (
            "a message from the future is believed",
            "if abs(now_us - int(seconds) * SECOND) >",
            "if now_us - int(seconds) * SECOND >",
        ),
        (
            "a message that is just in time is not believed",
            "* SECOND) > window",
            "* SECOND) >= window",
        ),
        (
            "headers are found by their small names",
            "named = {name.lower(): value for",
            "named = {name: value for",
        ),
        (
            "a signature of another kind is believed",
            'if version == _VERSION else b""',
            'if version else b""',
        ),
        (
            "of several signatures the first one counts",
            "said.split()[:_MOST_SIGNATURES]",
            "said.split()[:1]",
        ),
        (
            "a message may have any number of signatures",
            "said.split()[:_MOST_SIGNATURES]",
            "said.split()",
        ),
        (
            "of several secrets the first one counts",
            "expected = [_signature(key, id, seconds, body) for key in keys]",
            "expected = [_signature(key, id, seconds, body) for key in [*keys][:1]]",
        ),
        (
            "a secret may be short",
            "_FEWEST, _MOST = 24, 64",
            "_FEWEST, _MOST = 2, 64",
        ),
        (
            "a secret may be as long as one likes",
            "_FEWEST, _MOST = 24, 64",
            "_FEWEST, _MOST = 24, 640",
        ),
        (
            "without a secret nothing is checked",
            "    if not given:\n",
            "    if given is None:\n",
        ),
        (
            "a secret may have signs in it that are not base64",
            "b64decode(secret.removeprefix(_PREFIX), validate=True)",
            "b64decode(secret.removeprefix(_PREFIX))",
        ),
    ),
    *faults_in(
        "store/adapters/webhook.py",
        (
            "every answer means that a receiver has the message",
            "if not 200 <= status < 300:",
            "if not 200 <= status < 400:",
        ),
        (
            "a receiver that is busy is given up",
            "_NEVER = frozenset({400, 410, 413, 415, 422})",
            "_NEVER = frozenset({400, 410, 413, 415, 422, 429})",
        ),
        (
            "what a host adds replaces the signature",
            """{
            **self._headers,
            "content-type": f"{MEDIA_TYPE}; charset=utf-8",
            "user-agent": "salesflow",
            **sign(self._secrets, id=id_of(message.key), at=self._clock(), body=body),
        }""",
            """{
            "content-type": f"{MEDIA_TYPE}; charset=utf-8",
            "user-agent": "salesflow",
            **sign(self._secrets, id=id_of(message.key), at=self._clock(), body=body),
            **self._headers,
        }""",
        ),
        (
            "a receiver that drips is waited for",
            "        watch.start()\n",
            "",
        ),
        (
            "a connection that is not there yet is not cut off",
            "        is_done.wait(_AGAIN_SECONDS)\n",
            "        return\n",
        ),
        (
            "what was cut off in an answer is an answer",
            "            if is_over.is_set():\n                raise TimeoutError\n",
            "",
        ),
        (
            "a query of a URL is left out",
            '(f"?{self._url.query}" if self._url.query else "")',
            '""',
        ),
        (
            "the path of a URL is told",
            'return f"{self._url.scheme}://{self._url.netloc}/…"',
            "return self._url.geturl()",
        ),
        (
            "http to anybody is good enough",
            'if parts.scheme == "http" and not _is_here(host):',
            'if parts.scheme == "http" and not host:',
        ),
        (
            "a host that begins like this machine is this machine",
            'host == "localhost" or host.endswith(".localhost")',
            'host.startswith("localhost")',
        ),
        (
            "a URL may say who one is",
            "if parts.username is not None or parts.password is not None:",
            "if parts.password is not None and not parts.username:",
        ),
        (
            "a receiver may want to be left alone for less than nothing",
            "return max(aware - now, dt.timedelta())",
            "return aware - now",
        ),
        (
            "another key has the same id",
            "[:48]",
            "[:1]",
        ),
    ),
    *faults_in(
        "store/adapters/envelope.py",
        (
            "two keys have the same id in an envelope",
            '"[%\\0-\\x1f',
            '"[\\0-\\x1f',
        ),
        (
            "numbers of messages do not sort as text",
            "{message.number:020d}",
            "{message.number}",
        ),
        (
            "an envelope does not say whose the deal is",
            '            "owner": message.owner,\n',
            "",
        ),
    ),
    *faults_in(
        "store/adapters/feed.py",
        (
            "a calendar has the deals of others",
            "if who not in {None, owner}:",
            'if who not in {None, owner, "dana"}:',
        ),
        (
            "a calendar has deals that open later",
            "        if deal.opened_at <= now\n",
            "        if deal.opened_at\n",
        ),
        (
            "an entry moves by getting another identity",
            'uid=f"{deal.id}/{deadline.rule}/{deadline.rung}"',
            'uid=f"{deal.id}/{deadline.rule}/{deadline.rung}/{deadline.due_at}"',
        ),
        (
            "a line is a byte too long",
            "if size + length > _LINE:",
            "if size + length > _LINE + 1:",
        ),
        (
            "a line is measured in signs",
            "length = len(sign.encode())",
            "length = len(sign)",
        ),
        (
            "what goes on is not counted as part of the line",
            'part, size = " ", 1',
            'part, size = " ", 0',
        ),
        (
            "a backslash of a name is lost",
            'for sign in "\\\\;,":',
            'for sign in ";,":',
        ),
        (
            "one is reminded of what is over",
            "if alarm is not None and not entry.is_over:",
            "if alarm is not None:",
        ),
        (
            "a link may add lines to a calendar",
            're.sub(r"[^!-~]", "", entry.link)',
            "entry.link",
        ),
        (
            "a deadline is over in its instant",
            "is_over=deadline.due_at < now,",
            "is_over=deadline.due_at <= now,",
        ),
        (
            "a task is over in its instant",
            "is_over=item.due_at < now,",
            "is_over=item.due_at <= now,",
        ),
        (
            "an entry looks later than its deadline",
            "utc = at.astimezone(dt.UTC)",
            "utc = at.astimezone(dt.UTC) + dt.timedelta(seconds=1)",
        ),
    ),
)
