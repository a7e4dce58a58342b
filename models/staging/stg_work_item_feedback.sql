{{ accepted_rows('work_item_feedback') }}
