{#- A model's table as the last run left it, for a model that runs before it is built again; none in a full build. -#}
{% macro built_before(model_name) -%}
    {%- if execute and keeps_increments() -%}
        {%- set model = graph.nodes['model.' ~ project_name ~ '.' ~ model_name] -%}
        {{ return(built(model.schema, model.alias)) }}
    {%- endif -%}
{%- endmacro %}
