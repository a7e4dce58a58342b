-- Customers who can be asked to recommend the product: their latest NPS answer is a promoter's, and not too old.
with responses as (
    select * from {{ ref('int_survey_responses') }}
    where survey_kind = 'nps'
),

account_months as (
    select * from {{ ref('int_account_months') }}
    where closing_mrr > 0
),

months as (
    select * from {{ ref('int_months') }}
),

success_settings as (
    select cast(setting_value as bigint) as promoter_days
    from {{ ref('success_settings') }}
    where setting_id = 'promoter_days'
),

known_answers as (
    select count(*) > 0 as are_nps_answers_known from responses
),

-- An answer is the latest until the day of the next one; of several answers on one day the last counts.
answers as (
    select
        account_id,
        response_class,
        score,
        responded_on,
        lead(responded_on) over (partition by account_id order by responded_at, response_id) as next_responded_on
    from responses
    where account_id is not null
),

latest_answers as (
    select
        answers.account_id,
        months.month_start,
        answers.response_class,
        answers.score,
        answers.responded_on
    from answers
    cross join success_settings
    inner join months
        on
            answers.responded_on <= months.closes_on
            and (answers.next_responded_on > months.closes_on or answers.next_responded_on is null)
            and {{ add_days('answers.responded_on', 'success_settings.promoter_days') }} >= months.closes_on
),

final as (
    select
        account_months.account_id,
        account_months.month_start,
        months.closes_on as as_of_date,
        cast(latest_answers.score as double) as latest_nps_score,
        latest_answers.responded_on as latest_nps_on,
        case when known_answers.are_nps_answers_known then coalesce(latest_answers.response_class = 'promoter', false) end
            as is_referral_candidate
    from account_months
    cross join known_answers
    inner join months on account_months.month_start = months.month_start
    left join latest_answers
        on account_months.account_id = latest_answers.account_id and account_months.month_start = latest_answers.month_start
)

select * from final
