-- Figures that rest on a late input look as if customers did nothing.
{{ config(severity='warn') }}
select * from {{ ref('input_freshness') }}
where status not in ('fresh', 'not_judged', 'not_supplied')
