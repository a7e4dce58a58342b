{#- What the playbook says for each situation: lifecycle_stage, health_band, main_reason, touch_model, region and
    account_states (names with spaces between them), none of them NULL. Of the rows that fit and that the account's
    state does not contradict, the most specific counts. Situations are few, accounts are many.

    only_of_reason  rows of the playbook for any reason do not count -#}
{% macro playbook_actions(situations, only_of_reason=false) -%}
{%- set columns = ['region', 'main_reason', 'touch_model', 'health_band', 'lifecycle_stage'] -%}
    select
        ranked.lifecycle_stage,
        ranked.health_band,
        ranked.main_reason,
        ranked.touch_model,
        ranked.region,
        ranked.account_states,
        ranked.action_id
    from (
        select
            situations.*,
            plays.action_id,
            row_number() over (
                partition by
                    situations.lifecycle_stage, situations.health_band, situations.main_reason,
                    situations.touch_model, situations.region, situations.account_states
                order by
                    {% for column in columns %}
                    case when plays.{{ column }} = 'any' then 1 else 0 end{{ ' + ' if not loop.last else ',' }}
                    {%- endfor %}
                    {% for column in columns %}
                    case when plays.{{ column }} = 'any' then 1 else 0 end{{ ',' if not loop.last }}
                    {%- endfor %}
            ) as place
        from {{ situations }} as situations
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
    where ranked.place = 1
{%- endmacro %}

{#- Whether one of the words of a text is this word. -#}
{% macro has_word(words, word) -%}
    instr(concat(' ', {{ words }}, ' '), concat(' ', {{ word }}, ' ')) > 0
{%- endmacro %}
