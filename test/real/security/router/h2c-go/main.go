// A server with HTTP/1.1 and HTTP/2 without encryption, which records every request that reaches its handler.
package main

import (
	"encoding/json"
	"io"
	"log"
	"net/http"
	"os"
	"strconv"
	"strings"
	"sync"

	"golang.org/x/net/http2"
	"golang.org/x/net/http2/h2c"
)

type seen struct {
	Version string      `json:"version"`
	Method  string      `json:"method"`
	Path    string      `json:"path"`
	Headers [][2]string `json:"headers"`
}

func record(r *http.Request) seen {
	headers := [][2]string{{"host", r.Host}}
	for name, values := range r.Header {
		for _, value := range values {
			headers = append(headers, [2]string{strings.ToLower(name), value})
		}
	}
	return seen{strconv.Itoa(r.ProtoMajor) + "." + strconv.Itoa(r.ProtoMinor), r.Method, r.RequestURI, headers}
}

func main() {
	var lock sync.Mutex
	all := []seen{}
	handler := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		lock.Lock()
		defer lock.Unlock()
		if r.URL.Path == "/-/seen" {
			json.NewEncoder(w).Encode(all)
			all = []seen{}
			return
		}
		// The checks of the router have the address of the replica as their host.
		if r.Host != os.Args[1] {
			all = append(all, record(r))
		}
		io.WriteString(w, "ok")
	})
	log.Fatal(http.ListenAndServe(os.Args[1], h2c.NewHandler(handler, &http2.Server{})))
}
