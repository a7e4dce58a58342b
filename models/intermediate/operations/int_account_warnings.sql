-- Accounts that are merged into each other or are each other's parents in a circle, and countries with several spellings.
with recursive accounts as (
    select * from {{ ref('stg_accounts') }}
),

steps as (
    select
        'merged_into_account_id' as column_name,
        account_id,
        merged_into_account_id as next_account_id
    from accounts
    where merged_into_account_id is not null
    union all
    select
        'parent_account_id' as column_name,
        account_id,
        parent_account_id as next_account_id
    from accounts
    where parent_account_id is not null
),

walks as (
    select
        column_name,
        account_id,
        next_account_id as reached_account_id,
        1 as hops
    from steps
    union all
    select
        walks.column_name,
        walks.account_id,
        steps.next_account_id as reached_account_id,
        walks.hops + 1 as hops
    from walks
    inner join steps on walks.column_name = steps.column_name and walks.reached_account_id = steps.account_id
    -- The limit of hops stops at accounts that lead into a circle of others.
    where walks.reached_account_id != walks.account_id and walks.hops < 100
),

circles as (
    select
        walks.column_name,
        walks.account_id,
        steps.next_account_id,
        walks.hops
    from walks
    inner join steps on walks.column_name = steps.column_name and walks.account_id = steps.account_id
    where walks.reached_account_id = walks.account_id
),

spellings as (
    select
        country,
        {{ plain_spelling('country') }} as plain_country,
        count(*) as accounts
    from accounts
    where country is not null
    group by country
),

-- A spelling that the seed does not know stands for itself.
countries as (
    select
        spellings.country as spelling,
        coalesce(known.country, spellings.plain_country) as country,
        spellings.accounts,
        count(*) over (partition by coalesce(known.country, spellings.plain_country)) as spellings
    from spellings
    left join {{ ref('country_spellings') }} as known
        on spellings.plain_country = {{ plain_spelling('known.spelling') }}
),

final as (
    select
        'circle' as kind,
        column_name,
        account_id as row_key,
        concat(
            account_id, ' leads back to itself by way of ', next_account_id, ' (', cast(hops as string),
            ' accounts in the circle); it counts as an account of its own'
        ) as detail_en,
        concat(
            account_id, 'は', next_account_id, 'を経て自身に戻る(循環内の顧客数: ', cast(hops as string),
            ')。独立した顧客として集計する'
        ) as detail_ja
    from circles
    union all
    select
        'several_spellings' as kind,
        'country' as column_name,
        spelling as row_key,
        concat(
            cast(accounts as string), ' accounts write ', spelling, ', one of ', cast(spellings as string),
            ' spellings of ', country, '; figures by country are split between them'
        ) as detail_en,
        concat(
            country, 'の', cast(spellings as string), '通りの表記の一つ「', spelling, '」を使う顧客が',
            cast(accounts as string), '件。国別の数値が表記ごとに分かれる'
        ) as detail_ja
    from countries
    where spellings > 1
)

select * from final
