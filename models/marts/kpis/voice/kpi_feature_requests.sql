with requests as (
    select * from {{ ref('fct_feature_requests') }}
),

reactions as (
    select * from {{ ref('fct_feature_request_reactions') }}
),

accounts as (
    select * from {{ ref('dim_accounts') }}
),

supplied_inputs as (
    select * from {{ ref('dim_supplied_inputs') }}
),

reaction_counts as (
    select
        request_id,
        {{ count_where("reaction = 'vote'") }} as votes,
        {{ count_where("reaction = 'comment'") }} as comments
    from reactions
    group by request_id
),

-- Accounts that posted a request, voted for it or commented on it, each once.
supporters as (
    select
        request_id,
        account_id
    from requests
    where account_id is not null
    union
    select
        request_id,
        account_id
    from reactions
    where account_id is not null
),

support as (
    select
        supporters.request_id,
        count(*) as accounts,
        sum(accounts.current_mrr) as mrr_behind
    from supporters
    inner join accounts on supporters.account_id = accounts.account_id
    group by supporters.request_id
),

requests_with_support as (
    select
        requests.*,
        case when supplied_inputs.has_feature_request_reactions then coalesce(reaction_counts.votes, 0) end as votes,
        case when supplied_inputs.has_feature_request_reactions then coalesce(reaction_counts.comments, 0) end as comments,
        cast(coalesce(support.accounts, 0) as bigint) as accounts,
        cast(coalesce(support.mrr_behind, 0) as decimal(18, 4)) as mrr_behind,
        requests.status not in ('shipped', 'declined') as is_waiting
    from requests
    cross join supplied_inputs
    left join reaction_counts on requests.request_id = reaction_counts.request_id
    left join support on requests.request_id = support.request_id
),

final as (
    select
        request_id,
        account_id,
        title,
        area,
        status,
        votes,
        comments,
        accounts,
        mrr_behind,
        age_days,
        case when shipped_on is not null then age_days end as days_to_ship,
        case
            when is_waiting
                then cast(row_number() over (
                    partition by is_waiting
                    order by
                        mrr_behind desc, accounts desc, votes desc nulls last, age_days desc, request_id asc
                ) as bigint)
        end as priority_rank,
        created_at,
        shipped_at
    from requests_with_support
)

select * from final
