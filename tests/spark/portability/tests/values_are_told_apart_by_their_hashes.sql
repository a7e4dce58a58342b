with cases as (
    select
        cast(one as string) as one,
        cast(other as string) as other,
        is_same
    from (values
        ('S000000001', 'S000000001', true),
        ('S000000001', 'S000000002', false),
        ('日本語', '日本語', true),
        ('日本語', '日本', false),
        ('', ' ', false)
    ) as texts (one, other, is_same)
)

select * from cases
where ({{ hash_of('one') }} = {{ hash_of('other') }}) is distinct from is_same
