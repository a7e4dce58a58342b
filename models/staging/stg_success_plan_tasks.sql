{{ accepted_rows('success_plan_tasks') }}
