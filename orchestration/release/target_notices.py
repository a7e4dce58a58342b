"""What a release says about its targets."""

from __future__ import annotations

import duckdb

_EXAMPLES = 3


def target_notices(connection: duckdb.DuckDBPyConnection) -> list[str]:
    """One sentence per finding on the newest targets that past months speak against."""
    rows = connection.execute(
        "select target_finding_label_en, count(*), "
        "array_to_string((array_agg(kpi_id || case when segment_dimension = 'all' then '' "
        "else ' of ' || segment_dimension || ' ' || segment_value end "
        f"order by kpi_id, segment_dimension, segment_value))[1:{_EXAMPLES}], ', ') "
        "from (select * from marts.kpi_target_checks qualify row_number() over ("
        "partition by kpi_id, segment_dimension, segment_value order by effective_month desc) = 1) "
        "where target_finding in ('off_scale', 'out_of_reach') group by 1 order by 1"
    ).fetchall()
    sentences = [
        f"Check {count:,} {'target' if count == 1 else 'targets'}, such as {kpis}: {finding}"
        + ("" if finding.endswith("?") else ".")
        for finding, count, kpis in rows
    ]
    return [*sentences, "See marts.kpi_target_checks."] if sentences else []
