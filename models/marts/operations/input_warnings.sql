{#- Optional references of accounts, which are NULL where no account has the id. -#}
{%- set references = ['merged_into_account_id', 'parent_account_id', 'referred_by_account_id'] -%}
with accounts as (
    select * from {{ ref('base_accounts') }}
    where row_status = 'accepted' and unknown_references > 0
),

unknown_references as (
    {%- for column in references %}
    select
        accounts.account_id,
        '{{ column }}' as column_name,
        {{ text_of('raw_rows.' ~ column) }} as reference
    from accounts
    inner join {{ landed_rows('accounts') }} as raw_rows
        on accounts._file_name = raw_rows._file_name and accounts._row_number = raw_rows._row_number
    where accounts.{{ column }} is null and {{ text_of('raw_rows.' ~ column) }} is not null
    {{ 'union all' if not loop.last }}
    {%- endfor %}
),

final as (
    select
        'accounts' as table_name,
        'unknown_reference' as kind,
        column_name,
        account_id as row_key,
        concat('no account has the id ', reference, '; the value counts as absent') as detail_en,
        concat('IDが', reference, 'のアカウントはない。値は空として扱う') as detail_ja
    from unknown_references
    union all
    select
        'accounts' as table_name,
        kind,
        column_name,
        row_key,
        detail_en,
        detail_ja
    from {{ ref('int_account_warnings') }}
    union all
    select
        'kpi_targets' as table_name,
        kind,
        column_name,
        row_key,
        detail_en,
        detail_ja
    from {{ ref('int_target_warnings') }}
    union all
    select
        table_name,
        kind,
        column_name,
        row_key,
        detail_en,
        detail_ja
    from {{ ref('int_interval_warnings') }}
    union all
    select
        table_name,
        kind,
        column_name,
        row_key,
        detail_en,
        detail_ja
    from {{ ref('stripe_warnings') }}
)

select * from final
