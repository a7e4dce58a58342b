-- A row of the playbook that names what does not exist fits no account, and nobody would notice.
with plays as (
    select * from {{ ref('playbooks') }}
),

named as (
    {%- set known = {
        'lifecycle_stage': ['lifecycle_stages.lifecycle_stage'],
        'health_band': ['health_bands.health_band'],
        'main_reason': ['health_measures.measure_id', 'work_reasons.reason'],
        'touch_model': ['touch_models.touch_model'],
    } %}
    {%- for column, places in known.items() %}
    select
        '{{ column }}' as column_name,
        plays.{{ column }} as named,
        plays.action_id
    from plays
    where
        plays.{{ column }} != 'any'
        {%- for place in places %}
        and plays.{{ column }} not in (select {{ place.split('.')[1] }} from {{ ref(place.split('.')[0]) }})
        {%- endfor %}
    {{ 'union all' if not loop.last }}
    {%- endfor %}
)

select * from named
