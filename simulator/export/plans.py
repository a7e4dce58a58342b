"""Success plans: the tasks on the way to customers' goals; only the scenario `standard` has them."""

from __future__ import annotations

import numpy as np

from simulator.clock import DAY, NEVER
from simulator.company.growing_table import GrowingTable
from simulator.company.texts import PLAN_MILESTONES, PLAN_TASKS
from simulator.company.world import World
from simulator.files.columns import Column, Dates, Ids, Numbers, Texts, Times

_TASKS = len(PLAN_TASKS[0])
_BY_CUSTOMER = np.array([False, True, False, True])


def write_success_plan_tasks(world: World, goals: GrowingTable) -> None:
    """Tasks evenly between the day a goal was set and its due date; those of a goal reached are completed."""
    rng, share = world.rng("success plans"), world.config.model.planned_goals
    if not share:
        return
    goal = np.repeat(np.flatnonzero(rng.random(len(goals)) < share), _TASKS)
    task = np.tile(np.arange(_TASKS), len(goal) // _TASKS)
    account = goals["account"][goal].astype(np.int64)
    set_at, due_at = goals["set_at"][goal], goals["due_at"][goal]
    due_on = set_at + ((due_at - set_at) * (task + 1)) // _TASKS
    delay = (rng.normal(-3, 12, len(goal)) * DAY).astype(np.int64)
    completed_at = np.clip(due_on + delay, set_at + DAY, goals["achieved_at"][goal])
    is_left = (goals["achieved_at"][goal] == NEVER) & (rng.random(len(goal)) < 0.25)
    is_known = ~is_left & (completed_at < world.timeline.end)
    language = world.accounts.is_japanese[account].astype(np.int64)
    columns: dict[str, Column] = {
        "task_id": Ids("PT", np.arange(len(goal))),
        "account_id": Ids("A", account),
        "goal_id": Ids("G", goal),
        "milestone": Texts(language * _TASKS + task, sum(PLAN_MILESTONES, ())),
        "title": Texts(language * _TASKS + task, sum(PLAN_TASKS, ())),
        "owner_id": Ids("M", world.staff.csm_of[account], 4),
        "is_customer_task": Numbers(_BY_CUSTOMER[task]),
        "due_on": Dates(due_on),
        "completed_at": Times(np.where(is_known, completed_at, NEVER)),
    }
    world.raw.write("success_plan_tasks", columns)
