// Package lines is the program's side of driver.ts: a JSON line per request, one per answer, requests side by side.
package lines

import (
	"bufio"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"sync"
)

// Verb carries out what was asked; what it returns is written as JSON.
type Verb func(args *Args) (any, error)

// CodeOf finds the code that Kafka gave an error.
type CodeOf func(err error) (code int16, found bool)

// Fault is an error as driver.ts reads it.
type Fault struct {
	Code    *int16 `json:"code"`
	Message string `json:"message"`
}

type request struct {
	ID   int             `json:"id"`
	Verb string          `json:"verb"`
	Args json.RawMessage `json:"args"`
}

type answer struct {
	ID     int    `json:"id"`
	Result any    `json:"result,omitempty"`
	Error  *Fault `json:"error,omitempty"`
}

// FaultOf is an error with its code, if it has one.
func FaultOf(err error, codeOf CodeOf) *Fault {
	fault := &Fault{Message: err.Error()}
	if code, found := codeOf(err); found {
		fault.Code = &code
	}
	return fault
}

// Serve carries out requests until the input ends.
func Serve(verbs map[string]Verb, codeOf CodeOf) error {
	in := bufio.NewReader(os.Stdin)
	out := json.NewEncoder(os.Stdout)
	var writing sync.Mutex
	for {
		line, err := in.ReadBytes('\n')
		if err == io.EOF {
			return nil
		}
		if err != nil {
			return err
		}
		var asked request
		if err := json.Unmarshal(line, &asked); err != nil {
			return err
		}
		go func() {
			reply := answer{ID: asked.ID}
			result, err := carryOut(verbs, asked)
			if err != nil {
				reply.Error = FaultOf(err, codeOf)
			} else {
				reply.Result = result
			}
			writing.Lock()
			defer writing.Unlock()
			if err := out.Encode(reply); err != nil {
				fmt.Fprintln(os.Stderr, err)
			}
		}()
	}
}

func carryOut(verbs map[string]Verb, asked request) (any, error) {
	verb, known := verbs[asked.Verb]
	if !known {
		return nil, fmt.Errorf("no verb %s", asked.Verb)
	}
	var args Args
	if err := json.Unmarshal(asked.Args, &args); err != nil {
		return nil, err
	}
	return verb(&args)
}
