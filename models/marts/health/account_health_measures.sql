-- The columns are those of the seed health_measures, as `make contracts` wrote them into the source, hence the star.
-- noqa: disable=AM04
select * from {{ source('health', 'account_measures') }}
