with cases as (
    select
        cast(0.1 as double) as tenth,
        cast(19.99 as double) as price,
        cast(123456789.37 as double) as large,
        cast(0.0000285 as double) as small,
        cast(7 as bigint) as whole,
        cast(0.00000049 as decimal(18, 8)) as exact,
        cast('x' as string) as word
),

found as (
    select
        {{ number_of('tenth', 'decimal(18,8)') }} as tenth,
        {{ number_of('price', 'decimal(18,8)') }} as price,
        {{ number_of('large', 'decimal(18,8)') }} as large,
        {{ number_of('small', 'decimal(18,6)') }} as small,
        {{ number_of('whole', 'decimal(18,8)') }} as whole,
        {{ number_of('exact', 'decimal(18,8)') }} as exact,
        {{ try_cast('word', 'bigint') }} as no_number,
        {{ is_text('word') }} as is_word_text,
        {{ is_text('whole') }} as is_whole_text,
        {{ is_integer('whole') }} as is_whole_integer,
        {{ is_integer('exact') }} as is_exact_integer,
        {{ is_floating('price') }} as is_price_floating,
        {{ is_floating('exact') }} as is_exact_floating,
        {{ is_timestamp('word') }} as is_word_timestamp,
        {{ is_timestamp("cast('2024-01-01' as timestamp)") }} as is_time_timestamp
    from cases
)

select * from found
where
    tenth is distinct from cast('0.1' as decimal(18, 8))
    or price is distinct from cast('19.99' as decimal(18, 8))
    or large is distinct from cast('123456789.37' as decimal(18, 8))
    or small is distinct from cast('0.000029' as decimal(18, 6))
    or whole is distinct from cast('7' as decimal(18, 8))
    or exact is distinct from cast('0.00000049' as decimal(18, 8))
    or no_number is not null
    or not is_word_text
    or is_whole_text
    or not is_whole_integer
    or is_exact_integer
    or not is_price_floating
    or is_exact_floating
    or is_word_timestamp
    or not is_time_timestamp
