"""Reviews, feature requests and the reactions to them."""

from __future__ import annotations

import numpy as np

from simulator.clock import DAY, NEVER
from simulator.company import catalog as cat
from simulator.company.texts import COMMENTS, REQUEST_AREAS, REQUEST_TITLES
from simulator.company.world import World
from simulator.files.columns import Decimals, Ids, Texts, Times
from simulator.months.voice import VoiceState

_STATUSES = ("open", "planned", "in_progress", "shipped", "declined")


def write_voice(world: World, state: VoiceState) -> None:
    """Reviews, feature requests and reactions of all months."""
    rng = world.rng("requests")
    reviews, requests, reactions = state.reviews, state.requests, state.reactions
    world.raw.write(
        "reviews",
        {
            "review_id": Ids("V", np.arange(len(reviews))),
            "site": Texts(reviews["site"], cat.REVIEW_SITES),
            "account_id": Ids("A", reviews["account"]),
            "rating": Decimals(reviews["rating"].astype(np.int64), 0),
            "posted_at": Times(reviews["at"]),
            "comment": Texts(reviews["comment"], COMMENTS),
        },
    )
    created = requests["created_at"]
    shipped = created + (rng.gamma(2.0, 120.0, len(requests)) * DAY).astype(np.int64)
    is_shipped = (rng.random(len(requests)) < 0.35) & (shipped < world.timeline.end)
    other = np.array([0, 0, 0, 1, 2, 4])[rng.integers(0, 6, len(requests))]
    world.raw.write(
        "feature_requests",
        {
            "request_id": Ids("FR", np.arange(len(requests))),
            "account_id": Ids("A", requests["account"]),
            "title": Texts(requests["title"], REQUEST_TITLES),
            "area": Texts(requests["title"], REQUEST_AREAS),
            "status": Texts(np.where(is_shipped, _STATUSES.index("shipped"), other), _STATUSES),
            "created_at": Times(created),
            "shipped_at": Times(np.where(is_shipped, shipped, NEVER)),
        },
    )
    world.raw.write(
        "feature_request_reactions",
        {
            "reaction_id": Ids("RX", np.arange(len(reactions))),
            "request_id": Ids("FR", reactions["request"]),
            "account_id": Ids("A", reactions["account"]),
            "user_id": Ids("U", reactions["user"]),
            "reaction": Texts(reactions["kind"], ("vote", "comment")),
            "reacted_at": Times(reactions["at"]),
        },
    )
