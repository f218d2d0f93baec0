"""What people see: their own, escaped, and only after they have said who they are."""

import datetime as dt
import html.parser
import os

import icalendar
import pytest
from tests.service import browser
from tests.service.conftest import MONDAY, URL, serving
from tests.service.deals import PIPEDRIVE, pipedrive

import salesflow as sf

DAY = dt.timedelta(days=1)
EVIL = "<script>alert(1)</script>\"'&/ü"


LOST = PIPEDRIVE | {
    "id": 9,
    "status": "lost",
    "lost_time": "2026-03-02T09:40:00Z",
    "update_time": "2026-03-02T09:40:00Z",
}


class Reader(html.parser.HTMLParser):
    """Reads a page: its elements, and its text."""

    def __init__(self, text):
        super().__init__()
        self.elements, self.words = [], []
        self.feed(text)
        self.text = " ".join(" ".join(self.words).split())

    def handle_starttag(self, tag, attributes):
        self.elements.append((tag, dict(attributes)))

    def handle_data(self, data):
        self.words.append(data)

    def of(self, *tags):
        """Return the attributes of elements of some kinds."""
        return [attributes for tag, attributes in self.elements if tag in tags]


@pytest.fixture(scope="module")
def late(tmp_path_factory):
    """A service with deals that nobody has touched for a week; the tests here change nothing."""
    process = sf.load_process("six-step")
    with serving(tmp_path_factory.mktemp("late"), "pipedrive") as service:
        service.hook(pipedrive())
        store = service.store
        store.open(process, id=EVIL, at=MONDAY, owner="dana")
        store.change(EVIL, lambda deal: deal.log("call", at=MONDAY, by=EVIL), MONDAY)
        service.hook(pipedrive(PIPEDRIVE | {"id": 9}))
        service.hook(pipedrive(LOST, {"status": "open"}))
        store.open(process, id="later", at=MONDAY + 30 * DAY)
        store.open(process, id="meet", at=MONDAY + 10 * DAY, stage="meeting")
        facts = {"meeting_held": True}
        store.change("meet", lambda deal: deal.learn(at=MONDAY + 10 * DAY, facts=facts), MONDAY)
        service.clock.at += 10 * DAY
        yield service


def page_of(service, path, **params):
    """Return a page as dana sees it."""
    answer = service.client.get(path, auth=service.dana, params=params or None)
    assert answer.status_code == 200
    assert "script" not in answer.headers["content-security-policy"]
    assert answer.headers["cache-control"] == "no-store"
    return Reader(answer.text)


class TestAgenda:
    def test_what_to_do(self, late):
        """A person sees what is to be done, the most urgent first, with a way to each deal."""
        page = page_of(late, "/")

        assert "What to do, dana" in page.text
        assert "Too late 123 Qualify 60,000 Touch the buyer Mon 09 Mar 17:00" in page.text
        links = [each["href"] for each in page.of("a")]
        assert "/deal?id=123" in links
        assert f"{URL}/feed/" in links[-1]

    def test_only_hers(self, late):
        """Another person has another agenda."""
        answer = late.client.get("/", auth=("kim", "other"))

        assert "Nothing is due." in answer.text

    @pytest.mark.parametrize("path", ["/", "/deal?id=123", "/unread"])
    @pytest.mark.parametrize("who", [None, ("dana", "guess"), ("ghost", "correct horse")])
    def test_strangers(self, late, path, who):
        """Who does not say who they are sees nothing."""
        answer = late.client.get(path, auth=who)

        assert answer.status_code == 401
        assert answer.headers["www-authenticate"] == 'Basic realm="salesflow"'


class TestDeal:
    def test_where_it_is(self, late):
        """A deal is drawn, with what stands in its way and by when."""
        page = page_of(late, "/deal", id="123")

        assert "In Qualify , breached . It belongs to dana." in page.text
        assert "the deal is here" in page.text
        assert "considers us (need_confirmed): unknown. Learn need_confirmed." in page.text
        assert "passed" in page.text
        assert "opened" in page.text

    def test_may_go_on(self, late):
        """Where nothing stands in the way, that is said; a deal that is not open yet says when."""
        meet = page_of(late, "/deal", id="meet").text
        assert "Nothing stands in the way." in meet
        assert "opened meet in Meeting" in meet
        assert "It opens at 2026-04-01" in page_of(late, "/deal", id="later").text

    def test_closed(self, late):
        """A deal that is over has nowhere to go and no deadline."""
        page = page_of(late, "/deal", id="9")

        assert "In Lost" in page.text
        assert "Where it can go" not in page.text
        assert "Deadlines" not in page.text

    @pytest.mark.parametrize("id", ["ghost", "\0", "\ud800", "../x", f"{EVIL}{EVIL}"])
    def test_no_such_deal(self, late, id):
        """A deal that is not kept is not found, whatever it is called."""
        params = {"id": id.encode(errors="surrogatepass")}
        answer = late.client.get("/deal", params=params, auth=late.dana)

        assert answer.status_code == 404
        assert "No such deal" in answer.text
        assert "<script" not in answer.text


