// A Go program with the times of its descriptor, which drains as the documentation of net/http recommends.
package main

import (
	"context"
	"fmt"
	"net/http"
	"os"
	"os/signal"
	"strconv"
	"syscall"
	"time"
)

func seconds(text string) time.Duration {
	value, _ := strconv.ParseFloat(text, 64)
	return time.Duration(value * float64(time.Second))
}

func answer(response http.ResponseWriter, request *http.Request) {
	wait := seconds(request.URL.Query().Get("seconds"))
	if request.URL.Path == "/stream" {
		for part := 0; part < 10; part++ {
			time.Sleep(wait / 10)
			fmt.Fprintln(response, "part")
			response.(http.Flusher).Flush()
		}
		return
	}
	time.Sleep(wait)
	fmt.Fprint(response, "ok")
}

func main() {
	time.Sleep(seconds(os.Getenv("PROBE_LOAD")))
	server := &http.Server{Addr: ":" + os.Getenv("PORT"), Handler: http.HandlerFunc(answer)}
	server.IdleTimeout = seconds(os.Getenv("PROBE_KEEP_ALIVE"))
	drained := make(chan struct{})
	if os.Getenv("PROBE_DRAINS") == "yes" {
		signals := make(chan os.Signal, 1)
		signal.Notify(signals, syscall.SIGTERM)
		go func() {
			<-signals
			server.Shutdown(context.Background())
			close(drained)
		}()
	}
	if err := server.ListenAndServe(); err != http.ErrServerClosed {
		panic(err)
	}
	<-drained
}
