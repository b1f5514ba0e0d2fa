// Package config finds the settings and secrets of a connector where dlt does:
// in environment variables, .dlt/secrets.toml and .dlt/config.toml of the
// project and of the user's folder.
//
// A setting has a key and sections. The most specific place wins:
//
//	SOURCES__GITHUB__TOKEN        [sources.github] token = "…"
//	SOURCES__TOKEN                [sources] token = "…"
//	TOKEN                         token = "…"
//
// each first with the pipeline's name in front. A key with dots, such as
// "runtime.log_level", keeps what is before its last dot in every place.
//
// [Resolver.Fill] fills a struct by its tags:
//
//	type Config struct {
//		Token   rest.Secret `config:"token,secret" validate:"required"`
//		BaseURL string      `config:"base_url"`
//	}
//
// Command lines fill a connector's config with it before dlt.Pipeline.Run; the
// steps of a run look up their own settings. [Resolver.Trace] tells what came
// from where. No error and no trace holds a secret, and a secret found in
// config.toml is an error.
package config
