-- Why subscriptions were canceled: Stripe's cancellation_details, the customer's feedback before Stripe's own reason.
with bodies as (
    select
        body,
        _file_name,
        _row_number
    from {{ ref('stripe_objects') }}
    where object_name = 'subscriptions'
    union all
    select
        {{ json_text('body', 'data.object') }} as body,
        _file_name,
        _row_number
    from {{ ref('stripe_objects') }}
    where object_name = 'events' and {{ json_text('body', 'type') }} like 'customer.subscription.%'
),

states as (
    select
        {{ json_text('body', 'id') }} as subscription_id,
        {{ json_text('body', 'customer') }} as customer_id,
        coalesce({{ json_text('body', 'canceled_at') }}, {{ json_text('body', 'ended_at') }}) as canceled_at,
        coalesce({{ json_text('body', 'cancellation_details.feedback') }}, {{ json_text('body', 'cancellation_details.reason') }})
            as reason_code,
        {{ json_text('body', 'cancellation_details.comment') }} as comment,
        _file_name,
        _row_number
    from bodies
),

ranked as (
    select
        *,
        row_number() over (
            partition by subscription_id order by cast(canceled_at as bigint) desc, _file_name asc, _row_number desc
        ) as place
    from states
    where canceled_at is not null and (reason_code is not null or comment is not null)
),

final as (
    select
        ranked.subscription_id as cancellation_id,
        coalesce(accounts.account_id, ranked.customer_id) as account_id,
        ranked.subscription_id,
        {{ text_of_seconds('cast(ranked.canceled_at as bigint)') }} as cancelled_at,
        ranked.reason_code,
        ranked.comment,
        concat(ranked._file_name, ' [', ranked.subscription_id, ']') as _file_name,
        ranked._row_number
    from ranked
    left join {{ ref('stripe_accounts') }} as accounts on ranked.customer_id = accounts.customer_id
    where ranked.place = 1
)

select * from final
