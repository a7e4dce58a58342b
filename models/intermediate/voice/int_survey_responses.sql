{{ config(materialized='view') }}

-- Survey answers known on the as-of date, with the class that their score falls into.
with responses as (
    {{ dated_rows(ref('stg_survey_responses'), 'responded_at') }}
),

customers as (
    select * from {{ ref('int_accounts_resolved') }}
),

-- Rows of test accounts are left out; rows without an account stay.
final as (
    select
        responses.response_id,
        customers.customer_account_id as account_id,
        responses.user_id,
        responses.ticket_id,
        responses.survey_kind,
        responses.subject,
        -- NPS classes are fixed at 0 to 6 and 9 to 10; each company sets those of CSAT.
        case
            when responses.survey_kind = 'nps' and responses.score >= 9 then 'promoter'
            when responses.survey_kind = 'nps' and responses.score <= 6 then 'detractor'
            when responses.survey_kind = 'nps' then 'passive'
            when responses.score >= {{ var('csat_satisfied_from') }} then 'satisfied'
            when responses.score <= {{ var('csat_dissatisfied_to') }} then 'dissatisfied'
            else 'neutral'
        end as response_class,
        responses.comment,
        responses.score,
        responses.responded_at,
        responses.happened_on as responded_on,
        {{ recorded_day('responses') }} as recorded_on,
        responses.month_start
    from responses
    left join customers on responses.account_id = customers.account_id
    where responses.account_id is null or customers.account_id is not null
)

select * from final
