package config_test

import (
	"fmt"

	"github.com/dltgen/dltgen/runtime/config"
)

func ExampleResolver_Fill() {
	env := map[string]string{"SOURCES__GITHUB__TOKEN": "abc123", "PER_PAGE": "100"}
	r := &config.Resolver{
		Env:        func(name string) (string, bool) { v, ok := env[name]; return v, ok },
		ProjectDir: "testdata/none", GlobalDir: "testdata/none",
	}
	var cfg struct {
		Token   string `config:"token,secret" validate:"required"`
		PerPage int    `config:"per_page"`
	}
	if err := r.Fill(&cfg, []string{"sources", "github"}); err != nil {
		fmt.Println(err)
		return
	}
	for _, v := range r.Trace() {
		fmt.Printf("%s = %s from %s\n", v.FullKey, v.Display, v.Provider)
	}
	// Output:
	// SOURCES__GITHUB__TOKEN = <secret> from Environment Variables
	// PER_PAGE = 100 from Environment Variables
}
