package goident

import "strings"

// osArch are the words that select a file by its last underscore (G61).
var osArch = set("aix android darwin dragonfly freebsd hurd illumos ios js linux nacl netbsd openbsd plan9 solaris wasip1 windows zos " +
	"386 amd64 arm arm64 loong64 mips mips64 mips64le mipsle ppc64 ppc64le riscv64 s390x wasm test")

// File is a resource's name as the stem of a file name: [a-z0-9_], and never
// one that makes the go command pass over the file.
func File(name string) string {
	var parts []string
	for _, w := range words(name) {
		w = strings.Map(asciiLower, w)
		if w != "" {
			parts = append(parts, w)
		}
	}
	stem := strings.Join(parts, "_")
	if stem == "" {
		return "resource"
	}
	if osArch[parts[len(parts)-1]] {
		stem += "_resource"
	}
	return stem
}

// Package is a connector's name as a package name: [a-z0-9_], never a keyword
// nor the name of a package of the standard library.
func Package(name string) string {
	var b strings.Builder
	for _, r := range name {
		if r = asciiLower(r); r >= 0 {
			b.WriteRune(r)
		} else if b.Len() > 0 {
			b.WriteByte('_')
		}
	}
	p := strings.Trim(collapse(b.String()), "_")
	switch {
	case p == "":
		return "connector"
	case p[0] >= '0' && p[0] <= '9':
		p = "n" + p
	}
	if reservedPackages[p] || predeclared[p] {
		p += "api"
	}
	return p
}

func collapse(s string) string {
	for strings.Contains(s, "__") {
		s = strings.ReplaceAll(s, "__", "_")
	}
	return s
}

// asciiLower is for strings.Map: it drops what is no ASCII letter or digit.
func asciiLower(r rune) rune {
	switch {
	case r >= 'A' && r <= 'Z':
		return r - 'A' + 'a'
	case r >= 'a' && r <= 'z', r >= '0' && r <= '9':
		return r
	}
	return -1
}

// reservedPackages are keywords, the standard library's names and the names
// that a generated main.go imports beside the connector.
var reservedPackages = set("break case chan const continue default defer else fallthrough for func go goto if import interface map " +
	"package range return select struct switch type var " +
	"adler32 aes ascii85 asn1 ast atomic base32 base64 big binary bits bufio build buildinfo builtin bytes bzip2 cgi cgo cipher cmp " +
	"cmplx color comment constant constraint context cookiejar coverage crc32 crc64 crypto csv debug des doc driver dsa dwarf ecdh " +
	"ecdsa ed25519 elf elliptic embed embed encoding errors exec expvar fcgi filepath flag flate fmt fnv format fs fstest gif gob " +
	"gosym gzip hash heap hex hkdf hmac hpke html http httptest httptrace httputil image importer io iotest ioutil iter jpeg json jsonrpc list " +
	"log lzw macho mail maphash maps math md5 metrics mime mlkem multipart net netip os palette parse parser path pbkdf2 pe pem pkix plan9obj " +
	"plugin pprof printer quick quotedprintable race rand rc4 reflect regexp ring rpc rsa runtime scanner sha1 sha256 sha3 sha512 " +
	"signal slices slog slogtest smtp sort sql strconv strings structs subtle suffixarray sync synctest syntax syscall syslog tabwriter tar template " +
	"testing textproto time tls token trace tzdata types tzdata unicode unique unsafe url user utf16 utf8 version weak x509 xml zip zlib " +
	"cli internal vendor dlt")