class TestEscaping:
    @pytest.mark.parametrize(("path", "params"), [("/", {}), ("/deal", {"id": EVIL})])
    def test_evil_name(self, late, path, params):
        """Whatever a deal is called and whoever works on it, that is text."""
        page = page_of(late, path, **params)

        assert EVIL in page.text
        assert page.of("script") == []
        assert not [name for _, each in page.elements for name in each if name.startswith("on")]

    def test_link(self, late):
        """The link to such a deal leads to it."""
        [link] = [each["href"] for each in page_of(late, "/").of("a") if "script" in each["href"]]

        assert EVIL in Reader(late.client.get(link, auth=late.dana).text).text


class TestAccessibility:
    @pytest.mark.parametrize("path", ["/", "/deal?id=123"])
    def test_structure(self, late, path):
        """Pages have a language, a title, one main heading, heads of columns and named regions."""
        page = page_of(late, path)

        assert page.of("html") == [{"lang": "en"}]
        assert len(page.of("h1")) == len(page.of("main")) == 1
        assert page.of("title")
        assert all(each.get("scope") for each in page.of("th"))
        assert all(
            each.get("aria-label") for each in page.of("div") if each.get("role") == "region"
        )
        assert all("aria-labelledby" in each for each in page.of("svg"))


class TestMove:
    def test_refused(self, late):
        """What the process forbids is refused with every reason; nothing has changed."""
        before = late.store.deal("123").events

        answer = late.client.post("/move", json={"deal": "123", "to": "meeting"}, auth=late.dana)

        assert answer.status_code == 409
        assert {each["code"] for each in answer.json()["obstacles"]} == {"criterion", "gap"}
        assert late.store.deal("123").events == before

    @pytest.mark.parametrize(
        ("said", "status"),
        [
            ({"deal": "123", "to": "metting"}, 422),
            ({"deal": "ghost", "to": "meeting"}, 404),
            ({"deal": "123"}, 422),
            ({"deal": 123, "to": "meeting"}, 422),
            (["123", "meeting"], 422),
        ],
    )
    def test_wrong(self, late, said, status):
        """What is no request is refused."""
        assert late.client.post("/move", json=said, auth=late.dana).status_code == status

    def test_role_is_the_hosts(self, late):
        """A role that a request brings along is nobody's."""
        said = {"deal": "123", "to": "meeting", "role": "sales_manager", "by": "kim"}

        assert late.client.post("/move", json=said, auth=late.dana).status_code == 409

    def test_not_from_elsewhere(self, late):
        """A form on somebody else's site cannot move a deal."""
        answer = late.client.post("/move", data={"deal": "123", "to": "meeting"}, auth=late.dana)

        assert answer.status_code == 415


class TestFeed:
    def test_calendar(self, late):
        """Who knows the address reads the person's deadlines."""
        path = late.host.feed_url("dana").removeprefix(URL)

        answer = late.client.get(path)

        assert answer.headers["content-type"] == "text/calendar; charset=utf-8"
        calendar = icalendar.Calendar.from_ical(answer.text)
        entries = {str(event["UID"]): event for event in calendar.walk("VEVENT")}
        assert str(entries["123/touch/breach"]["SUMMARY"]).startswith("Overdue: 123")
        assert str(entries["123/touch/breach"]["URL"]) == f"{URL}/deal?id=123"

    @pytest.mark.parametrize("token", ["dana", "", "x" * 43, "ä"])
    def test_unknown(self, late, token):
        """Nobody guesses the address."""
        assert late.client.get(f"/feed/{token}.ics").status_code == 404

    def test_address_is_long(self, late):
        """An address has 256 bits that only the service can make, and people do not share one."""
        tokens = [late.host.feed_token(who) for who in ("dana", "kim")]

        assert len(set(tokens)) == 2
        assert {len(token) for token in tokens} == {43}


@pytest.fixture
def chromium():
    """A browser."""
    found = browser.find()
    if found is None:
        said = "there is no Chromium: what pages look like in a browser is not tested"
        if os.environ.get(browser.WANTED) == "required":
            raise LookupError(said)
        pytest.skip(said)
    return found


@pytest.mark.long
def test_in_a_browser(late, chromium, tmp_path):
    """A browser shows a page as it is, wide and narrow, and finds nothing to run."""
    answer = late.client.get("/deal", params={"id": EVIL}, auth=late.dana)
    page = tmp_path / "deal.html"
    page.write_text(answer.text, encoding="utf-8")

    shown = Reader(browser.run(chromium, tmp_path, "--dump-dom", page.as_uri()))
    shot = tmp_path / "deal.png"
    browser.run(chromium, tmp_path, "--window-size=400,900", f"--screenshot={shot}", page.as_uri())

    assert EVIL in shown.text
    assert shown.of("script") == []
    assert shot.read_bytes().startswith(b"\x89PNG")
