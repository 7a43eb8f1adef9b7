"""Recurring bookings at the desk: the list of dates before anything is booked, whatever the clocks do that night."""

from __future__ import annotations

from fastoffice import clock
from tests.factories.money import at
from tests.factories.people import Cast, make_user
from tests.factories.rooms import ALWAYS, make_room


def test_an_hour_that_the_clocks_skip_is_refused_in_the_list_of_dates(client, cast: Cast) -> None:
    night = make_room(cast.tijuana, "Guardia", opening=ALWAYS)
    form = {"day": "2027-03-07", "at": "04:00", "minutes": "60", "people": "2", "client_name": "Ana", "frequency": "weekly",
            "resource": night.id, "count": "2", "do.2027-03-14": "move", "room.2027-03-14": night.id,
            "at.2027-03-14": "02:30"}
    with clock.fixed_at(at(1)):
        client.sign_in(make_user("receptionist", [cast.tijuana]))
        refused = client.post("/staff/rooms/series/new", data={**form, "shown": "0,30000"})
        assert refused.status_code == 422
        assert "las 02:30 no existe" in refused.text
        form["at.2027-03-14"] = "03:30"
        asked = client.post("/staff/rooms/series/new", data=form)  # the price of both is shown before it is booked
        assert asked.status_code == 200
        assert 'name="shown" value="0,60000"' in asked.text
        assert client.post("/staff/rooms/series/new", data={**form, "shown": "0,60000"}).status_code == 303
