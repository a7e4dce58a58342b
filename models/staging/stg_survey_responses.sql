{{ accepted_rows('survey_responses') }}
