with feedback as (
    {{ dated_rows(ref('stg_work_item_feedback'), 'given_at') }}
),

accounts as (
    select * from {{ ref('int_accounts_resolved') }}
),

-- Rows of test accounts are left out. The source's account is in the id: merged accounts can have one verdict each.
final as (
    select
        concat(feedback.account_id, '/', feedback.reason, '/', cast(feedback.given_at as string)) as feedback_id,
        accounts.customer_account_id as account_id,
        feedback.reason,
        feedback.verdict,
        feedback.member_id,
        feedback.note,
        feedback.given_at,
        feedback.happened_on as given_on,
        case when feedback.verdict = 'snoozed' then feedback.until end as snoozed_until,
        feedback.month_start
    from feedback
    inner join accounts on feedback.account_id = accounts.account_id
)

select * from final
