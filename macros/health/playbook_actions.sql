{#- The rows of `account_situations` with what the playbook says for each, as action_id; NULL where it says nothing.

    Of the rows of the playbook that fit and that the account's state does not contradict, the most specific counts. It is
    found for each situation once: situations are few, accounts are many.

    account_situations  a CTE with lifecycle_stage, health_band, main_reason, touch_model, region and account_states (names
                        with spaces between them), none of them NULL
    only_of_reason      rows of the playbook for any reason do not count -#}
{% macro playbook_actions(account_situations, only_of_reason=false) -%}
{%- set columns = ['region', 'main_reason', 'touch_model', 'health_band', 'lifecycle_stage'] -%}
{%- set situation = columns + ['account_states'] -%}
    select
        accounts.*,
        ranked.action_id
    from {{ account_situations }} as accounts
    left join (
        select
            situations.*,
            plays.action_id,
            row_number() over (
                partition by {% for column in situation %}situations.{{ column }}{{ ', ' if not loop.last }}{% endfor %}
                order by
                    {% for column in columns %}
                    case when plays.{{ column }} = 'any' then 1 else 0 end{{ ' + ' if not loop.last else ',' }}
                    {%- endfor %}
                    {% for column in columns %}
                    case when plays.{{ column }} = 'any' then 1 else 0 end{{ ',' if not loop.last }}
                    {%- endfor %}
            ) as place
        from (select distinct {{ situation | join(', ') }} from {{ account_situations }}) as situations
        inner join {{ ref('playbooks') }} as plays
            on
                {% for column in columns -%}
                plays.{{ column }} in ({{ "'any', " if not (only_of_reason and column == 'main_reason') }}situations.{{ column }})
                {%- if not loop.last %}
                and {% endif %}
                {%- endfor %}
        left join {{ ref('action_conflicts') }} as conflicts
            on
                plays.action_id = conflicts.action_id
                and {{ has_word('situations.account_states', 'conflicts.account_state') }}
        where conflicts.action_id is null
    ) as ranked
        on
            ranked.place = 1
            {%- for column in situation %}
            and accounts.{{ column }} = ranked.{{ column }}
            {%- endfor %}
{%- endmacro %}

{#- Whether one of the words of a text is this word. -#}
{% macro has_word(words, word) -%}
    instr(concat(' ', {{ words }}, ' '), concat(' ', {{ word }}, ' ')) > 0
{%- endmacro %}
