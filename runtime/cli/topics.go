package cli

import (
	"fmt"
	"reflect"
	"slices"
	"strings"

	"github.com/spf13/cobra"
)

// The groups of commands in a help text.
const (
	groupLoad = "load"
	groupLook = "look"
)

func addGroups(root *cobra.Command) {
	root.AddGroup(&cobra.Group{ID: groupLoad, Title: "Load:"}, &cobra.Group{ID: groupLook, Title: "Look at what there is:"})
}

// grouped puts commands into a group.
func grouped(id string, commands ...*cobra.Command) []*cobra.Command {
	for _, c := range commands {
		c.GroupID = id
	}
	return commands
}

// A setting is one field of a connector's configuration.
type setting struct {
	key, kind        string
	secret, required bool
	fallback         string
}

// settings lists the connector's configuration by its tags.
func (a *app) settings() []setting {
	if a.connector == nil || a.connector.Config == nil {
		return nil
	}
	t := reflect.TypeOf(a.connector.Config())
	for t.Kind() == reflect.Pointer {
		t = t.Elem()
	}
	return fields(t, "")
}

func fields(t reflect.Type, prefix string) []setting {
	if t.Kind() != reflect.Struct {
		return nil
	}
	var list []setting
	for f := range t.Fields() {
		key, flags, _ := strings.Cut(f.Tag.Get("config"), ",")
		if key == "" || key == "-" {
			continue
		}
		s := setting{key: prefix + key, kind: kindWord(f.Type), secret: strings.Contains(flags, "secret")}
		s.required = slices.Contains(strings.Split(f.Tag.Get("validate"), ","), "required")
		for word := range strings.SplitSeq(f.Tag.Get("jsonschema"), ",") {
			if d, ok := strings.CutPrefix(word, "default="); ok {
				s.fallback = d
			}
		}
		if inner := fields(f.Type, s.key+"."); len(inner) > 0 {
			list = append(list, inner...)
		} else {
			list = append(list, s)
		}
	}
	return list
}

func kindWord(t reflect.Type) string {
	switch t.Kind() {
	case reflect.Int, reflect.Int8, reflect.Int16, reflect.Int32, reflect.Int64:
		if t.Name() == "Duration" {
			return "duration"
		}
		return "number"
	case reflect.Float32, reflect.Float64:
		return "number"
	case reflect.Bool:
		return "true or false"
	case reflect.Slice, reflect.Array:
		return "list, as JSON"
	default:
		return "text"
	}
}

const configHelp = `Settings come from, in this order:

  1. flags of the command
  2. environment variables: the path in capitals, joined by __
  3. .dlt/secrets.toml and .dlt/config.toml here, then the same files in ~/.dltgen

Secrets may not stand in config.toml. Also understood, in any of these places:

  DESTINATION__DUCKDB__CREDENTIALS   where to load without --to: duckdb:///file.duckdb
  RUNTIME__LOG_LEVEL                 WARNING, INFO or DEBUG
  RUNTIME__REQUEST_TIMEOUT           seconds a request may take: 60
  RUNTIME__REQUEST_MAX_ATTEMPTS      how often a request is sent: 5
  RUNTIME__REQUEST_BACKOFF_FACTOR    seconds before the first repetition: 1
  RUNTIME__REQUEST_MAX_RETRY_DELAY   the longest wait between two, in seconds: 300
  RUNTIME__HTTP_SHOW_ERROR_BODY      true shows what the API said with an error
  PIPELINES__NAME__DATASET_NAME      the dataset without --dataset
  PIPELINES_DIR                      folder of the working folders

DLTGEN_DATA_DIR moves ~/.dltgen, DLT_PROJECT_DIR the folder that holds .dlt.
`

// topics are the help texts that belong to no command.
func (a *app) topics() []*cobra.Command {
	text := configHelp
	if list := a.settings(); len(list) > 0 {
		g := newGrid("environment", "what it is", "")
		for _, s := range list {
			note := ""
			switch {
			case s.required:
				note = "required"
			case s.fallback != "":
				note = "default " + s.fallback
			}
			kind := s.kind
			if s.secret {
				kind = "secret"
			}
			g.add(strings.ToUpper(strings.ReplaceAll("sources."+a.name+"."+s.key, ".", "__")), kind, note)
		}
		var b strings.Builder
		g.print(&b)
		text = fmt.Sprintf("%s reads these settings:\n\n%s\n\nIn a file, the first of them is\n\n  [sources.%s]\n  %s = …\n\n%s", a.name, indent(b.String()), a.name, list[0].key, configHelp)
	}
	return []*cobra.Command{
		{Use: "config", Short: "Where settings and secrets come from", Long: text},
		{Use: "exit-codes", Short: "What the exit codes mean", Long: exitHelp},
	}
}
