package rest

import (
	"crypto"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha256"
	"crypto/x509"
	"encoding/base64"
	"encoding/json"
	"encoding/pem"
	"errors"
	"fmt"
	"strings"
	"time"
)

// An Assertion is the signed statement (JWT, RS256) that service accounts trade
// for a token.
type Assertion struct {
	PrivateKey Secret // PEM: PKCS #1 or PKCS #8, not encrypted
	// Issuer and Subject default to the client's ID, Audience to the token URL.
	Issuer, Subject, Audience string
	KeyID                     string
}

// sign returns the statement, good for an hour.
func (s *Assertion) sign(a *OAuth2, now time.Time) (string, error) {
	if s == nil {
		return "", errors.New("the jwt-bearer grant needs an assertion")
	}
	key, err := parseKey([]byte(s.PrivateKey.Reveal()))
	if err != nil {
		return "", err
	}
	header := map[string]string{"alg": "RS256", "typ": "JWT"}
	if s.KeyID != "" {
		header["kid"] = s.KeyID
	}
	claims := map[string]any{
		"iss": or(s.Issuer, a.ClientID.Reveal()),
		"sub": or(s.Subject, s.Issuer, a.ClientID.Reveal()),
		"aud": or(s.Audience, a.TokenURL),
		"iat": now.Unix(),
		"exp": now.Add(time.Hour).Unix(),
		"jti": newID(),
	}
	if len(a.Scopes) > 0 {
		claims["scope"] = strings.Join(a.Scopes, " ")
	}
	h, err := json.Marshal(header)
	if err != nil {
		return "", err
	}
	p, err := json.Marshal(claims)
	if err != nil {
		return "", err
	}
	text := base64.RawURLEncoding.EncodeToString(h) + "." + base64.RawURLEncoding.EncodeToString(p)
	sum := sha256.Sum256([]byte(text))
	sig, err := rsa.SignPKCS1v15(rand.Reader, key, crypto.SHA256, sum[:])
	if err != nil {
		return "", fmt.Errorf("sign assertion: %w", err)
	}
	return text + "." + base64.RawURLEncoding.EncodeToString(sig), nil
}

func parseKey(text []byte) (*rsa.PrivateKey, error) {
	block, _ := pem.Decode(text)
	if block == nil {
		return nil, errors.New("private key: no PEM block")
	}
	if strings.Contains(block.Type, "ENCRYPTED") || block.Headers["DEK-Info"] != "" {
		return nil, errors.New("private key: it is encrypted; decrypt it with openssl pkcs8 -topk8 -nocrypt")
	}
	if key, err := x509.ParsePKCS1PrivateKey(block.Bytes); err == nil {
		return key, nil
	}
	any, err := x509.ParsePKCS8PrivateKey(block.Bytes)
	if err != nil {
		return nil, errors.New("private key: neither PKCS #1 nor PKCS #8")
	}
	key, ok := any.(*rsa.PrivateKey)
	if !ok {
		return nil, errors.New("private key: not an RSA key")
	}
	return key, nil
}

// or returns the first text that is not empty.
func or(texts ...string) string {
	for _, t := range texts {
		if t != "" {
			return t
		}
	}
	return ""
}
