-- Stripe's customers. A deleted one has its id alone; its subscriptions were canceled, and stay.
with customers as (
    select
        object_id as customer_id,
        body,
        _file_name,
        _row_number
    from {{ ref('stripe_objects') }}
    where object_name = 'customers'
),

events as (
    select
        {{ json_text('body', 'data.object.id') }} as customer_id,
        {{ json_text('body', 'data.object') }} as body,
        {{ json_text('body', 'created') }} as happened_at,
        _file_name,
        _row_number
    from {{ ref('stripe_objects') }}
    where
        object_name = 'events'
        and {{ json_text('body', 'type') }} in ('customer.created', 'customer.updated', 'customer.deleted')
),

ranked_events as (
    select
        *,
        row_number() over (partition by customer_id order by cast(happened_at as bigint) desc, _row_number desc) as place
    from events
),

known as (
    select
        customer_id,
        body,
        _file_name,
        _row_number
    from customers
    where
        coalesce({{ json_text('body', 'deleted') }}, 'false') <> 'true'
        or customer_id not in (select events.customer_id from events)
    union all
    select
        customer_id,
        body,
        _file_name,
        _row_number
    from ranked_events
    where
        place = 1
        and customer_id not in (
            select customers.customer_id
            from customers
            where coalesce({{ json_text('customers.body', 'deleted') }}, 'false') <> 'true'
        )
),

named_by_subscriptions as (
    select
        customer as customer_id,
        min(_file_name) as _file_name
    from {{ ref('stripe_states') }}
    where customer is not null and customer not in (select known.customer_id from known)
    group by customer
),

final as (
    select
        coalesce({{ json_text('body', 'metadata.account_id') }}, customer_id) as account_id,
        coalesce({{ json_text('body', 'name') }}, {{ json_text('body', 'description') }}) as account_name,
        {{ text_of_seconds('cast(' ~ json_text('body', 'created') ~ ' as bigint)') }} as created_at,
        upper({{ json_text('body', 'address.country') }}) as country,
        customer_id,
        concat(_file_name, ' [', customer_id, ']') as _file_name,
        _row_number
    from known
    union all
    select
        customer_id as account_id,
        cast(null as string) as account_name,
        cast(null as string) as created_at,
        cast(null as string) as country,
        customer_id,
        concat(_file_name, ' [', customer_id, ']') as _file_name,
        cast(1 as bigint) as _row_number
    from named_by_subscriptions
)

select * from final
