"""What is new to a host that reads the same deals again and again."""

import attrs
from tests.history.crm.support import DEAL, HUBSPOT, PROCESS, kinds, mapping

from salesflow.history.crm import hubspot, news

MAPPING = mapping(HUBSPOT)


def deal(updated, **properties):
    """A deal without history, as it stood at an instant."""
    return {
        "id": DEAL,
        "properties": {"dealstage": "qualifiedtobuy", **properties},
        "createdAt": "2026-03-02T09:00:00Z",
        "updatedAt": f"2026-03-{updated:02}T10:00:00Z",
    }


def read(*payloads):
    return hubspot.events_of(list(payloads), PROCESS, MAPPING)


def told(*polls):
    """What is recorded by a host that is told one poll after the other."""
    known = ()
    for poll in polls:
        known = (*known, *news(read(poll), DEAL, known))
    return known


class TestNews:
    def test_nothing_new(self):
        """What was recorded before is not told again."""
        found = read(deal(3, amount="5"))

        assert news(found, DEAL, found.events[DEAL]) == ()
        assert news(found, "other", ()) == ()

    def test_a_deal_that_is_read_again(self):
        """Values that did not change are not learned anew, whatever else has changed."""
        once = told(deal(3, amount="5", hubspot_owner_id="70"))
        again = told(
            deal(3, amount="5", hubspot_owner_id="70"),
            deal(4, amount="5", hubspot_owner_id="70", dealname="new"),
        )

        assert kinds(again) == kinds(once) == ["opened", "learned", "assigned", "moved"]

    def test_what_did_change(self):
        """A new value, a new owner and a new stage are told as of the poll that showed them."""
        found = told(
            deal(3, amount="5", hubspot_owner_id="70"),
            {
                **deal(4, amount="6", hubspot_owner_id="71"),
                "properties": {"dealstage": "closedwon", "amount": "6", "hubspot_owner_id": "71"},
            },
        )

        assert kinds(found)[4:] == ["learned", "assigned", "moved"]
        assert {event.occurred_at.day for event in found[4:]} == {4}

    def test_and_back(self):
        """A value that came back is new."""
        found = told(deal(3, amount="5"), deal(4, amount="6"), deal(5, amount="5"))

        amounts = [event.facts["value"] for event in found if event.kind_name == "learned"]
        assert amounts == [5, 6, 5]

    def test_what_is_told_exactly(self):
        """A change that is told with its own instant is kept, whatever held before."""
        webhook = {
            "subscriptionType": "deal.propertyChange",
            "objectId": DEAL,
            "propertyName": "amount",
            "propertyValue": "5",
            "occurredAt": "2026-03-09T10:00:00Z",
        }

        assert kinds(told(deal(3, amount="5"), webhook))[-1] == "learned"

    def test_other_events(self):
        """Only facts, owners and stages are said again and again."""
        gone = {"subscriptionType": "deal.restore", "objectId": DEAL, "occurredAt": 1772704800000}
        found = hubspot.events_of(gone, PROCESS, mapping(HUBSPOT, '[stages]\ndeleted = "lost"\n'))
        [reopened] = found.events[DEAL]

        said = attrs.evolve(found, snapshots=frozenset({reopened.id}))

        assert news(said, DEAL, ()) == (reopened,)

    def test_corrections(self):
        """What follows from old and new together is new, too."""
        note = {
            "id": "1",
            "properties": {"hs_note_body": "x", "hs_timestamp": "2026-03-03T10:00:00Z"},
            "associations": {"deals": {"results": [{"id": DEAL}]}},
            "createdAt": "2026-03-03T10:00:00Z",
            "updatedAt": "2026-03-03T10:00:00Z",
        }
        gone = {**note, "archived": True, "updatedAt": "2026-03-04T10:00:00Z"}

        found = told(note, gone)

        assert kinds(found) == ["activity", "activity", "retracted"]
        assert found[-1].target == found[0].id
        assert told(note, gone, gone, note) == found
