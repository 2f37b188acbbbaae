"""Operations of web services that describe themselves by OpenAPI, as actions."""
