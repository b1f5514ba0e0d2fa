package config

import (
	"errors"
	"fmt"
	"maps"
	"net"
	"net/url"
	"regexp"
	"slices"
	"strconv"
	"strings"
)

// A ConnectionString is the credentials of a database: driver://user:password@host:port/database?k=v.
// Printed it hides the password and the query, which may hold secrets.
type ConnectionString struct {
	Driver   string            `config:"drivername"`
	Username string            `config:"username"`
	Password string            `config:"password,secret"`
	Host     string            `config:"host"`
	Port     int               `config:"port"`
	Database string            `config:"database"`
	Query    map[string]string `config:"query"`
}

// connection is the grammar of such strings, as dlt reads them.
var connection = regexp.MustCompile(`^([\w+.-]+)://` +
	`(?:([^:/@]*)(?::([^@]*))?@)?` +
	`(?:\[([^\]/?]+)\]|([^/:?]*))(?::([^/?]*))?` +
	`(?:/([^?]*))?(?:\?(.*))?$`)

// ParseConnectionString reads a connection string. The error does not show it.
func ParseConnectionString(text string) (*ConnectionString, error) {
	m := connection.FindStringSubmatch(strings.TrimSpace(text))
	if m == nil {
		return nil, errors.New("not a connection string: driver://user:password@host:port/database is one")
	}
	c := &ConnectionString{Driver: m[1], Host: m[4] + m[5], Database: m[7]}
	var err error
	if c.Username, err = url.PathUnescape(m[2]); err != nil {
		return nil, errors.New("connection string: the user name has a broken % escape")
	}
	if c.Password, err = url.PathUnescape(m[3]); err != nil {
		return nil, errors.New("connection string: the password has a broken % escape")
	}
	c.Password = strings.TrimSpace(c.Password)
	if m[6] != "" {
		if c.Port, err = strconv.Atoi(m[6]); err != nil || c.Port < 0 || c.Port > 65535 {
			return nil, errors.New("connection string: the port is not a number up to 65535")
		}
	}
	values, err := url.ParseQuery(m[8])
	if err != nil {
		return nil, errors.New("connection string: the query has a broken % escape")
	}
	for k, v := range values {
		if c.Query == nil {
			c.Query = map[string]string{}
		}
		c.Query[k] = v[len(v)-1]
	}
	return c, nil
}

// ParseNative sets the parts that a connection string holds.
func (c *ConnectionString) ParseNative(text string) error {
	parsed, err := ParseConnectionString(text)
	if err != nil {
		return err
	}
	*c = *parsed
	return nil
}

// URL returns the whole connection string, password included.
func (c *ConnectionString) URL() string {
	text := c.build(func(s string) string { return s })
	var query []string
	for _, k := range slices.Sorted(maps.Keys(c.Query)) {
		query = append(query, url.QueryEscape(k)+"="+url.QueryEscape(c.Query[k]))
	}
	if len(query) > 0 {
		text += "?" + strings.Join(query, "&")
	}
	return text
}

// String returns the connection string without its password and query.
func (c ConnectionString) String() string {
	return c.build(func(string) string { return "***" })
}

// GoString hides what String hides.
func (c ConnectionString) GoString() string { return strconv.Quote(c.String()) }

func (c *ConnectionString) build(password func(string) string) string {
	var b strings.Builder
	b.WriteString(c.Driver + "://")
	if c.Username != "" || c.Password != "" {
		b.WriteString(url.PathEscape(c.Username))
		if c.Password != "" {
			b.WriteString(":" + escapePassword(password(c.Password)))
		}
		b.WriteString("@")
	}
	switch {
	case c.Port != 0:
		b.WriteString(net.JoinHostPort(c.Host, strconv.Itoa(c.Port)))
	case strings.Contains(c.Host, ":"):
		b.WriteString("[" + c.Host + "]")
	default:
		b.WriteString(c.Host)
	}
	if c.Database != "" {
		b.WriteString("/" + c.Database)
	}
	return b.String()
}

func escapePassword(s string) string {
	if s == "***" {
		return s
	}
	return url.QueryEscape(s)
}

// Credentials looks up the credentials of a destination (F13). A connection
// string under "credentials" gives its parts, the others are looked up one by
// one; defaults fill what is left, its query key by key. The parts named in
// required must be there: "host", "database". The credentials are secrets as a
// whole: in config.toml they are an error.
func (r *Resolver) Credentials(sections []string, defaults ConnectionString, required ...string) (*ConnectionString, error) {
	c := defaults
	c.Query = maps.Clone(defaults.Query)
	f := &filler{r: r, sections: sections, required: required}
	if err := f.fillStruct(valueOf(&c), "credentials", nil); err != nil {
		return nil, err
	}
	if len(f.missing) > 0 {
		return nil, r.missing(fmt.Sprintf("%T", c), f.missing, f.resolved)
	}
	c.Password = strings.TrimSpace(c.Password)
	return &c, nil
}
