// Command demoapi serves CityRide, the bike-sharing API that make demo loads:
// token auth, four kinds of pagination, a rate limit and a changing data set,
// all in memory and the same at every start.
//
//	demoapi --addr 127.0.0.1:8750 --token demo-token
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"os/signal"
	"syscall"
	"time"
)

func main() { os.Exit(do(os.Args[1:], os.Stdout, os.Stderr)) }

func do(args []string, out, errOut io.Writer) int {
	flags := flag.NewFlagSet("demoapi", flag.ContinueOnError)
	flags.SetOutput(errOut)
	addr := flags.String("addr", "127.0.0.1:8750", "address to listen on; port 0 picks a free one")
	token := flags.String("token", "demo-token", "the bearer token that clients must send")
	trips := flags.Int("trips", 4000, "number of trips")
	if err := flags.Parse(args); err != nil {
		return 2
	}
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	if err := serve(ctx, *addr, NewServer(*token, *trips), out); err != nil {
		fmt.Fprintln(errOut, "demoapi:", err)
		return 1
	}
	return 0
}

// serve prints the base URL, so that a script knows the port, and answers until ctx ends.
func serve(ctx context.Context, addr string, h http.Handler, out io.Writer) error {
	ln, err := net.Listen("tcp", addr)
	if err != nil {
		return err
	}
	fmt.Fprintf(out, "http://%s/v1\n", ln.Addr())
	srv := &http.Server{Handler: h, ReadHeaderTimeout: 5 * time.Second}
	done := make(chan error, 1)
	go func() { done <- srv.Serve(ln) }()
	select {
	case err := <-done:
		return err
	case <-ctx.Done():
		stopCtx, cancel := context.WithTimeout(context.Background(), time.Second)
		defer cancel()
		if err := srv.Shutdown(stopCtx); err != nil && !errors.Is(err, context.DeadlineExceeded) {
			return err
		}
		return nil
	}
}
